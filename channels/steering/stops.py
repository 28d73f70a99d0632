"""/pilotage/parcours: how far people come in each journey, and where they stop, by channel."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from assistant.content.wording import CHANNELS
from assistant.figures import LEAST
from assistant.journeys.model import Journey
from assistant.stops import DAYS, LATELY, Stage, span, stages
from assistant.storage import events
from channels.practice.chart import HEIGHT, WIDTH, chart
from channels.practice.moments import day_name
from channels.services import services
from channels.steering.names import CHANNEL_NAMES, UNTOLD
from channels.steering.operator import required
from channels.web.typography import sentences

steering_stops = Blueprint("steering_stops", __name__, url_prefix="/pilotage", template_folder="templates")
steering_stops.before_request(required)

END = "Terminé"


@steering_stops.get("/parcours")
def page() -> ResponseReturnValue:
    """One journey, over 28 days or 7."""
    journeys = services().conversation.book.journeys
    journey = journeys.get(request.args.get("parcours", "")) or next(iter(journeys.values()))
    lately = request.args.get("jours", "") == str(LATELY)
    since, until = span(services().clock())
    recent, _ = span(services().clock(), LATELY)
    with services().conversation.database.transaction() as connection:
        stands = events.stands(connection, journey.name, since, until, recent)
    rows = stages(journey, stands, lately=lately)
    return render_template(
        "steering/stops.html",
        journeys=journeys.values(),
        journey=journey,
        rows=rows,
        names=[_name(journey, row) for row in rows],
        steps=_steps(journey, rows),
        chart=chart([{str(channel): cell for channel, cell in row.reached.items()} for row in rows], CHANNELS),
        size=(WIDTH, HEIGHT),
        channels=CHANNELS,
        channel_names=CHANNEL_NAMES,
        lately=lately,
        spans=(DAYS, LATELY),
        untold=UNTOLD,
        least=LEAST,
        since=day_name(recent if lately else since),
        until=day_name(until),
    )


def _name(journey: Journey, row: Stage) -> str:
    return f"{row.number}. {journey.stages[row.number - 1]}" if row.number else END


def _steps(journey: Journey, rows: list[Stage]) -> list[tuple[str, str, str, str, int]]:
    """Stage, channel, step, its first sentence, and how many stopped there: where it can be told."""
    return [
        (_name(journey, row), CHANNEL_NAMES[channel], step, sentences(journey.steps[step].say.web)[0], count)
        for row in rows
        for channel in CHANNELS
        for step, count in row.steps[channel]
    ]
