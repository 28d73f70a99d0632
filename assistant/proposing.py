"""« Le docteur Martin vous propose… »: what a patient is told who comes by an invitation, and at the end. Pure.

By SMS the first words, the proposal and the first step are one message of two segments: where they are too long, the
first words get shorter, then the step is one reply away. Who speaks is always said first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.invitation_keys import ASKED
from assistant.journeys.progress import Progress
from assistant.offers import ACTIVATION, Offers
from assistant.storage.invitations import Aim
from assistant.telling import SMS_ROOM, Outcome, Teller, length
from assistant.turns import Channel, Message, Reply
from assistant.walking import Walk

# Where each leads: a journey, or one of its steps.
LEADS_TO: dict[Aim, str] = {"activer": "activer", "partager": "partager/rdv_quand", "ecrire": "partager/ecrire_deja"}
# The topic that a turn by invitation is told as.
INVITED = "recommande_par_medecin"
UNCOUNTED = "ne_pas_compter"
# « Le docteur Martin » to « au docteur Martin »; other names follow « à ».
TO_HER = (("le ", "au "), ("la ", "à la "), ("les ", "aux "))


class Propose:
    """Over one Teller. A physician is named as the practice shows her, and nothing else is told of her."""

    def __init__(self, teller: Teller, offers: Offers, walk: Walk) -> None:
        self._teller = teller
        self._book = teller.book
        self._offers = offers
        self._walk = walk

    def journey(self, aim: Aim) -> str:
        """The name of the journey that `aim` leads into."""
        return LEADS_TO[aim].partition("/")[0]

    def come(self, progress: Progress, channel: Channel, shown_as: str, aim: Aim) -> Outcome:
        """The physician's proposal, then the journey: where the person stands in it, or its first step."""
        name, here = self.journey(aim), _met(progress, channel)
        if progress.under_way and progress.journey == name:
            told = self._walk.resume(here, channel)
        else:
            told = self._walk.enter(here, channel, LEADS_TO[aim])
        done = progress.status_in(name) == "done" and not told.progress.under_way
        return self._after(progress, told, channel, f"invitation_{aim}", shown_as, aim if done else None)

    def none(self, progress: Progress, channel: Channel) -> Outcome:
        """No invitation is behind what was given, or none that is still good: the journey all the same.

        Six digits may be given again at once.
        """
        return self._uninvited(progress, channel, "invitation_inconnue")

    def later(self, progress: Progress, channel: Channel) -> Outcome:
        """None is looked at just now, since too many were guessed at: told as it is, with the journey all the same."""
        return self._uninvited(progress, channel, "invitation_plus_tard")

    def _uninvited(self, progress: Progress, channel: Channel, phrase: str) -> Outcome:
        here = _met(progress, channel)
        if progress.under_way:
            told = self._walk.resume(here, channel)
        elif progress.status_in(ACTIVATION) == "done":
            told = self._offers.menu(here, channel)
        else:
            told = self._walk.enter(here, channel, ACTIVATION)
        told = self._after(progress, told, channel, phrase, "")
        return replace(told, progress=replace(told.progress, asks=ASKED))

    def ask(self, progress: Progress, channel: Channel) -> Outcome:
        """Where the key of an invitation is, and how it is given."""
        choices = self._offers.pending(progress)
        told = self._teller.say(progress, channel, "invitation_demander", choices=choices, intent=INVITED)
        return replace(told, progress=replace(told.progress, asks=ASKED))

    def welcome(self, progress: Progress, channel: Channel) -> Outcome:
        """« Mon médecin m'en a parlé »: the answer, and room for the key on her leaflet."""
        told = self._offers.aside(progress, channel, INVITED)
        return replace(told, progress=replace(told.progress, asks=ASKED))

    def uncounted(self, progress: Progress, channel: Channel) -> Outcome:
        """« Ne me comptez pas »: nothing more is counted; what was cannot be taken out again, and that is said."""
        choices = self._offers.way_back(progress, channel)
        told = self._teller.say(progress, channel, UNCOUNTED, choices=choices)
        return replace(told, act="uncount")

    def tell(self, outcome: Outcome, channel: Channel, shown_as: str, aim: Aim) -> Outcome:
        """`outcome`, which ends what was proposed, with a sentence to tell the doctor."""
        *before, last = outcome.reply.messages
        for label in (_to(shown_as), self._teller.text("invitation_a_qui", outcome.progress, channel)):
            said = Message(self._teller.text(f"dire_{aim}", outcome.progress, channel, label), last.choices)
            reply = replace(outcome.reply, messages=(*before, replace(last, choices=()), said))
            if _fits(reply, channel):
                return replace(outcome, reply=reply)
        return outcome

    def _after(
        self, before: Progress, told: Outcome, channel: Channel, name: str, shown_as: str, done: Aim | None = None
    ) -> Outcome:
        """`told` with the phrase `name` before it, and the first words before all where they are due."""
        reply = replace(told.reply, intent=INVITED)
        for opening in self._openings(told.progress, channel, name, shown_as, channel not in before.met):
            whole = replace(told, reply=replace(reply, messages=(*opening, *reply.messages)))
            if _fits(whole.reply, channel):
                return self.tell(whole, channel, shown_as, done) if done else whole
        return self._one_reply_away(whole, opening)

    def _openings(
        self, progress: Progress, channel: Channel, name: str, shown_as: str, fresh: bool
    ) -> Iterator[tuple[Message, ...]]:
        """What may stand before the step, the longest first."""
        proposal = Message(self._teller.text(name, progress, channel, shown_as))
        for first in ("premiers_mots", "premiers_mots_courts") if fresh else ():
            yield Message(self._teller.text(first, progress, channel)), proposal
        if not fresh:
            yield (proposal,)

    def _one_reply_away(self, told: Outcome, opening: tuple[Message, ...]) -> Outcome:
        """The first words and the proposal; the step waits behind « Commencer »."""
        start = replace(self._book.answers["invitation_commencer"].choices[0], key="1")
        *before, last = opening
        reply = replace(told.reply, messages=(*before, replace(last, choices=(start,))))
        return replace(told, progress=replace(told.progress, offered=(start,)), reply=reply)


def _met(progress: Progress, channel: Channel) -> Progress:
    """The first words are ours to say, before the proposal."""
    return replace(progress, met=tuple(dict.fromkeys((*progress.met, channel))))


def _fits(reply: Reply, channel: Channel) -> bool:
    """Whether `reply` is one SMS of two segments; always, elsewhere."""
    return channel != "sms" or length(reply.messages) <= SMS_ROOM


def _to(shown_as: str) -> str:
    """« au docteur Martin », « à la docteure Martin »."""
    for article, to in TO_HER:
        if shown_as.lower().startswith(article):
            return to + shown_as[len(article) :]
    return f"à {shown_as}"
