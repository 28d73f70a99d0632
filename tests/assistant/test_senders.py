"""Senders: what the law and the carriers let through in France, and a plain sentence for everything else."""

from __future__ import annotations

import pytest

from assistant.errors import SettingError
from assistant.senders import GENERIC, PROTECTED_WHOLE, Sender


@pytest.mark.parametrize(
    ("text", "kind", "kept", "two_way", "calls"),
    [
        ("", "none", "", False, False),
        ("   ", "none", "", False, False),
        ("38123", "short_code", "38123", True, False),
        ("36 123", "short_code", "36123", True, False),
        ("+33937000001", "platform_09", "+33937000001", True, True),
        ("09 38 00 00 01", "platform_09", "+33938000001", True, True),
        ("09.39.00.00.01", "platform_09", "+33939000001", True, True),
        ("0947512345", "platform_09", "+33947512345", True, True),
        ("Camille", "alphanumeric", "Camille", False, False),
        ("CAMILLE2", "alphanumeric", "CAMILLE2", False, False),
        ("Cafe", "alphanumeric", "Cafe", False, False),
    ],
)
def test_what_may_be_used(text: str, kind: str, kept: str, two_way: bool, calls: bool) -> None:
    found = Sender.of(text)
    assert (found.kind, found.text, found.two_way, found.calls) == (kind, kept, two_way, calls)
    assert Sender.of(found.text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("06 39 98 00 01", "06 et 07"),
        ("+33739980001", "06 et 07"),
        ("0690123456", "06 et 07"),  # Guadeloupe
        ("+447400123456", "étranger"),
        ("+12025550123", "étranger"),
        ("0199000001", "09 37"),
        ("0948123456", "09 37"),
        ("+33", "38xxx"),
        ("81212", "38xxx"),  # sold by the message
        ("3422", "38xxx"),
        ("٣٨١٢٣", "lettres"),
        ("C", "3 à 11"),
        ("Cam ille", "3 à 11"),
        ("Camille-sante", "3 à 11"),
        ("Élise", "3 à 11"),
        ("CamilleCamille", "3 à 11"),
        ("Ameli", "protégé"),
        ("AMELIfr", "protégé"),
        ("Ame1i", "protégé"),
        ("4meli", "protégé"),
        ("CPAM75", "protégé"),
        ("MonEspSante", "protégé"),
        ("Mon3space", "protégé"),
        ("FranceConn", "protégé"),
        ("Vitale", "protégé"),
    ],
)
def test_what_may_not(text: str, why: str) -> None:
    with pytest.raises(SettingError) as refused:
        Sender.of(text)
    told = str(refused.value)
    assert told.startswith("TWILIO_SENDER")
    assert why in told
    assert "\n" not in told


@pytest.mark.parametrize("name", sorted(PROTECTED_WHOLE | GENERIC))
@pytest.mark.parametrize("written", [str.upper, str.title], ids=["capitals", "title"])
def test_no_generic_and_no_public_name(name: str, written: object) -> None:
    with pytest.raises(SettingError):
        Sender.of(written(name))  # type: ignore[operator]
