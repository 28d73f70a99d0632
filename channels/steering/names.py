"""What channels, roles and acts are called on these pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from assistant.figures import LEAST
from assistant.storage.operators import Role
from assistant.storage.switches import Face
from assistant.turns import Channel

FACE_NAMES: Mapping[Face, str] = {
    "sms": "Les SMS",
    "voice": "Le téléphone",
    "web": "La page web",
    "practice": "Les pages des médecins",
}
CHANNEL_NAMES: Mapping[Channel, str] = {"web": "Page web", "sms": "SMS", "voice": "Téléphone"}
ROLE_NAMES: Mapping[Role, str] = {"lecture": "Lecture", "relecture": "Relecture", "exploitation": "Exploitation"}
FEW = f"moins de {LEAST}"
# Where a number is hidden that may be greater.
UNTOLD = "non montré"


def said(cell: int | None) -> str | int:
    """What stands in a table for a cell."""
    return FEW if cell is None else cell


def waited(gone: timedelta) -> str:
    """« 6 minutes », « 5 heures », « 21 jours »: whole ones, of the longest that fits."""
    minutes = int(gone.total_seconds()) // 60
    count, word = next(
        (minutes // length, word)
        for length, word in ((1440, "jour"), (60, "heure"), (1, "minute"))
        if minutes >= length or length == 1
    )
    return f"{count}\N{NO-BREAK SPACE}{word}{'s' if count > 1 else ''}"
