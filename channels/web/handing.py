"""Hands in what a form carries, once, and only on the page that the person really saw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from assistant.conversation import Conversation
from assistant.outage import AWAY
from assistant.turns import Reply, Turn
from channels.web.once import PROVIDER, id_of
from channels.web.screen import seen

# These mean the same wherever they are pressed. Every other key speaks of the step on the screen.
EVERYWHERE = frozenset({"parler_a_quelqu_un", "effacer_mes_donnees"})


def hand_in(
    conversation: Conversation, address: str, form: Mapping[str, str], at: datetime, network: str = ""
) -> Reply:
    """The reply to a form with `key`, `text` or `code`; `id` is its one-time id, `seen` the print of its page.

    A key pressed on an old page (another tab, the back button) would choose something never read. It is taken
    as a return instead: Camille says where the person is and asks to go on. A form already handed in changes
    nothing, old page or not, because its id is known. Where the database is away, nothing of it is taken.
    """
    message_id = id_of(form)

    def turn(suffix: str = "", text: str = "", key: str = "", opens: bool = False) -> Turn:
        return Turn(address, "web", PROVIDER, message_id + suffix, at, text=text, key=key, opens=opens, network=network)

    key = form.get("key", "").strip()
    try:
        shown = conversation.look_again(address, "web")
    except AWAY:
        return conversation.untaken(turn(text=form.get("text", "")))
    if key and key not in EVERYWHERE and form.get("seen") not in (None, seen(shown)):
        return conversation.take(turn(opens=True))
    if _is_way_in(conversation, shown):
        # The way in is shown without being stored (a robot that reads the page leaves no trace). The first act
        # stores it: its greeting is then said once, and its buttons mean what was read.
        conversation.take(turn(".in", opens=True))
    code = form.get("code", "").strip()
    return conversation.take(turn(key=key, text=f"reprise {code}" if code else form.get("text", "")))


def _is_way_in(conversation: Conversation, shown: Reply) -> bool:
    """Whether `shown` offers what an opening offers: the menu, or going on where the person left."""
    offered = [choice.goes for choice in shown.choices]
    return any(
        offered == [choice.goes for choice in opening]
        for opening in (conversation.guide.opening, conversation.book.answers["reprise"].choices)
    )
