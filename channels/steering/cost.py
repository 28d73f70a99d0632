"""/pilotage/couts: how many SMS and segments came and went, and what was sent costs at the price that is set."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from assistant.budget import Budget, cost
from assistant.figures import LEAST, rounded
from assistant.stops import DAYS, LATELY, span
from assistant.storage import events, tallies
from channels.outbox import REMINDER_WAITS
from channels.services import services
from channels.steering.names import UNTOLD
from channels.steering.operator import required

steering_cost = Blueprint("steering_cost", __name__, url_prefix="/pilotage", template_folder="templates")
steering_cost.before_request(required)

UNSET = "non réglé"


@dataclass(frozen=True)
class Row:
    """SMS over some days, at least so many. None under eleven, and where fewer than eleven persons wrote."""

    days: int
    received: int | None
    sent: int | None
    segments: int | None
    cost: str


@steering_cost.get("/couts")
def page() -> ResponseReturnValue:
    price, budget = services().settings.segment_price, Budget.of(services().settings)
    rows = [_row(days, price) for days in (DAYS, LATELY)]
    level = 0
    if budget:
        with services().conversation.database.transaction() as connection:
            level = budget.level(connection, services().clock())
    return render_template(
        "steering/cost.html",
        rows=rows,
        price="" if price is None else _euros(price),
        budget="" if budget is None else _euros(budget.euros),
        level=level,
        waits=REMINDER_WAITS.days,
        few=UNTOLD,
        least=LEAST,
    )


def _row(days: int, price: Decimal | None) -> Row:
    since, until = span(services().clock(), days)
    with services().conversation.database.transaction() as connection:
        few = events.persons(connection, "sms", since, until) < LEAST
        if days < DAYS:  # the longer row less this one must not tell what a few persons wrote before
            few = few or events.persons(connection, "sms", span(services().clock(), DAYS)[0], since) < LEAST
        found = {tally.way: tally for tally in tallies.told(connection, since, until) if tally.channel == "sms"}
    if few:
        return Row(days, None, None, None, UNTOLD)
    received, sent = rounded(_of(found, "in", "messages")), rounded(_of(found, "out", "messages"))
    segments = rounded(_of(found, "out", "segments"))
    # Of what is shown: the exact price would tell the exact count.
    return Row(days, received, sent, segments, _price(segments, price))


def _price(segments: int | None, price: Decimal | None) -> str:
    if segments is None:
        return UNTOLD
    return UNSET if price is None else _euros(cost(segments, price))


def _of(found: dict[tallies.Way, tallies.Tally], way: tallies.Way, what: Literal["messages", "segments"]) -> int:
    tally = found.get(way)
    return 0 if tally is None else tally.messages if what == "messages" else tally.segments


def _euros(amount: Decimal) -> str:
    return f"{amount:f} €".replace(".", ",")
