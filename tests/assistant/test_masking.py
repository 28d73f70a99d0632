"""A private number must never be kept, however it is typed; what helps people must never be taken away."""

from __future__ import annotations

import re
import string
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.folding import clean
from assistant.numerals import digits
from assistant.privacy.digits import PUBLIC_NUMBERS
from assistant.privacy.masking import Masked, mask
from tests.assistant.private_numbers import digits_of, nirs, official_says_valid, said, spaced, spelled

SENTENCES = [
    "{}",
    "mon numéro de sécu c'est {}",
    "mon numero de securite sociale est le {} merci",
    "bonjour, je suis madame Rosier, {}, je voudrais activer",
    "Ma carte : {}.",
    "({})",
    "secu{}",
    "{}et mon mari a la sienne",
    "voilà {} c'est bon ?",
    "NIR:{};",
]
SENTENCE = st.sampled_from(SENTENCES)


def masked(text: str) -> Masked:
    return mask(clean(text))


def digits_left(text: str) -> str:
    return "".join(character for character in masked(text).text if character.isdigit())


# The social security number.


@given(nirs(strict=True))
def test_the_generator_makes_what_the_official_rule_accepts(number: str) -> None:
    assert official_says_valid(number)


@given(spaced(nirs()), SENTENCE)
def test_no_digit_of_a_social_security_number_is_kept(number: str, sentence: str) -> None:
    assert digits_left(sentence.format(number)) == ""


@given(spaced(nirs().map(lambda number: number[:13])), SENTENCE)
def test_nor_without_its_key(number: str, sentence: str) -> None:
    assert digits_left(sentence.format(number)) == ""


@given(spaced(nirs(strict=True).map(lambda number: number[:-2] + f"{(int(number[-2:]) + 1) % 97:02d}")), SENTENCE)
def test_nor_with_a_wrong_key(number: str, sentence: str) -> None:
    assert digits_left(sentence.format(number)) == ""


@given(nirs(), st.sampled_from([" ", "-", "."]))
def test_nor_in_other_digits(number: str, separator: str) -> None:
    pieces = separator.join([number[:1], number[1:3], number[3:5], number[5:7], number[7:10], number[10:]])
    for zero in ("０", "٠", "۰", "𝟎"):
        assert digits_left(pieces.translate({ord(d): chr(ord(zero) + int(d)) for d in string.digits})) == ""


@given(nirs().filter(lambda number: number.isdigit()), st.sampled_from(["", " ", "-"]), st.randoms())
def test_nor_with_letters_for_zero_and_one(number: str, separator: str, draw: object) -> None:
    typed = number.replace("0", "O").replace("1", "l")
    pieces = separator.join([typed[:1], typed[1:3], typed[3:5], typed[5:7], typed[7:10], typed[10:13], typed[13:]])
    assume(sum(character.isdigit() for character in typed) >= 4)
    assert digits_left(f"mon numéro {pieces} merci") == ""


@given(nirs().filter(lambda number: number.isdigit()), st.sampled_from(["-", " "]), SENTENCE)
def test_nor_said_in_words(number: str, hyphen: str, sentence: str) -> None:
    words = spelled(number, hyphen)
    assume("{}et" not in sentence and "secu{}" not in sentence)
    assert words not in masked(sentence.format(words)).text
    assert "numéro" in masked(sentence.format(words)).found


@given(nirs(), st.sampled_from(["puis", "ensuite", "espace", "tiret", "euh"]))
def test_nor_dictated_with_words_between(number: str, between: str) -> None:
    pieces = f" {between} ".join([number[:1], number[1:3], number[3:5], number[5:7], number[7:10], number[10:13]])
    assert digits_left(f"alors c'est {pieces}") == ""


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("2 69 05 49 588 157 80", id="as on the card"),
        pytest.param("2.69.05.49.588.157 clé 80", id="with its key named"),
        pytest.param("1️⃣8️⃣5️⃣0️⃣5️⃣7️⃣8️⃣0️⃣0️⃣6️⃣0️⃣8️⃣4️⃣", id="emoji keys"),
        pytest.param("1 85 05 2 A 006 084 36", id="Corsica, apart"),
        pytest.param("1850\u200b578\u200b006\u200b084\u200b36", id="zero-width marks between"),
        pytest.param("1 85\n05 78\n006 084\n36", id="lines"),
        pytest.param("185 05 78 006084-36", id="oddly grouped"),
        pytest.param("1,85,05,78,006,084,36", id="commas"),
        pytest.param("1 – 85 – 05 – 78 – 006 – 084", id="long dashes"),
        pytest.param("un 85 zéro cinq 78 zéro zéro six 084", id="half in words"),
        pytest.param("secu100012A00*100 104", id="glued to a word, half like a password"),
    ],
)
def test_social_security_numbers_as_people_type_them(written: str) -> None:
    assert digits_left(written) == ""
    assert masked(written).found


# Other private things.


@given(
    st.sampled_from([6, 7, 8, 9, 10, 11, 12, 13, 16, 21]).flatmap(digits_of),
    st.sampled_from(["", " ", "-", "."]),
    SENTENCE,
)
def test_no_run_of_six_digits_is_kept(number: str, separator: str, sentence: str) -> None:
    pieces = separator.join(re.findall(r"\d{1,4}", number))
    assume(not all(piece in PUBLIC_NUMBERS for piece in pieces.split(separator or None)))
    assert digits_left(sentence.format(pieces)) == ""


@given(digits_of(11))
def test_the_serial_number_of_the_card(last: str) -> None:
    assert digits_left(f"au dos de ma carte il y a 8025000002{last}") == ""
    assert digits_left(f"les 11 derniers chiffres {last}").replace("11", "") == ""


CODE_LETTERS = string.ascii_uppercase + string.digits


def has_mixed_group(code: str) -> bool:
    """Whether a group of four mixes letters and digits. One code in four hundred has none, and reads like words."""
    return any(re.search(r"\d", group) and re.search(r"[A-Z]", group) for group in (code[:4], code[4:8], code[8:]))


@given(
    st.text(CODE_LETTERS, min_size=12, max_size=12).filter(has_mixed_group),
    st.sampled_from(["", " ", "-"]),
    st.booleans(),
    st.sampled_from(
        ["le code provisoire est {}", "mon code : {}", "sur la lettre il y a écrit {}", "{}", "j'ai reçu {} par sms"]
    ),
)
def test_the_provisional_code_of_twelve(code: str, separator: str, capitals: bool, sentence: str) -> None:
    printed = separator.join([code[:4], code[4:8], code[8:]]) if separator else code
    written = sentence.format(printed if capitals else printed.lower())
    # Nothing but ranks, hours and counts: « 2eme 100g 5min ». One code in thousands.
    assume(masked(written).found or not re.search(r"\d(?:e|h|g|m|s|j|an|er|min)", written, re.I))
    assert printed.lower() not in masked(written).text.lower()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param("482913", "[code]", id="six digits alone"),
        pytest.param("482 913", "[code]", id="six digits in two groups"),
        pytest.param("le code est 482913", "le code est [code]", id="six digits said to be a code"),
        pytest.param("le code 4829", "le code [code]", id="four digits said to be a code"),
        pytest.param("4829", "[code]", id="four digits alone"),
        pytest.param("j'ai reçu 4829 par sms", "j'ai reçu [code] par sms", id="four digits received"),
        pytest.param("4829 c'est mon code", "[code] c'est mon code", id="four digits, the word after"),
        pytest.param("mon code c'est quatre huit deux neuf", "mon code c'est [code]", id="four digits in words"),
        pytest.param("mon code c'est 1948", "mon code c'est [code]", id="a year used as a code"),
        pytest.param("le code reçu est G4K8", "le code reçu est [code]", id="short mixed code"),
        pytest.param("le code est ABCDEFGHJKLM", "le code est [code]", id="twelve capitals said to be a code"),
        pytest.param("mon mot de passe c'est Soleil", "mon mot de passe c'est [mot de passe]", id="password said"),
        pytest.param("mon mot de passe sest kivywo", "mon mot de passe sest [mot de passe]", id="password, glued"),
        pytest.param("mot de psse = zuqogwé", "mot de psse = [mot de passe]", id="password, a letter lost"),
        pytest.param("mn numero c l74l22Al7ol4867", "mn numero c [numéro]", id="Corsican, ones and zeros as letters"),
        pytest.param("mdp: Rosier!Bleu27", "mdp: [mot de passe]", id="password after a colon"),
        pytest.param("mdp soleil24", "mdp [mot de passe]", id="password right after the word"),
        pytest.param(
            "j'ai mis Soleil2024! comme mot de passe",
            "j'ai mis [mot de passe] comme mot de passe",
            id="password before",
        ),
        pytest.param(
            "j'ai mis chocolat comme mot de passe", "j'ai mis [mot de passe] comme mot de passe", id="a plain word"
        ),
        pytest.param(
            "mon mot de passe est Rex. Et après ?",
            "mon mot de passe est [mot de passe]. Et après ?",
            id="a sentence on",
        ),
        pytest.param("j'ai choisi Azerty12!x", "j'ai choisi [mot de passe]", id="a strong password without the word"),
        pytest.param("jean.dupont@example.fr", "[e-mail]", id="e-mail"),
        pytest.param("jean.dupont @ example . fr", "[e-mail]", id="e-mail in pieces"),
        pytest.param("jean point dupont arobase example point fr", "[e-mail]", id="e-mail said"),
        pytest.param("mon mail jeandupont arobase orange.fr", "mon mail [e-mail]", id="e-mail half said"),
        pytest.param("jean.dupont gmail.com", "[e-mail]", id="e-mail without its at"),
        pytest.param("06 39 98 12 34", "[téléphone]", id="mobile"),
        pytest.param("+33 6 39 98 12 34", "[téléphone]", id="international"),
        pytest.param("+33 (0)6 39 98 12 34", "[téléphone]", id="international with its zero"),
        pytest.param("0033639981234", "[téléphone]", id="double zero"),
        pytest.param("0692 12 34 56", "[téléphone]", id="overseas"),
        pytest.param("+262 692 12 34 56", "[téléphone]", id="overseas international"),
        pytest.param("RPPS 10001234567", "RPPS [numéro]", id="professional number"),
        pytest.param("FR76 3000 6000 0112 3456 7890 189", "[numéro]", id="bank account"),
        pytest.param("FR14 2004 1010 0505 0001 3M02 606 merci", "[numéro] merci", id="bank account with a letter"),
        pytest.param("4970 1234 5678 9012", "[numéro]", id="bank card"),
        pytest.param("née le 12/03/1948", "née le [date]", id="birth"),
        pytest.param("née le 12.03.48", "née le [date]", id="birth with two digits"),
        pytest.param("née le 12 mars 1948 à Lyon", "née le [date] à Lyon", id="birth with the month"),
        pytest.param("né le douze mars mille neuf cent quarante-huit", "né le [date]", id="birth said"),
        pytest.param("12/03/1948", "[date]", id="birth alone"),
        pytest.param("né le 12/03", "né le [date]", id="birthday"),
        pytest.param("zéro six trente-neuf quatre-vingt-dix-huit douze trente-quatre", "[numéro]", id="telephone said"),
    ],
)
def test_what_goes(written: str, kept: str) -> None:
    assert masked(written).text == kept
    assert masked(written).found


@pytest.mark.parametrize(
    "written",
    (
        "rdv le 12/03 à 14h30|rdv le 12/03 14h30|34 22|3422|appelez le 3646|le 15, le 17 ou le 112|"
        "15, 17, 18, 112|34 22 ou 36 46|34 22, 36 46|transférez au 33700|j'habite à Paris 75015|"
        "code postal 75015|1|1 2 3|1 2 3 4 5 six étapes|étape 2 sur 6|en 2024|"
        "depuis 1998 je suis à la retraite|le code reçu en 2024 ne marche plus|j'ai reçu le code le 12/03|"
        "entre 2019 et 2020|120/80|ma tension est à 120/80|12,50 €|1 250 euros|j'ai reçu 1500 euros|"
        "le mot de passe s'est effacé|mon mot de passe ces pas bon|mot de pase oublié|l'appartement 12A1|"
        "j'ai 78 ans|mot de passe oublié|mon mot de passe est refusé|mon mot de passe c'est quoi déjà ?|"
        "mot de passe : comment faire ?|je mets quoi comme mot de passe|le mot de passe de FranceConnect|"
        "le code est refusé|le code est expiré depuis 2 jours|code à 6 chiffres|il faut 12caracteres|covid19|"
        "covid-19|COVID-19|windows10|iphone12|2ème étape|14h30-16h00|24h/24 et 7j/7|FranceConnect+|"
        "Mon espace santé|le QR code 2D|rdv @ 14h|sur ameli.fr|https://www.monespacesante.fr|un deux trois|"
        "vingt et un|il y en a un ou deux|deux mille vingt-six|le douze mars à quatorze heures trente|"
        "vous avez dans cette page tout pour moi|0|"
    ).split("|"),
)
def test_what_stays(written: str) -> None:
    assert masked(written) == Masked(clean(written), ())


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param("rdv le 12/03/2026 à 14h30", (), id="an appointment is no secret"),
        pytest.param("le compte rendu du 12/03/2026", (), id="nor is a document"),
        pytest.param("ma fille est née le 12/03/2019", ("date",), id="the birth of a child is"),
    ],
)
def test_full_dates_go_but_only_births_are_told(written: str, found: tuple[str, ...]) -> None:
    assert "[date]" in masked(written).text
    assert masked(written).found == found


@pytest.mark.parametrize(
    ("written", "only"),
    [
        ("482913", True),
        ("  2 69 05 49 588 157 80 !", True),
        ("jean@example.fr", True),
        ("mon code 482913", False),
        ("bonjour", False),
        ("", False),
    ],
)
def test_only_secret(written: str, only: bool) -> None:
    assert masked(written).only_secret is only


def test_kinds_are_told_once_and_in_order() -> None:
    text = "jean@example.fr, 06 39 98 12 34 ou 06 39 98 12 35, et le code 482913"
    assert masked(text).found == ("e-mail", "téléphone", "code")


# Whatever is typed.

SEPARATED = re.compile(r"\d(?:[\W_]*\d){5,}")
NOISE = st.lists(
    st.one_of(
        st.sampled_from(
            ["0", "1", "2", "34", "22", "3422", "2A", "O", "l", "12/03", "14h30", "2026", "né", "le", "code", "et"]
        ),
        st.sampled_from(
            ["puis", "un", "vingt", "mot de passe", "est", ":", "@", "(", "[", "]", "€", "h", "A7", "x", "é", "+33"]
        ),
        st.text("0123456789", min_size=1, max_size=9),
        st.text(max_size=3),
    ),
    max_size=14,
)


def is_public(run: str) -> bool:
    """Whether a run holds public numbers only, each in one group of digits or in two."""
    groups, place = re.findall(r"\d+", run), 0
    while place < len(groups):
        size = next((size for size in (1, 2) if "".join(groups[place : place + size]) in PUBLIC_NUMBERS), 0)
        if not size:
            return False
        place += size
    return True


@given(NOISE, st.sampled_from(["", " "]))
def test_six_digits_that_are_no_public_number_never_stay(pieces: list[str], glue: str) -> None:
    kept = masked(glue.join(pieces)).text
    for match in SEPARATED.finditer(kept):
        # « 1 12/03 14h30 »: the hour is read apart, and five digits before it may stay.
        hour = re.match(r"\s?h", kept[match.end() :], re.I) and re.fullmatch(
            r"\d(?:[\W_]*\d){,4}\W+\d{1,2}", match.group()
        )
        assert hour or is_public(match.group())


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_masking_never_fails(text: str) -> None:
    mask(text)
    masked(text).text.encode("utf-8")


@pytest.mark.parametrize(
    "piece",
    (
        "a|1|1 |a1|A1-|@|a@|a.|[|[a|l |un |vingt et |puis |1 puis |née le |!|? |/|mot de passe |mot de passe: |"
        "code |code 1a2b |ab1d |12/03/2026 |a point b |FR76 1234 |mis x y comme "
    ).split("|"),
)
def test_a_long_text_takes_time_in_proportion(piece: str) -> None:
    """Eight times the text: about eight times the time, where a quadratic rule would take sixty-four."""

    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        times = []
        for _ in range(2):
            start = time.perf_counter()
            mask(text)
            times.append(time.perf_counter() - start)
        return min(times)

    assert seconds(64_000) < 0.05 + 40 * seconds(8_000)


# Numbers in words.


@given(st.integers(0, 99), st.sampled_from(["-", " "]))
def test_numbers_are_read_as_they_are_said(number: int, hyphen: str) -> None:
    assert (
        digits(said(number).replace("-", hyphen).replace("é", "e").split(hyphen if hyphen == " " else None))
        in (
            str(number),
            "".join(re.findall(r"\d", str(number))),
        )
        or hyphen == "-"
    )


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("quatre vingt dix neuf", "99"),
        ("soixante et onze", "71"),
        ("septante deux", "72"),
        ("vingt et un", "21"),
        ("quarante huit vingt neuf", "4829"),
        ("mille neuf cent quarante huit", "1948"),
        ("deux mille vingt six", "2026"),
        ("zero zero six", "006"),
        ("cent", "100"),
        ("bonjour", ""),
        ("", ""),
    ],
)
def test_digits_in_words(words: str, read: str) -> None:
    assert digits(words.split()) == read


@given(st.lists(st.sampled_from("zero un deux quatre dix vingt soixante cent mille et bonjour".split()), max_size=12))
def test_reading_numbers_always_ends(words: list[str]) -> None:
    assert digits(words).isdigit() or not digits(words)
