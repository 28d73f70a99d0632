"""How many SMS one telephone is answered: enough for a person, not for two machines that answer each other.

What was answered is read from the replies that are kept anyway, so the limit holds over several processes and without
Redis. STOP, danger, erasing and a wish to come back are outside all limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.engine import Connection

from assistant.gate import ERASE, STOP, Verdict
from assistant.guide import SAFETY
from assistant.journeys.progress import Progress
from assistant.reminding import NO_RECALL
from assistant.storage import inbox
from assistant.turns import OPTED_IN, Turn

# An activation takes some thirty, and twice as many from whoever asks a question at each step: nobody who is being
# helped is stopped half-way.
AN_HOUR, A_DAY = 60, 150
# The same words so many times in a row are answered; more of them are an answering machine's.
SAME = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The entry of data/answers/ that tells the pause, and the topic of that reply.
PAUSE = "limite"
HONOURED = SAFETY | {STOP, "effacer_mes_donnees", "reprendre", NO_RECALL}

# "": answered. "pause": told that nothing is answered for a while. "silence": it was told, or nobody is there to tell.
Held = Literal["", "pause", "silence"]
Lately = list[tuple[datetime, str]]


@dataclass(frozen=True)
class Brake:
    """`in_a_row` tells how many times the words of a turn came now without any others between, itself included.

    `untaken` has it forget the row: who was asked to write again, since her turn could not be taken, is no machine.
    """

    in_a_row: Callable[[Turn], int]
    untaken: Callable[[Turn], None]

    def lately(self, connection: Connection, turn: Turn) -> Lately:
        """What was said to whoever writes, in the last day; nothing where it is too little to be held back."""
        return inbox.said(connection, turn.provider, turn.address, turn.at - DAY, least=AN_HOUR)

    def holds(self, turn: Turn, place: Progress, verdict: Verdict, lately: Lately) -> Held:
        """Whether `turn` is left without its answer."""
        same = self.in_a_row(turn)
        if honoured(turn, place, verdict):
            return ""
        # A choice is no machine's: « 1 » is the right answer to many steps one after the other.
        if same > SAME and (verdict.kind in ("free", "empty") or verdict.language):
            return "silence"
        answered = [at for at, topic in lately if topic != PAUSE]
        if len(answered) < A_DAY and sum(at > turn.at - HOUR for at in answered) < AN_HOUR:
            return ""
        told = any(topic == PAUSE and at >= max(answered) for at, topic in lately)
        return "silence" if told else "pause"


def honoured(turn: Turn, place: Progress, verdict: Verdict) -> bool:
    """Whether `turn` is outside all limits."""
    erases = place.asks == "erase" or bool(verdict.choice and verdict.choice.goes == ERASE)
    return turn.key == OPTED_IN or verdict.topic in HONOURED or erases
