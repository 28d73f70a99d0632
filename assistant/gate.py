"""What is decided before Rasa sees a word: danger, STOP, secrets, choices, empty text. Pure.

Why before: a classifier answers « oui » to an emoji, runs "/restart" as a command, stores « stop » as an
answer, and would keep a social security number for ever (docs/architecture.md, « Rasa »).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.consent import agreed, confirmed
from assistant.content.glossary import Term
from assistant.folding import LONGEST, clean, fold
from assistant.glossary import NO_WORDS, Glossary
from assistant.invitation_keys import OPENING, Key, begun, keyed, spoken
from assistant.languages import Language
from assistant.lexicon import Lexicon
from assistant.numerals import WORDS, digits
from assistant.privacy.masking import Masked, mask
from assistant.turns import Choice, Turn

# Keys that mean the same at every turn. Names of moves are the keys of the web's constant buttons.
KEYS = {"0": "parler_a_quelqu_un", "*": "repeter", "#": "demander_aide"}
BUTTONS = frozenset(
    "etape_bloquee revenir plus_tard parler_a_quelqu_un ne_comprend_pas repeter recommencer reprendre "
    "demander_aide effacer_mes_donnees".split()
)
ORDINALS = {
    "premier": "1", "premiere": "1", "1er": "1", "1ere": "1", "deuxieme": "2", "second": "2", "seconde": "2", "2e": "2",
    "2eme": "2", "2nd": "2", "2nde": "2", "troisieme": "3", "3e": "3", "3eme": "3", "etoile": "*", "diese": "#",
}  # fmt: skip
# What people say around a choice: « euh je prends la réponse 2 s'il vous plaît ».
AROUND = re.compile(
    r"^(?:euh|heu|ben|bah|alors|donc|bon|le|la|l|numero|no|n|touche|choix|reponse|option|solution|je|j|tape|tapez|"
    r"choisis|prends|veux|dis|ce sera|c est|pour|plutot)\s+|"
    r"\s+(?:svp|stp|merci|s il vous plait|s il te plait|reponse|choix|option|solution)$"
)
# « reprise 2580 », « code de reprise deux cinq huit zéro »; when it was asked for, the digits among few words.
RESUME = re.compile(r"(?:(?:mon |le )?(?:code de )?(?:reprise|reprendre)|code)\b(.{1,60})")
CODE_LENGTH = 4
AROUND_CODE = frozenset(
    "euh heu alors voila c est le les mon code reprise de chiffres numero bonjour oui donc et svp merci".split()
)
# A longer sentence tells more than an answer does; so does one that asks or denies.
LONGEST_ANSWER, SHORTEST_NAME = 9, 4
OTHERWISE = frozenset(
    "pas plus ni sauf mais ou quel quelle quels quelles comment pourquoi quoi combien qui non jamais aucun aucune "
    "perdu perdue probleme marche erreur".split()
)
STOP = "arreter_messages"
# A line of data/lexicon/moves.yml that is no topic: what it means depends on what was just asked.
LACKS = "manque"
ERASE = "move:erase"
HELPING = "activer_pour_un_proche"
RECALL = "rappelez_moi"
# What « c'est quoi un identifiant ? » is, among the topics.
NOT_UNDERSTOOD = "ne_comprend_pas"
OTHER_LANGUAGE = "hors_sujet"
# « Tulipe 428, et ne me comptez pas »: a line of data/lexicon/moves.yml.
UNCOUNTED = "ne_pas_compter"
RESUMED, INVITATION = Masked("[code]", ("code",)), Masked("[invitation]", ("invitation",))
NOTHING = Masked("", ())


@dataclass(frozen=True)
class Verdict:
    """What the gate decided. `free` leaves the meaning to Rasa, which then sees `masked.text` and nothing else.

    `kind` "topic" carries `topic`, and the `term` to explain if it is one, or the `language` that the message is in if
    it is not French; "choice" carries `choice`; "code" carries a resume `code` of four digits; "invite" carries the
    key of an invitation, or None where its digits came too slowly.
    """

    kind: Literal["topic", "choice", "code", "invite", "empty", "silence", "free"]
    masked: Masked = NOTHING
    topic: str = ""
    choice: Choice | None = None
    code: str = ""
    invite: Key | None = None
    too_long: bool = False
    term: Term | None = None
    language: Language | None = None


def look(
    turn: Turn,
    offered: Sequence[Choice],
    lexicon: Lexicon,
    asks: str = "",
    behind: Sequence[Choice] = (),
    lacks: str = "etape_bloquee",
    glossary: Glossary = NO_WORDS,
) -> Verdict:
    """Decide `turn`, or leave it free. `offered` is what the last reply proposed; `asks` a read-back under way.

    `behind` are the choices of the step that waits behind an aside: they are still known by their names. `lacks` is
    the topic of « je l'ai pas » where the person stands.
    """
    if turn.key:
        return _key(turn.key, offered, asks)
    text = clean(turn.text)
    if text in KEYS:
        return _key(text, offered, asks)
    words = fold(text)
    if not words:
        return Verdict("silence" if turn.channel == "voice" and not text else "empty")
    masked = mask(text)
    danger = lexicon.danger(words) or _danger_at_the_end(turn.text, lexicon)
    if danger:
        return Verdict("topic", masked, danger, language=lexicon.languages.of(words))
    stop = lexicon.stops(words)
    if stop == STOP:
        return Verdict("topic", masked, STOP)
    ours = _ours(words, lexicon, asks)
    if ours:
        return ours
    choice = _choice(words, offered) or _named(words, behind)
    if choice:
        return Verdict("choice", masked, choice=choice)
    # After the choices: a number can be « effacé » on a card, and erasing is asked again anyway.
    topic = stop or ("donnee_sensible" if masked.only_secret else _topic(words, offered, turn, lexicon))
    if topic:
        return Verdict("topic", masked, lacks if topic == LACKS else topic)
    term = glossary.asked(words)
    if term:
        return Verdict("topic", masked, NOT_UNDERSTOOD, term=term)
    choice = _within(words, offered)
    if choice:
        return Verdict("choice", masked, choice=choice)
    language = lexicon.languages.of(words)
    if language:
        return Verdict("topic", masked, OTHER_LANGUAGE, language=language, too_long=len(turn.text) > LONGEST)
    # Rasa takes a leading "/" for a command.
    safe = Masked(masked.text.lstrip("/ \\"), masked.found)
    if not fold(safe.text):
        return Verdict("empty", safe)
    return Verdict("free", safe, too_long=len(turn.text) > LONGEST)


def look_for_choice(text: str, offered: Sequence[Choice]) -> Choice | None:
    """The offered choice that `text` names, if any."""
    return _choice(fold(clean(text)), offered)


def _key(key: str, offered: Sequence[Choice], asks: str) -> Verdict:
    if asks in ("code", OPENING) and re.fullmatch(r"[0-9]{4}", key):
        return Verdict("code", RESUMED, code=key)
    invite = keyed(key, asks)
    if invite or begun(key, asks):
        return Verdict("invite", INVITATION, invite=invite)
    for choice in offered:
        if choice.key == key:
            return Verdict("choice", Masked(key, ()), choice=choice)
    if key in KEYS:
        return Verdict("topic", Masked(key, ()), KEYS[key])
    if key in BUTTONS:
        return Verdict("topic", NOTHING, key)
    # A social security number typed on the telephone's keys.
    masked = mask(clean(key))
    return Verdict("topic", masked, "donnee_sensible") if masked.only_secret else Verdict("empty")


def _danger_at_the_end(text: str, lexicon: Lexicon) -> str | None:
    """Danger in the last words of a text too long to be read whole."""
    return lexicon.danger(fold(clean(text[-LONGEST:]))) if len(text) > LONGEST else None


def _ours(words: str, lexicon: Lexicon, asks: str) -> Verdict | None:
    """What we gave ourselves, and is no secret: a resume code, or the key of an invitation."""
    code = _resume_code(words, asks)
    if code:
        return Verdict("code", RESUMED, code=code)
    bare = lexicon.without(words, UNCOUNTED)
    invite = lexicon.invitations.key(bare) or spoken(bare, asks)
    return Verdict("invite", INVITATION, invite=replace(invite, counted=bare == words)) if invite else None


def _topic(words: str, offered: Sequence[Choice], turn: Turn, lexicon: Lexicon) -> str:
    """The move that folded `words` are, whole, or what they say in a closed pattern; "" when it is neither."""
    if words in lexicon.moves:
        return lexicon.moves[words]
    number = _number(_bare(words))
    if number in KEYS:
        return KEYS[number]
    answer = agreed(words)
    if answer == "yes" and any(choice.goes == ERASE for choice in offered):
        # « ok » is no yes to what cannot be undone: it is asked again.
        return "effacer_mes_donnees"
    move = {"yes": "confirmer", "no": "refuser"}.get(answer or "") or lexicon.move(words)
    if move or lexicon.requests.heard(turn.text, turn.at):
        return move or RECALL
    return HELPING if lexicon.trade.heard(words) else lexicon.situations.heard(words, turn.channel)


def _choice(words: str, offered: Sequence[Choice]) -> Choice | None:
    """The choice that folded `words` name: by its words in full, by number, in fewer words, or by a plain yes or no."""
    bare = _bare(words)
    number = _number(bare)
    answer = agreed(words)
    meaning = {"yes": "confirmer", "no": "refuser"}.get(answer or "")
    # « les deux » is a choice before it is a number. What cannot be undone is named in full: « je veux effacer » is not
    # « Oui, effacer », and « ok » is no yes to it.
    ways: list[Callable[[Choice], bool]] = [
        lambda choice: _joined(words) in _names(choice),
        lambda choice: choice.key == number,
        lambda choice: choice.goes != ERASE and _joined(bare) in _names(choice, _bare),
        lambda choice: meaning in choice.means and (choice.goes != ERASE or confirmed(words)),
    ]
    return next((choice for way in ways for choice in offered if way(choice)), None)


def _named(words: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice that folded `words` name in full, or in fewer words: no number, no yes or no."""
    named = (choice for choice in choices if _joined(words) in _names(choice) | _names(choice, _bare))
    return next(named, None)


def _within(words: str, offered: Sequence[Choice]) -> Choice | None:
    """The alternative that a short sentence names in passing: « euh le site je crois », « elle a une photo ».

    Only where the choices are alternatives; a question, a negation or two of them named say something else.
    """
    said = words.split()
    if len(said) > LONGEST_ANSWER or OTHERWISE & set(said):
        return None
    named = {
        choice.key: max((len(name) for name in _whole(choice) if f" {name} " in f" {words} "), default=0)
        for choice in offered
        if not choice.means and choice.goes.startswith("step:")
    }
    longest = max(named.values(), default=0)
    found = [choice for choice in offered if longest and named.get(choice.key) == longest]
    return found[0] if len(found) == 1 else None


def _whole(choice: Choice) -> set[str]:
    return {name for name in map(fold, (choice.label, *choice.words)) if len(name) >= SHORTEST_NAME}


def _names(choice: Choice, shortened: Callable[[str], str] = str) -> set[str]:
    return {_joined(shortened(fold(name))) for name in (choice.label, *choice.words)}


def _bare(words: str) -> str:
    """`words` without what people say around a choice."""
    while (shorter := AROUND.sub("", words)) != words:
        words = shorter
    return words


def _joined(words: str) -> str:
    """Without spaces: « jy suis » is « j'y suis »."""
    return words.replace(" ", "")


def _number(words: str) -> str:
    """The key that `words` say: « deux », « 2eme », « deuxieme » give "2"; anything else is given back."""
    if words in ORDINALS:
        return ORDINALS[words]
    return digits([words]) if words in WORDS else words


def _resume_code(words: str, asks: str) -> str:
    """The four digits of a resume code, typed or said; "" when there are none, more, or less."""
    named = RESUME.fullmatch(words)
    if not named and asks != "code":
        return ""
    said = [word for word in (named.group(1) if named else words).split() if word not in AROUND_CODE]
    if not all(word in WORDS or (word.isascii() and word.isdigit()) for word in said):
        return ""
    code = "".join(word if word.isdigit() else digits([word]) for word in said)
    if len(code) != CODE_LENGTH:
        # « quarante-huit vingt-neuf » is two numbers, not four.
        code = digits(said) if not any(word.isdigit() for word in said) else ""
    return code if len(code) == CODE_LENGTH else ""
