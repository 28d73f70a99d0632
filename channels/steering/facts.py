"""/pilotage/faits: how old the facts are that every sentence rests on. Of nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from assistant.content.facts import Fact
from assistant.content.rules import SHELF_LIFE
from channels.services import services
from channels.steering.operator import required

steering_facts = Blueprint("steering_facts", __name__, url_prefix="/pilotage", template_folder="templates")
steering_facts.before_request(required)

# Days; the last one is the shelf life, after which `camille check` fails.
AGES = (30, 90, 180, 365, SHELF_LIFE.days)
OLDEST = 20
SURE = {"confirmed": "confirmé", "one source": "une source", "to check": "à vérifier"}


@steering_facts.get("/faits")
def page() -> ResponseReturnValue:
    today, facts = services().clock().date(), services().conversation.book.facts
    ages = [(today - fact.gathered).days for fact in facts.values()]
    bands = Counter(next((band for band in AGES if age <= band), 0) for age in ages)
    oldest = sorted(facts.values(), key=lambda fact: (fact.gathered, fact.name))[:OLDEST]
    return render_template(
        "steering/facts.html",
        count=len(facts),
        bands=[(band, bands[band]) for band in (*AGES, 0)],
        sure=[
            (name, sum(fact.confidence == confidence for fact in facts.values())) for confidence, name in SURE.items()
        ],
        oldest=[(fact, SURE[fact.confidence], (today - fact.gathered).days, _until(fact)) for fact in oldest],
        shelf=SHELF_LIFE.days,
    )


def _until(fact: Fact) -> date:
    """The last day on which it may be told."""
    return fact.gathered + timedelta(days=SHELF_LIFE.days)
