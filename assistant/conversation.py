"""The one door: a Turn in, a Reply out. Every channel uses it, and nothing else of the assistant."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from assistant.again import Again
from assistant.braking import PAUSE, Brake, Held
from assistant.closing import CLOSED, HEARD_ALWAYS, lets_through, turned_away
from assistant.content.book import Book
from assistant.content.fresh import Fresh
from assistant.crossing import Uncrossed
from assistant.deciding import Decide
from assistant.distant import DistantMind
from assistant.doubting import HEARD, doubtful
from assistant.errors import PepperError, TurnConflictError
from assistant.gate import STOP, Verdict, look
from assistant.guide import SAFETY, Guide
from assistant.guides import open_guide
from assistant.hosting import Host, Visit
from assistant.invitation_keys import asked as asked_at
from assistant.journeys.progress import Progress
from assistant.keeping import Keeper
from assistant.ladders import UNSURE
from assistant.lexicon import Lexicon, open_lexicon
from assistant.minds import AnyMind, mind_of
from assistant.privacy.plain_words import plain_words
from assistant.privacy.proofs import Proofs
from assistant.privacy.pseudonyms import share
from assistant.reachable import Reachable, ReachableHere
from assistant.reminders.hours import PARIS
from assistant.settings import Settings
from assistant.showing import SHOW
from assistant.storage import consents, holdings, inbox, persons, switches, unclear
from assistant.storage.database import Database
from assistant.storage.invitations import Invitation
from assistant.telling import Outcome
from assistant.tracing import UNTRACED, Tracing
from assistant.turns import OPTED_IN, Channel, Message, Reply, Turn
from assistant.unstored import Unstored
from assistant.watching import Stopwatch, Watch, unwatched
from assistant.whose import Whose

log = logging.getLogger("camille")
# What could not be taken, and may not be answered either.
BROKEN = Reply((), "panne")


class Conversation:
    """Camille, over one database. `mind` may still be in the making: turns are then decided without Rasa.

    `guide` and `lexicon` hold content only; who has read it already may give it. On a local machine, what a writer
    changes in data/ is read again between two turns.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        mind: AnyMind | None = None,
        *,
        guide: Guide | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self._peppers = database.know(settings.peppers)
        self.watch: Watch = unwatched
        self.reachable: Reachable = ReachableHere()
        self.again = Again(settings.pseudonym_pepper)
        self._uncrossed, self.unstored = Uncrossed(database), Unstored(self._stop_late)
        self._tracing = UNTRACED
        self._keeper = Keeper(*settings.secret_keys)
        self.proofs = Proofs(*settings.secret_keys)
        self._fresh = None if guide or lexicon or not settings.local else Fresh(settings.data, self._read)
        self._read(guide, lexicon)
        self.mind: AnyMind = mind or mind_of(settings, lambda: self.guide)
        self._own_mind = mind is None

    @property
    def book(self) -> Book:
        return self.guide.book

    def take(self, turn: Turn, billed: Callable[[Reply], int] | None = None, brake: Brake | None = None) -> Reply:
        """Answer one turn. The same provider id again gives the same reply and has no second effect.

        `billed` tells how many parts a reply is billed on its medium, where that is counted; `brake`, where answers
        cost, how many are given. Never raises for what a person wrote; a failure inside is logged and answered kindly.
        """
        with self._same_content(), self._tracing.span("turn") as note:
            timer, failed = Stopwatch(self._tracing.span), ""
            missed = self.again.of(self._peppers.newest(turn.address)) if turn.channel == "sms" else None
            turn = missed.told(turn) if missed else turn
            try:
                reply = self._uncrossed.do(lambda: self._take(turn, billed, brake, timer))
                if missed:
                    missed.over()
            except Exception as error:
                failed = type(error).__name__
                if not isinstance(error, TurnConflictError):
                    # The type and the place are enough to mend; the value could hold what the person wrote.
                    log.error("A turn failed: %s (channel %s)", failed, turn.channel)
                # With another pepper nobody can tell whether she said STOP.
                reply = self.untaken(turn, sure=not isinstance(error, PepperError))
                if brake:
                    brake.untaken(turn)
                # A STOP is stored later whatever she says meanwhile, and is never taken for another one.
                if missed and not self.unstored.has(turn):
                    missed.add(turn)
            if not timer.repeated:
                # Logs are read beside the database: the name that is in force there.
                known = replace(turn, address=self._peppers.lifted(turn.address))
                seen = timer.seen(known, reply, failed)
                self.watch(seen)
                note(seen.told)
            return reply

    def close(self) -> None:
        """End what works behind: a STOP that waits is tried once more. A mind that was given is its giver's to end."""
        self.unstored.close()
        if self._own_mind:
            self.mind.close()
        self.database.close()

    def traced_by(self, tracing: Tracing) -> None:
        """From now on `tracing` is told where turns spend their time, here and where sentences are understood."""
        self._tracing = tracing
        if isinstance(self.mind, DistantMind):
            self.mind.headers = tracing.headers

    def sorry(self, channel: Channel) -> Reply:
        """What is said when something broke: nothing is lost, here is whom to call."""
        return _alone(self.guide.phrase(Progress(met=(channel,)), channel, "panne").reply)

    def untaken(self, turn: Turn, *, sure: bool = True) -> Reply:
        """What is said to `turn`, which could not be taken. What to do in danger needs no database.

        `sure`: who was answered here lately may be told by SMS that something broke. Stores nothing but a STOP, later.
        """
        try:
            verdict = look(turn, (), self.lexicon, glossary=self.book.glossary)
            if verdict.topic in SAFETY:
                place = Progress(met=(turn.channel,))
                return _alone(self.guide.hear_in(verdict.language, place, turn.channel, verdict.topic).reply)
            heard = self._alarm(turn, Progress(met=(turn.channel,)), verdict)
            if heard is not None and heard.reply.intent in SAFETY:
                return _alone(heard.reply)
        except Exception as error:
            log.error("What broke could not be looked at: %s", type(error).__name__)
            return BROKEN if turn.channel == "sms" else self.sorry(turn.channel)
        if turn.channel == "sms" and (verdict.topic == STOP or (heard is not None and heard.act == "stop")):
            self.reachable.drop(self._peppers.newest(turn.address))
            self.unstored.keep(replace(turn, address=self._peppers.lifted(turn.address)))
            return BROKEN
        told = turn.channel != "sms" or (sure and self.reachable.has(self._peppers.newest(turn.address)))
        return self.sorry(turn.channel) if told else BROKEN

    def look_again(self, address: str, channel: Channel) -> Reply:
        """What the page shows without a new turn: the last words here, or the way back in. Stores nothing."""
        with self._same_content():
            person = self._uncrossed.read(lambda connection: persons.find(connection, address))
            if person.said and person.progress.channel == channel:
                anew = self._told_anew(person)
                return replace(anew.reply, intent=person.said.intent) if anew else person.said
            return self.guide.open(person.progress, channel).reply

    def resume_code(self, address: str, at: datetime) -> str | None:
        """Four digits that carry this person's place elsewhere; None when there is nothing to carry."""

        def made(connection: Connection) -> str | None:
            person = persons.find(connection, address)
            return self._whose.code(connection, person, at) if person.version else None

        return self._uncrossed.read(made)

    def resume_link(self, address: str, at: datetime) -> str | None:
        """The letters of a link beside the code that was just given; None when there is nothing to carry."""

        def made(connection: Connection) -> str | None:
            person = persons.find(connection, address)
            return self._whose.link(connection, person, at) if person.version else None

        return self._uncrossed.read(made)

    def leads_somewhere(self, link: str, at: datetime) -> bool:
        """Whether a resume link is still good. Uses nothing up."""
        return self._uncrossed.read(lambda connection: self._whose.leads_somewhere(connection, link, at))

    def follow(self, turn: Turn, link: str) -> bool:
        """Bring the place behind a resume link here, once; the same turn again is the same, and has no other effect.

        False when the link was used, is too old or never was: nothing changes then, and nothing is stored.
        """
        with self._same_content():
            try:
                return self._uncrossed.do(lambda: self._follow(turn, link))
            except TurnConflictError:
                return False

    def is_off(self, face: switches.Face) -> bool:
        """Whether those who run the service have switched `face` off."""
        return self._uncrossed.read(lambda connection: switches.is_off(connection, face))

    def held(self, address: str) -> tuple[persons.Person, holdings.Held]:
        """Who is at `address`, and what is held of her. Stores nothing."""

        def found(connection: Connection) -> tuple[persons.Person, holdings.Held]:
            person = persons.find(connection, address)
            return person, holdings.of(connection, person, address)

        return self._uncrossed.read(found)

    def invitation(self, address: str, token: str, at: datetime) -> Invitation | None:
        """What the letters of an invitation's address lead to, while they are good for `address`. Uses nothing up."""
        return self._uncrossed.read(
            lambda connection: self._host.look(connection, persons.find(connection, address), token, at)
        )

    def come(self, turn: Turn, token: str, *, counted: bool) -> None:
        """Take up an invitation by its address, once; the same turn again is the same, and has no other effect.

        One that is good no more, or never was, is told kindly, and the journey begins all the same.
        """
        with self._same_content():
            self._uncrossed.do(lambda: self._come(turn, token, counted))

    def reminder(self, person: str) -> str:
        """The words of the SMS that reminds `person`. Raises LookupError when she is not there any more."""
        with self.database.transaction() as connection:
            place = persons.place(connection, person)
        if place is None:
            raise LookupError("no such person")
        return self.guide.reminder(place)

    def _read(self, guide: Guide | None = None, lexicon: Lexicon | None = None) -> None:
        """Take the content given, or read it. Both or none: a ContentError leaves what was there."""
        guide = guide or open_guide(self.settings, rings=self.settings.twilio)
        self.lexicon = lexicon or open_lexicon(self.settings.data / "lexicon")
        self.guide = guide

    @property
    def _whose(self) -> Whose:
        return Whose(self.guide, self.settings.pseudonym_pepper)

    @property
    def _host(self) -> Host:
        return Host(self.guide, self.settings.pseudonym_pepper)

    @property
    def _decide(self) -> Decide:
        return Decide(self.guide, self.lexicon, self.mind)

    def _same_content(self) -> AbstractContextManager[None]:
        return self._fresh.held() if self._fresh else nullcontext()

    def _told_anew(self, person: persons.Person) -> Outcome | None:
        """What was told last, in the words and with the choices of files changed since; None when none was."""
        changed_at = self._fresh.changed_at if self._fresh else None
        if not changed_at or not person.seen_at or person.seen_at > changed_at:
            return None
        return self.guide.hear(person.progress, person.progress.channel or "web", "repeter")

    def _stop_late(self, turn: Turn) -> None:
        """Take a STOP that nobody waits for any more. Raises what prevents it.

        A yes that she said meanwhile stands; of somebody who was erased meanwhile, or never was, nothing else is made.
        """

        def stopped() -> None:
            with self.database.transaction() as connection:
                known = persons.find(connection, turn.address).version > 0
                returned = consents.returned_since(connection, turn.address, turn.at)
                new = not inbox.recorded(connection, turn.provider, turn.message_id, *turn.aliases)
                if new and (returned or not known):
                    self._keeper.only_stopped(connection, turn, BROKEN, stands=not returned)
                    return
            self._take(turn, None, None, Stopwatch())

        self._uncrossed.do(stopped)

    def _follow(self, turn: Turn, link: str) -> bool:
        with self.database.transaction() as connection:
            if inbox.recorded(connection, turn.provider, turn.message_id):
                return True
            found = self._whose.follow(connection, turn, link)
            if found:
                self._keeper.store(connection, turn, *found)
            return bool(found)

    def _come(self, turn: Turn, token: str, counted: bool) -> None:
        with self.database.transaction() as connection:
            if inbox.recorded(connection, turn.provider, turn.message_id):
                return
            host, person = self._host, persons.find(connection, turn.address)
            outcome, visit = host.by_link(connection, turn, person, token, counted=counted)
            self._keeper.store(connection, turn, person, outcome)
            host.keep(connection, person, outcome, visit, turn.at)

    def _take(self, turn: Turn, billed: Callable[[Reply], int] | None, brake: Brake | None, timer: Stopwatch) -> Reply:
        with timer.stage("storage"), self.database.transaction() as connection:
            repeated = inbox.recorded(connection, turn.provider, turn.message_id, *turn.aliases)
            if repeated:
                timer.repeated = True
                return repeated
            person = persons.find(connection, turn.address)
            again = self._keeper.said_again(connection, turn, person)
            if again:
                return self._billed(connection, turn, again, billed)
            stopped, asked = consents.is_stopped(connection, turn.address)
            lately = brake.lately(connection, turn) if brake else []
            closed = switches.is_off(connection, turn.channel)
        self._known(turn, stopped)
        # The transaction is over: thinking holds no lock. What was read is checked again when it is stored.
        away = turn.at - person.seen_at if person.seen_at else timedelta(0)
        place = self._stands(turn, person, away, stopped=stopped)
        guide, offered = self.guide, place.offered or (() if place.last else self.guide.opening)
        if place.asks == HEARD:  # what is chosen now was said of what was on offer before
            place = replace(place, offered=place.kept, kept=())
        whose, host, visit = self._whose, self._host, Visit()
        behind, lacks = guide.behind(place), guide.lacks(place)
        with timer.stage("gate"):
            verdict = look(turn, offered, self.lexicon, asked_at(turn, place), behind, lacks, self.book.glossary)
        held = brake.holds(turn, place, verdict, lately) if brake else ""
        closed = closed and not lets_through(turn, place, verdict)
        silenced = stopped and turn.channel == "sms" and verdict.topic not in SAFETY
        if turn.key == OPTED_IN:
            outcome = Outcome(place, Reply((), "reprendre"), act="allow" if stopped else "")
        elif silenced:
            outcome = self._decide.silenced(turn, place, verdict, asked)
        elif held or closed:
            heard = self._alarm(turn, place, verdict)
            if heard is None and closed and not held:
                return self._turned_away(turn, billed)
            outcome = heard or self._held(held, turn, place, timer)
        elif whose.is_open(turn, place, verdict, away):
            with self.database.transaction() as connection:
                outcome = whose.ask(connection, turn, place)
        else:
            with timer.stage("understanding" if verdict.kind == "free" else "guide"):
                outcome = self._decide.decide(turn, place, verdict)
            outcome = guide.doubt(place, verdict, outcome) if doubtful(turn, place, outcome) else outcome
        timer.missed = verdict.kind == "free" and self.mind.ready and outcome.reply.intent == UNSURE
        words = plain_words(self.settings.data).only(verdict.masked.text) if timer.missed else ""
        self._known(turn, stopped or outcome.act == "stop")  # before it is stored: it may break then
        with timer.stage("storage"), self.database.transaction() as connection:
            if words:
                self._note_unclear(connection, turn, person, outcome.reply, words)
            if not silenced and not held:
                person, outcome = whose.settle(connection, turn, person, outcome, verdict)
                outcome, visit = host.settle(connection, turn, person, outcome, verdict)
            outcome = self._of_her_data(connection, turn, person, outcome)
            self._keeper.store(connection, turn, person, outcome)
            host.keep(connection, person, outcome, visit, turn.at)
            return self._billed(connection, turn, outcome.reply, billed)

    def _note_unclear(
        self, connection: Connection, turn: Turn, person: persons.Person, reply: Reply, words: str
    ) -> None:
        # Who rings with a hidden number is another person each time, and would be counted as several.
        part = share(person.id, unclear.SHARES, self.settings.pseudonym_pepper) if turn.lasting else None
        unclear.note(connection, words, turn.channel, reply, turn.at, part)

    def _known(self, turn: Turn, stopped: bool) -> None:
        """Remember who may be told, by SMS, that something broke."""
        if turn.channel == "sms":
            (self.reachable.drop if stopped else self.reachable.keep)(self._peppers.newest(turn.address))

    def _stands(self, turn: Turn, person: persons.Person, away: timedelta, *, stopped: bool) -> Progress:
        """Where `person` stands as she comes back after `away`."""
        anew = self._told_anew(person)
        place = self.guide.absent(anew.progress if anew else person.progress, away)
        return replace(place, reach=tuple(way for way in turn.reach if way != "sms" or not stopped))

    def _of_her_data(self, connection: Connection, turn: Turn, person: persons.Person, outcome: Outcome) -> Outcome:
        """What is held of `person`, where she asked; the proof, where all of it goes."""
        shows, channel = self.guide.shows, turn.channel
        if outcome.act == SHOW:
            return shows.tell(outcome, channel, holdings.of(connection, person, turn.address), turn.at)
        if outcome.act == "erase":
            return shows.prove(outcome, channel, self.proofs.give(turn.at.astimezone(PARIS).date()), turn.at)
        return outcome

    def _alarm(self, turn: Turn, place: Progress, verdict: Verdict) -> Outcome | None:
        """What a danger, a STOP, an erasure that only Rasa sees leads to; None when she sees none, or cannot look."""
        if verdict.kind != "free" or not self.mind.ready:
            return None
        try:
            outcome = self._decide.decide(turn, place, verdict)
        except Exception as error:
            # Whatever breaks there, what was decided without it stands.
            log.error("What only sentences tell could not be looked at: %s", type(error).__name__)
            return None
        return outcome if outcome.reply.intent in HEARD_ALWAYS else None

    def _held(self, held: Held, turn: Turn, place: Progress, timer: Stopwatch) -> Outcome:
        """Too much was written lately: one pause that is told, then silence."""
        timer.held = held
        said = (Message(self.book.answers[PAUSE].say.on(turn.channel)),) if held == "pause" else ()
        return Outcome(place, Reply(said, PAUSE))

    def _turned_away(self, turn: Turn, billed: Callable[[Reply], int] | None) -> Reply:
        """The channel is switched off: a kind word, and nothing of the person changes."""
        with self.database.transaction() as connection:
            reply = turned_away(connection, turn, self.book.answers[CLOSED].say.on(turn.channel))
            self._keeper.turned_away(connection, turn, reply)
            return self._billed(connection, turn, reply, billed)

    def _billed(self, connection: Connection, turn: Turn, reply: Reply, billed: Callable[[Reply], int] | None) -> Reply:
        if billed:
            self._keeper.count(connection, turn, billed(reply) if reply.messages else 0)
        return reply


def _alone(said: Reply) -> Reply:
    """`said` without its choices: where nothing was stored, they would mean something else when they come back."""
    return replace(said, messages=tuple(Message(message.text) for message in said.messages), ending="goodbye")
