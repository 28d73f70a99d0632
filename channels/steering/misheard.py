"""/pilotage/incompris: what many people wrote alike and was not understood; one press files it under a topic."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from assistant.content.topics import Topic
from assistant.errors import CamilleError
from assistant.figures import LEAST
from assistant.grouping import MOST_SHOWN, Group, groups
from assistant.review_file import file
from assistant.stops import DAYS, span
from assistant.storage import operator_acts, unclear
from assistant.storage.days import day_of
from channels.services import services
from channels.steering.operator import only, operator, required

steering_misheard = Blueprint("steering_misheard", __name__, url_prefix="/pilotage", template_folder="templates")
steering_misheard.before_request(required)

# So many topics are offered as a press each; all of them are in the list beside.
NEAREST = 3
SET_ASIDE = "rien"
DONE = "filed_now"


@steering_misheard.get("/incompris")
def page() -> ResponseReturnValue:
    return _page()


@steering_misheard.post("/incompris")
@only("relecture")
def file_it() -> ResponseReturnValue:
    """File a group under a topic, or set it aside. What was dealt with is not kept any longer."""
    conversation, now = services().conversation, services().clock()
    name, topic = request.form.get("groupe", ""), request.form.get("sujet", "") or request.form.get("autre", "")
    group = next((group for group in _groups() if group.name == name), None)
    if group is None:
        return _page(fault="gone"), 409
    if topic != SET_ASIDE and topic not in conversation.book.topics:
        return _page(fault="topic"), 422
    review_file = services().settings.review_file
    if topic != SET_ASIDE:
        if review_file is None:
            return _page(fault="unset"), 503
        try:
            file(review_file, topic, group.phrases)
        except (OSError, CamilleError):
            return _page(fault="file"), 503
    with conversation.database.transaction() as connection:
        unclear.settle(connection, group.texts)
        act: operator_acts.Act = "set_aside" if topic == SET_ASIDE else "filed"
        operator_acts.note(connection, operator().name, act, now, "" if topic == SET_ASIDE else topic)
    session[DONE] = "" if topic == SET_ASIDE else topic
    return redirect(url_for("steering_misheard.page"), 303)


def _groups() -> list[Group]:
    since, until = span(services().clock())
    with services().conversation.database.transaction() as connection:
        return groups(unclear.said(connection, day_of(since), until))


def _page(fault: str = "") -> str:
    found, topics = _groups(), services().conversation.book.topics
    done = session.pop(DONE, None)
    return render_template(
        "steering/misheard.html",
        groups=[(group, _near(group)) for group in found],
        topics=sorted(topics.values(), key=lambda topic: topic.label),
        most_shown=MOST_SHOWN,
        may=operator().may("relecture"),
        aside=SET_ASIDE,
        fault=fault,
        done=topics[done].label if done else "" if done is None else SET_ASIDE,
        least=LEAST,
        days=DAYS,
    )


def _near(group: Group) -> Sequence[Topic]:
    """What Camille would have guessed, the likeliest first; nothing while she cannot be asked."""
    conversation = services().conversation
    if not conversation.mind.ready:
        return ()
    try:
        ranking = conversation.mind.parse(group.phrases[0])
    except CamilleError:
        return ()
    known = conversation.book.topics
    return [known[name] for name, _ in ranking if name in known][:NEAREST]
