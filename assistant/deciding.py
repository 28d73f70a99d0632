"""Decides a turn that the gate has looked at: what a choice, a move, a moment or a free sentence leads to.

Nothing is read or stored here: of all that it asks, only the understanding can fail.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.consent import confirmed
from assistant.errors import ModelError
from assistant.folding import clean, fold
from assistant.gate import Verdict
from assistant.guide import SAFETY, Guide
from assistant.journeys.progress import Progress
from assistant.ladders import UNSURE
from assistant.lexicon import Lexicon
from assistant.minds import AnyMind
from assistant.reminders.when import When, heard
from assistant.reminding import ASKS_WHEN, NO_RECALL, RECALL
from assistant.showing import MINE
from assistant.telling import Outcome
from assistant.turns import Reply, Turn

WHEN = "when:"
# Said in answer to « Quand ? », these may name a day.
PUT_OFF = frozenset({"plus_tard", RECALL})


class Decide:
    """Over one guide, one lexicon and one mind, which may still be in the making."""

    def __init__(self, guide: Guide, lexicon: Lexicon, mind: AnyMind) -> None:
        self._guide, self._lexicon, self._mind = guide, lexicon, mind

    def decide(self, turn: Turn, place: Progress, verdict: Verdict) -> Outcome:
        """What `verdict` leads to where she stands. Raises ModelError when understanding it breaks."""
        guide, channel = self._guide, turn.channel
        if turn.opens:
            return guide.open(place, channel, asked_for=turn.asked_for)
        if turn.ends:
            return guide.cut(place, channel)
        if verdict.kind == "silence":
            return guide.silence(place, channel)
        day = self._day(turn, place, verdict)
        if day:
            outcome = guide.remind(place, channel, day, turn.at)
        elif verdict.kind == "choice" and verdict.choice:
            outcome = guide.choose(place, channel, verdict.choice)
        elif verdict.term:
            outcome = guide.define(place, channel, verdict.term)
        elif verdict.kind == "topic":
            outcome = guide.hear_in(verdict.language, place, channel, verdict.topic)
        elif verdict.kind == "empty":
            outcome = guide.phrase(place, channel, "choisir" if turn.key else "sans_mots")
        elif verdict.too_long:
            outcome = guide.phrase(place, channel, "trop_long")
        elif verdict.kind == "free":
            outcome = self._understand(verdict, place, turn)
        else:
            outcome = guide.open(place, channel)
        if verdict.masked.found and outcome.reply.intent not in (*SAFETY, "donnee_sensible"):
            outcome = guide.warn(outcome, channel)
        return guide.unseen(outcome, channel) if turn.media else outcome

    def _day(self, turn: Turn, place: Progress, verdict: Verdict) -> When | None:
        """The moment that was named for a reminder: by a choice, in answer to « Quand ? », or with the request."""
        choice = verdict.choice.goes if verdict.choice else ""
        if choice.startswith(WHEN):
            return heard(choice.removeprefix(WHEN), turn.at)
        # « Demain » alone is a good-bye, unless a day was asked for.
        asked = verdict.topic == RECALL or (place.asks == ASKS_WHEN and verdict.topic in ("", *PUT_OFF))
        if not asked or verdict.kind not in ("free", "topic"):
            return None
        # Unmasked: a date is masked like other private numbers, and a moment is all that is taken from it.
        return heard(turn.text, turn.at)

    def _understand(self, verdict: Verdict, place: Progress, turn: Turn) -> Outcome:
        if not self._mind.ready:
            return self._guide.phrase(place, turn.channel, "en_preparation")
        try:
            outcome = self._mind.take(verdict.masked.text, place, turn.channel)
        except ModelError:
            if self._mind.ready:
                raise
            return self._guide.phrase(place, turn.channel, "en_preparation")  # it went away while it was asked
        if outcome.reply.intent == RECALL and self._lexicon.holds(fold(clean(turn.text)), NO_RECALL):
            return self._guide.hear(place, turn.channel, NO_RECALL)
        day = heard(turn.text, turn.at) if outcome.reply.intent == RECALL else None
        if day or (outcome.reply.intent == UNSURE and place.asks == ASKS_WHEN):
            return self._guide.remind(place, turn.channel, day, turn.at)
        return outcome

    def silenced(self, turn: Turn, place: Progress, verdict: Verdict, asked: bool) -> Outcome:
        """After STOP: silence, but for one question to whoever writes again, and an explicit yes to it."""
        words = fold(clean(turn.text))
        if verdict.topic == "reprendre" or (asked and confirmed(words)):
            return replace(self._guide.back_after(place, turn.channel, "stop_fini"), act="allow")
        if verdict.topic in ("effacer_mes_donnees", MINE) or place.asks == "erase":
            return self.decide(turn, place, verdict)
        if asked or verdict.topic == "arreter_messages":
            return Outcome(place, Reply((), verdict.topic or "silence"))
        return replace(self._guide.ask_to_return(place, turn.channel), act="ask_to_return")
