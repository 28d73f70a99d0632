"""What keys mean that were pressed where six digits may come: one of them again and again is an impatient finger."""

from __future__ import annotations

DIGITS = 6
# What chooses, calls a person, repeats or asks for help. Six digits begin with none of them.
ALONE = frozenset("0123*#")


def pressed(keys: str, *, six: bool) -> str:
    """`keys` as they count. Where `six` were awaited, the line waits before it passes one on, and is pressed again."""
    again = six and 1 < len(keys) < DIGITS and len(set(keys)) == 1 and keys[0] in ALONE
    return keys[0] if again else keys
