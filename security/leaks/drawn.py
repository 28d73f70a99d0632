"""Secrets drawn under a seed, in the ways people write, spell and say them; and what to look for afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from stdnum import luhn
from stdnum.fr import nir

from assistant.folding import fold

SEPARATORS = ("", " ", ".", "-", "  ", " - ", "/", "_", ",", " . ", "\u00a0", "\u202f", "\n", "·", ":", ";", "'")
ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
).split()
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
SYLLABLES = "zu ki wo xa vy ju qo gwé ny hul dré mek".split()
SERVERS = ("orange.fr", "wanadoo.fr", "gmail.com", "laposte.net", "ac-lyon.fr", "mail.free.fr", "hotmail.com")
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Secret:
    """`written` stands in a message. `sought` are what must not be found: digits and letters run together, folded."""

    kind: str
    written: str
    sought: tuple[str, ...]


def _sought(compact: str, least: int = 8, shared: int = 0) -> tuple[str, ...]:
    """The whole, and every piece of `least` characters: half a number is a leak too.

    The first `shared` characters are everybody's, and stand in other things (hours) as well.
    """
    plain, whole = bare(compact)[shared:], bare(compact)
    pieces = {plain[at : at + least] for at in range(len(plain) - least + 1)}
    return tuple(dict.fromkeys((whole, *sorted(pieces))))


def bare(text: str) -> str:
    """`text` without case, accents, spaces or signs."""
    return fold(text).replace(" ", "")


def grouped(draw: Random, text: str, *sizes: tuple[int, ...]) -> str:
    """`text` cut as one of `sizes` says, the last size again and again, joined by one separator."""
    parts, at, joiner = [], 0, draw.choice(SEPARATORS)
    cut = draw.choice(sizes)
    for size in (*cut, *[cut[-1]] * len(text)):
        if at < len(text):
            parts.append(text[at : at + size])
            at += size
    return joiner.join(parts)


def spoken(draw: Random, digits: str, group: int) -> str:
    """`digits` in words, one by one or by pairs; letters (2A) are said as letters."""
    words, at = [], 0
    while at < len(digits):
        pair = digits[at : at + group]
        if group == 2 and len(pair) == 2 and pair.isdigit() and pair[0] != "0":
            words.append(_pair(int(pair)))
            at += 2
        else:
            words.append(ONES[int(digits[at])] if digits[at].isdigit() else digits[at].lower())
            at += 1
    return draw.choice((" ", ", ", " ")).join(words)


def _pair(number: int) -> str:
    if number < 20:
        return ONES[number]
    ten, one = divmod(number, 10)
    if ten in (7, 9):
        ten, one = ten - 1, one + 10
    if one == 0:
        return TENS[ten] + ("s" if ten == 8 else "")
    if one in (1, 11) and ten != 8:
        return f"{TENS[ten]} et {ONES[one]}"
    return f"{TENS[ten]}-{ONES[one]}"


def social_security(draw: Random) -> Secret:
    """Valid, of Corsica and overseas as well, with its key or without, typed in any way or said."""
    place = draw.choice(["75", "01", "13", "59", "2A", "2B", "2A", "2B", "97", "99"])
    body = f"{draw.choice('12')}{draw.randrange(100):02d}{draw.randint(1, 12):02d}{place}"
    body += f"{draw.randint(101, 699):03d}{draw.randint(1, 999):03d}"
    number = body + nir.calc_check_digits(body + "00")
    if not nir.is_valid(number):
        raise ValueError(number)
    number = draw.choice((number, number, body))
    form = draw.randrange(6)
    if form == 0:
        written = spoken(draw, number, draw.choice((1, 2)))
    elif form == 1 and len(number) == 15:
        written = f"{number[:13]} {draw.choice(('clé', 'cle', 'clef', 'cle:'))} {number[13:]}"
    elif form == 2:
        written = draw.choice((number.lower(), number.replace("0", "O"), number.replace("0", "o").replace("1", "l")))
    else:
        sizes = ((1, 2, 2, 2, 3, 3, 2), (15,), (1,), (2,), (3,), (5,), (4,), (13, 2), (1, 6, 6, 2))
        written = grouped(draw, number, *sizes)
    return Secret("social security number", written, _sought(number))


def card(draw: Random) -> Secret:
    number = _digits(draw, draw.choice((8, 10, 11, 11, 12, 13)))
    shared = draw.choice(("", "8025000002"))
    number = shared + number[:11] if shared else number
    written = (
        spoken(draw, number, draw.choice((1, 2)))
        if draw.random() < 0.2
        else grouped(draw, number, (21,), (2,), (3,), (4,))
    )
    return Secret("card number", written, _sought(number, shared=len(shared)))


def practitioner(draw: Random) -> Secret:
    """RPPS: eleven digits, the last of which checks the others."""
    body = "10" + _digits(draw, 8)
    number = body + luhn.calc_check_digit(body)
    return Secret("RPPS", grouped(draw, number, (11,), (2,), (3,), (5, 6)), _sought(number))


def provisional_code(draw: Random) -> Secret:
    """Twelve letters and digits (fact B20)."""
    signs = [*draw.sample(LETTERS, 6), *_digits(draw, 6)]
    draw.shuffle(signs)
    code = "".join(signs)
    form = draw.choice(((12,), (4,), (6,), (3,)))
    joiner = "" if form == (12,) else draw.choice((" ", "-"))
    parts = [code[at : at + form[0]] for at in range(0, 12, form[0])]
    written = joiner.join(parts)
    return Secret("provisional code", draw.choice((written, written.lower())), _sought(code))


def login_code(draw: Random) -> Secret:
    code = draw.choice("123456789") + _digits(draw, draw.choice((5, 5, 7)))
    if draw.random() < 0.25:
        return Secret("login code", spoken(draw, code, draw.choice((1, 2))), (code,))
    return Secret("login code", grouped(draw, code, (8,), (3,), (2,), (1,), (4,)), (code,))


def telephone(draw: Random) -> Secret:
    """French, overseas and international, typed or said."""
    number = draw.choice("123456679") + _digits(draw, 8)
    form = draw.randrange(4)
    if form == 0:
        return Secret("telephone", spoken(draw, "0" + number, draw.choice((1, 2))), _sought(number))
    before = draw.choice(("0", "+33", "+33 ", "0033", "0033 ", "+33 (0)", "(+33) ", "33"))
    if form == 1:
        before, number = (
            draw.choice(("+590 ", "+262", "+594 ", "00596")),
            draw.choice(("690", "692", "694")) + _digits(draw, 6),
        )
    return Secret("telephone", before + grouped(draw, number, (1, 2), (9,), (3,), (2,)), _sought(number))


def address(draw: Random) -> Secret:
    first, last, server = _word(draw, 3), _word(draw, 2), draw.choice(SERVERS)
    joined = draw.choice((".", "-", "_", "")) if draw.random() < 0.8 else ""
    name = first + joined + last + draw.choice(("", _digits(draw, 2), _digits(draw, 4)))
    form = draw.randrange(4)
    if form == 0:
        said = name.replace(".", " point ").replace("-", " tiret ").replace("_", " underscore ")
        written = f"{said} {draw.choice(('arobase', 'arobas'))} {server.replace('.', ' point ')}"
    else:
        written = name + draw.choice(("@", "@", " @ ", " @", "(at)", " arobase ")) + server
    return Secret("e-mail", written, (bare(name), bare(first)))


def password(draw: Random) -> Secret:
    word, number, sign = _word(draw, 3), _digits(draw, draw.choice((2, 4))), draw.choice("!?#$%&*+=_-")
    written = draw.choice((word.capitalize() + number + sign, word + number, number + sign + word.upper(), word))
    return Secret("password", written, (bare(written),))


def name(draw: Random) -> Secret:
    """Invented, so that no text of ours holds it; as names are written and as hurried people write them."""
    first, last = _word(draw, 2).capitalize(), _word(draw, 3).capitalize()
    written = draw.choice(
        (first, f"{first} {last}", f"{first} {last}", f"{first}-{_word(draw, 2).capitalize()} {last}")
    )
    sought = tuple(bare(part) for part in re.split(r"[ \-]", written))
    return Secret("name", draw.choice((written, written, written.lower(), written.upper())), sought)


def surname(draw: Random) -> Secret:
    written = _word(draw, 3).capitalize()
    return Secret("name after a title", draw.choice((written, written, written.lower())), (bare(written),))


def _digits(draw: Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _word(draw: Random, syllables: int) -> str:
    return "".join(draw.choice(SYLLABLES) for _ in range(syllables))


NUMBERS = (
    "{}",
    "mon numéro c'est {}",
    "mon numero de secu {} ça marche pas",
    "bonjour voilà {} merci",
    "je tape {} et c'est refusé",
    "c'est {}, et maintenant ?",
    "{} c'est bon ?",
    "ma mere {} moi je sais pas",
    "alors euh je vous lis {} voilà",
    "Ma carte : {}.",
    "je n'arrive pas à activer mon espace santé, mon numéro est le {} et il me dit que c'est faux",
)
CODES = (
    "{}",
    "j'ai reçu le code {}",
    "le code provisoire est {}",
    "code {}",
    "mon code : {} il marche pas",
    "c'est marqué {} sur la lettre",
    "le code reçu par sms c'est {} je le mets où",
)
KINDS: dict[Callable[[Random], Secret], tuple[str, ...]] = {
    social_security: NUMBERS,
    card: NUMBERS,
    practitioner: ("{}", "mon numero rpps {}", "je suis médecin, RPPS {}", "RPPS : {} comment je m'inscris"),
    provisional_code: CODES,
    login_code: CODES,
    telephone: (*NUMBERS, "rappelez moi au {}", "mon portable {}", "appelez ma fille au {} svp"),
    address: ("{}", "mon mail c'est {}", "j'ai mis {} mais rien n'arrive", "écrivez-moi à {} svp", "email : {}"),
    password: (
        "mon mot de passe est {}",
        "mon mot de passe c'est {}",
        "mdp : {}",
        "mot de passe = {}",
        "j'ai mis {} comme mot de passe",
    ),
    name: (
        "je m'appelle {}",
        "bonjour je m'appelle {} et je n'arrive pas à entrer",
        "jmappelle {} jai pas reçu le code",
        "je me nomme {}",
        "mon nom est {}",
        "nom : {}",
        "bjr, je m'appelle {}, j'ai 78 ans, comment on active",
    ),
    surname: (
        "c'est Madame {}",
        "bonjour c'est monsieur {} à l'appareil",
        "je suis Mme {}",
        "ici madame {}, j'ai perdu mon code",
    ),
}


def secrets_of(seed: int) -> Iterator[tuple[Secret, str]]:
    """Without end: a secret, each kind in turn, and the sentence that it is written in."""
    draw = Random(seed)
    while True:
        for kind, sentences in KINDS.items():
            secret = kind(draw)
            # As it was written or said, too: « soixante, quatre-vingts » is read in more than one way.
            yield replace(secret, sought=(*secret.sought, bare(secret.written))), draw.choice(sentences)
