"""What SMS cost at the price of a segment, and how much of a month's budget they used. One arithmetic for all who ask.

All SMS count, answers too; only what Camille begins (outbox.BEGUN) stops when the budget is used up. Whoever writes is
answered always, and STOP is confirmed always. What a call costs nobody here knows: calls neither count nor stop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy.engine import Connection

from assistant.settings import Settings
from assistant.storage import tallies
from assistant.storage.days import month_of
from assistant.storage.tallies import Tally

CENT = Decimal("0.01")
# Of a hundred: what somebody is told at.
LEVELS = (50, 80, 100)


def cost(segments: int, price: Decimal) -> Decimal:
    """In euros, to the cent."""
    return (segments * price).quantize(CENT, ROUND_HALF_UP)


def sent(found: Iterable[Tally]) -> int:
    """The segments of SMS that went out."""
    return sum(tally.segments for tally in found if (tally.channel, tally.way) == ("sms", "out"))


@dataclass(frozen=True)
class Budget:
    """`euros` for the SMS of a month (of the calendar, in UTC, as days are counted), at `price` a segment."""

    euros: Decimal
    price: Decimal

    @classmethod
    def of(cls, settings: Settings) -> Budget | None:
        """The one that is set; None where nobody set any."""
        if settings.sms_budget is None or settings.segment_price is None:
            return None
        return cls(settings.sms_budget, settings.segment_price)

    def used(self, connection: Connection, at: datetime) -> float:
        """Which part of it the month of `at` used so far: 1.0 is all of it."""
        spent = cost(sent(tallies.told(connection, month_of(at))), self.price)
        return float(spent / self.euros) if self.euros else 1.0

    def is_spent(self, connection: Connection, at: datetime) -> bool:
        return self.used(connection, at) >= 1

    def level(self, connection: Connection, at: datetime) -> int:
        """The highest of LEVELS that is reached; 0 for none."""
        used = self.used(connection, at) * 100
        return max((level for level in LEVELS if used >= level), default=0)
