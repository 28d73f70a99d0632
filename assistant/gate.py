"""What is decided before Rasa sees a word: danger, STOP, secrets, choices, empty text. Pure.

Why before: a classifier answers « oui » to an emoji, runs "/restart" as a command, stores « stop » as an
answer, and would keep a social security number for ever (shared anchors.md 3.4, tests 1, 2, 8, 11-14).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.consent import agreed, confirmed
from assistant.folding import LONGEST, clean, fold
from assistant.lexicon import Lexicon
from assistant.privacy.masking import Masked, mask
from assistant.turns import Choice, Turn

# Keys that mean the same at every turn. Names of moves are the keys of the web's constant buttons.
KEYS = {"0": "parler_a_quelqu_un", "*": "repeter", "#": "demander_aide"}
BUTTONS = frozenset(
    "etape_bloquee revenir plus_tard parler_a_quelqu_un ne_comprend_pas repeter recommencer reprendre "
    "demander_aide effacer_mes_donnees".split()
)
NUMBERS = {"un": "1", "une": "1", "deux": "2", "trois": "3", "premier": "1", "premiere": "1", "deuxieme": "2",
           "second": "2", "seconde": "2", "troisieme": "3", "zero": "0", "etoile": "*"}
POLITE = re.compile(r"^(?:euh|ben|bah|alors|donc|le|la|les|numero|n|touche|choix|reponse|option|je|tape|choisis|prends)\s+|"
                    r"\s+(?:svp|stp|merci|s il vous plait|s il te plait)$")
RESUME_CODE = re.compile(r"^(?:code de )?(?:reprise|reprendre|code)\D{0,12}(\d\s?\d\s?\d\s?\d)$")
SPOKEN_CODE = re.compile(r"^(\d)\s?(\d)\s?(\d)\s?(\d)$")


@dataclass(frozen=True)
class Verdict:
    """What the gate decided. `free` leaves the meaning to Rasa, which then sees `masked.text` and nothing else.

    `kind` "topic" carries `topic`; "choice" carries `choice`; "code" carries a resume `code` of four digits.
    """

    kind: Literal["topic", "choice", "code", "empty", "silence", "free"]
    masked: Masked = Masked("", ())
    topic: str = ""
    choice: Choice | None = None
    code: str = ""
    too_long: bool = False


def look(turn: Turn, offered: Sequence[Choice], lexicon: Lexicon, asks: str = "") -> Verdict:
    """Decide `turn`, or leave it free. `offered` is what the last reply proposed; `asks` a read-back under way."""
    if turn.key:
        return _key(turn.key, offered, asks)
    text = clean(turn.text)
    words = fold(text)
    if not words:
        silent = turn.channel == "voice" and not turn.text.strip()
        return Verdict("silence" if silent else "empty")
    danger = lexicon.danger(words)
    if danger:
        return Verdict("topic", mask(text), danger)
    if words in lexicon.stop:
        return Verdict("topic", Masked(text, ()), lexicon.stop[words])
    code = RESUME_CODE.match(words) or (SPOKEN_CODE.match(words) if asks == "code" else None)
    if code:
        return Verdict("code", Masked("[code]", ("code",)), code="".join(filter(str.isdigit, code.group())))
    choice = _choice(words, offered, asks)
    if choice:
        return Verdict("choice", Masked(text, ()), choice=choice)
    masked = mask(text)
    if masked.only_secret:
        return Verdict("topic", masked, "donnee_sensible")
    if words in lexicon.moves:
        return Verdict("topic", masked, lexicon.moves[words])
    if words in NUMBERS and NUMBERS[words] in KEYS:
        return Verdict("topic", masked, KEYS[NUMBERS[words]])
    answer = agreed(words)
    if answer:
        return Verdict("topic", masked, "confirmer" if answer == "yes" else "refuser")
    # Rasa takes a leading "/" for a command.
    safe = Masked(masked.text.lstrip("/ \\"), masked.found)
    if not fold(safe.text):
        return Verdict("empty", safe)
    return Verdict("free", safe, too_long=len(turn.text) > LONGEST)


def look_for_choice(text: str, offered: Sequence[Choice]) -> Choice | None:
    """The offered choice that `text` names, if any."""
    return _choice(fold(clean(text)), offered, "")


def _key(key: str, offered: Sequence[Choice], asks: str) -> Verdict:
    if asks == "code" and re.fullmatch(r"\d{4}", key):
        return Verdict("code", Masked("[code]", ("code",)), code=key)
    for choice in offered:
        if choice.key == key:
            return Verdict("choice", Masked(key, ()), choice=choice)
    if key in KEYS:
        return Verdict("topic", Masked(key, ()), KEYS[key])
    if key in BUTTONS:
        return Verdict("topic", Masked("", ()), key)
    return Verdict("empty", Masked("", ()))


def _choice(words: str, offered: Sequence[Choice], asks: str) -> Choice | None:
    """The choice that folded `words` name: by number, label, synonym, or a plain yes or no."""
    plain = POLITE.sub("", POLITE.sub("", words))
    number = NUMBERS.get(plain, plain)
    for choice in offered:
        known = {choice.key, fold(choice.label), *map(fold, choice.words)}
        if words in known or plain in known or number == choice.key:
            return choice
    answer = agreed(words)
    if asks == "erase" and answer == "yes" and not confirmed(words):
        return None
    meaning = {"yes": "confirmer", "no": "refuser"}.get(answer or "")
    return next((choice for choice in offered if meaning in choice.means), None) if meaning else None
