"""A bad line: what was heard without being sure is read back before it moves anything. Pure.

Twilio's Confidence goes from 0 to 1 and is not guaranteed (reference B1, B6): below HALF it is asked about; absent,
only what would move the place is.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.danger import TOPICS
from assistant.gate import Verdict
from assistant.journeys.progress import Progress
from assistant.ladders import UNSURE
from assistant.reminding import ASKS_WHEN
from assistant.showing import SHOW
from assistant.telling import Outcome, Teller
from assistant.turns import Choice, Turn

HALF = 0.5
HEARD = "heard"
# Said by mistake, none of these does any harm: what is told can be told again. Danger is answered at once.
HARMLESS = frozenset(TOPICS) | frozenset(
    "repeter plus_lentement ne_comprend_pas patienter saluer remercier demander_aide parler_a_quelqu_un hesiter "
    "silence nlu_fallback donnee_sensible hors_sujet robot_ou_humain se_plaindre insulter".split()
)
# « J'ai entendu : la durée de conservation », to somebody who has just said that her husband died.
GRIEF = ("answer:deuil",)


def doubtful(turn: Turn, before: Progress, outcome: Outcome) -> bool:
    """Whether `outcome`, which the words of `turn` led to, must be confirmed first."""
    if turn.channel != "voice" or turn.key or turn.opens or not turn.text.strip():
        return False
    if outcome.act == SHOW:
        return False  # what is held can be told again
    if before.asks == HEARD or outcome.reply.intent in HARMLESS or outcome.progress.last == GRIEF:
        return False  # an answer to the read-back itself is taken as it is, or it would never end
    if outcome.progress.asks == ASKS_WHEN:
        return False  # the moment is read back anyway, and asking what was meant would lose it
    if turn.confidence is not None:
        return turn.confidence < HALF
    if outcome.act == "uncount":
        return False  # to be left out by mistake does no harm
    moved = (before.journey, before.step, before.status) != (
        outcome.progress.journey,
        outcome.progress.step,
        outcome.progress.status,
    )
    return moved or bool(outcome.act)


def read_back(teller: Teller, progress: Progress, verdict: Verdict, outcome: Outcome) -> Outcome:
    """« J'ai entendu : le code n'est pas arrivé. C'est bien cela ? »"""
    book, intent = teller.book, outcome.reply.intent
    if verdict.choice:
        heard = replace(verdict.choice, words=(), means=("confirmer",))
    elif intent in book.topics:
        heard = Choice("", book.topics[intent].label, f"topic:{intent}", means=("confirmer",))
    else:
        return outcome
    label = heard.label
    yes = replace(heard, label=book.answers["entendu_oui"].say.voice)
    no = Choice("", book.answers["entendu_non"].say.voice, "move:unheard", means=("refuser",))
    asking = replace(progress, asks=HEARD, kept=progress.offered)
    return teller.say(asking, "voice", "entendu", choices=(yes, no), label=label, intent=UNSURE)
