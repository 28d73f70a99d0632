"""How somebody can be reached later: by what the number is, and by what the sender may do."""

from __future__ import annotations

import pytest

from assistant.senders import Sender
from channels.providers.reach import reach

PLATFORM, SHORT, NAME, NONE = "0937000000", "38000", "CamilleInfo", ""


@pytest.mark.parametrize(
    ("number", "sender", "ways"),
    [
        ("+33612345678", PLATFORM, ("sms", "voice")),
        ("+33639980001", PLATFORM, ("sms", "voice")),
        ("+33712345678", SHORT, ("sms",)),
        ("+33612345678", NAME, ("sms",)),
        ("+33612345678", NONE, ()),
        ("+33145000000", PLATFORM, ("voice",)),
        ("+33145000000", SHORT, ()),
        ("+262692123456", PLATFORM, ("sms", "voice")),
        ("+32470123456", PLATFORM, ()),
        ("", PLATFORM, ()),
        ("anonymous", PLATFORM, ()),
    ],
)
def test_ways(number: str, sender: str, ways: tuple[str, ...]) -> None:
    assert reach(number, Sender.of(sender)) == ways
