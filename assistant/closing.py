"""What a channel says and still hears while it is switched off by those who run the service.

Danger, STOP, erasing and one's own data are heard as ever. Everything else is told kindly to come back, with the 34 22:
nothing of the person is stored, so that she finds her place, her reminder and the last words again afterwards.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.engine import Connection

from assistant.braking import HONOURED, honoured
from assistant.gate import Verdict
from assistant.journeys.progress import Progress
from assistant.showing import MINE, TOPIC
from assistant.storage import inbox
from assistant.turns import Message, Reply, Turn

# The entry of data/answers/ that tells it, and the topic of that reply.
CLOSED = "canal_ferme"
# An SMS is paid for: who goes on writing is told once in this time.
AGAIN = timedelta(hours=1)
COME_BACK = "reprendre"
# What is heard in any words, even where nothing else is: held back, or switched off.
HEARD_ALWAYS = (HONOURED | {TOPIC}) - {COME_BACK}


def lets_through(turn: Turn, place: Progress, verdict: Verdict) -> bool:
    """Whether `turn` is answered as ever. « Reprendre » is no way around it, but after a STOP it never comes here."""
    return verdict.topic == MINE or (verdict.topic != COME_BACK and honoured(turn, place, verdict))


def turned_away(connection: Connection, turn: Turn, words: str) -> Reply:
    """`words` for whoever arrives. A call is listened to once after them: somebody may be in danger, and say so."""
    if turn.channel == "sms":
        lately = inbox.said(connection, turn.provider, turn.address, turn.at - AGAIN)
        if lately and lately[0][1] == CLOSED:
            return Reply((), CLOSED)
    opens = turn.channel == "voice" and turn.opens
    return Reply((Message(words),), CLOSED, ending="" if opens else "goodbye")
