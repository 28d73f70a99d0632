"""Names the caller by a pseudonym, whether the number is shown or not."""

from __future__ import annotations

from assistant.privacy.pseudonyms import e164, pseudonym

# What stands for a hidden number: words, and the same words typed on a telephone's keys (+266696687 is ANONYMOUS).
HIDDEN = frozenset({"anonymous", "restricted", "blocked", "private", "unknown", "unavailable"})
HIDDEN_KEYS = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


def caller(number: str, call: str, pepper: str) -> str:
    """The pseudonym of `number`; of the call itself when the number is hidden, or callers would share one place."""
    shown = None if number.lower() in HIDDEN or number in HIDDEN_KEYS else e164(number)
    return pseudonym("phone", shown, pepper) if shown else pseudonym("call", call, pepper)
