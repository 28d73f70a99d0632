"""The one door: a Turn in, a Reply out. Every channel uses it, and nothing else of the assistant."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timezone

from sqlalchemy.engine import Connection

from assistant.consent import agreed
from assistant.content.book import Book, open_book
from assistant.content.fresh import Fresh
from assistant.errors import TurnConflictError
from assistant.folding import clean, fold
from assistant.gate import Verdict, look
from assistant.guide import SAFETY, UNSURE, Guide
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon, open_lexicon
from assistant.mind import Mind
from assistant.privacy.plain_words import plain_words
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import Settings
from assistant.storage import consents, events, inbox, persons, resume_codes, unclear
from assistant.storage.database import Database
from assistant.telling import Outcome
from assistant.turns import OPTED_IN, Channel, Message, Reply, Turn

log = logging.getLogger("camille")
# Two turns of one person at the same instant are rare; eight never happened outside a test.
TRIES = 30


class Conversation:
    """Camille, over one database. `mind` may still be in the making: turns are then decided without Rasa.

    `guide` and `lexicon` hold content only; who has read it already may give it. On a local machine, what a writer
    changes in data/ is read again between two turns.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        mind: Mind | None = None,
        *,
        guide: Guide | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self._fresh = None if guide or lexicon or not settings.local else Fresh(settings.data, self._read)
        self._read(guide, lexicon)
        self.mind = mind or Mind(settings, lambda: self.guide)

    @property
    def book(self) -> Book:
        return self.guide.book

    def take(self, turn: Turn) -> Reply:
        """Answer one turn. The same provider id again gives the same reply and has no second effect.

        Never raises for what a person wrote; a failure inside is logged and answered kindly.
        """
        with self._same_content():
            for attempt in range(TRIES):
                try:
                    return self._take(turn)
                except TurnConflictError:
                    time.sleep(random.uniform(0, 0.01) * attempt)  # noqa: S311 - only to part those who collide
                except Exception as error:
                    # The type and the place are enough to mend; the value could hold what the person wrote.
                    log.error("A turn failed: %s (channel %s)", type(error).__name__, turn.channel)
                    break
            return self.sorry(turn.channel)

    def sorry(self, channel: Channel) -> Reply:
        """What is said when something broke: nothing is lost, here is whom to call."""
        said = self.guide.phrase(Progress(met=(channel,)), channel, "panne").reply
        # Nothing was stored: a choice offered here would mean something else when it comes back.
        return replace(said, messages=tuple(Message(message.text) for message in said.messages), ending="goodbye")

    def look_again(self, address: str, channel: Channel) -> Reply:
        """What the page shows without a new turn: the last words here, or the way back in. Stores nothing."""
        with self._same_content():
            with self.database.transaction() as connection:
                person = persons.find(connection, address)
            if person.said and person.progress.channel == channel:
                anew = self._told_anew(person)
                return replace(anew.reply, intent=person.said.intent) if anew else person.said
            return self.guide.open(person.progress, channel).reply

    def resume_code(self, address: str, at: datetime) -> str | None:
        """Four digits that carry this person's place elsewhere; None when there is nothing to carry."""
        with self.database.transaction() as connection:
            person = persons.find(connection, address)
            if not person.version:
                return None
            return resume_codes.give(connection, person.id, at, self._keyed)

    def _read(self, guide: Guide | None = None, lexicon: Lexicon | None = None) -> None:
        """Take the content given, or read it. Both or none: a ContentError leaves what was there."""
        guide = guide or Guide(open_book(self.settings.data), self.settings.human_phone_number)
        self.lexicon = lexicon or open_lexicon(self.settings.data / "lexicon")
        self.guide = guide

    def _same_content(self) -> AbstractContextManager[None]:
        return self._fresh.held() if self._fresh else nullcontext()

    def _told_anew(self, person: persons.Person) -> Outcome | None:
        """What was told last, in the words and with the choices of files changed since; None when none was."""
        changed_at = self._fresh.changed_at if self._fresh else None
        if not changed_at or not person.seen_at or person.seen_at > changed_at:
            return None
        return self.guide.hear(person.progress, person.progress.channel or "web", "repeter")

    def _take(self, turn: Turn) -> Reply:
        with self.database.transaction() as connection:
            repeated = inbox.recorded(connection, turn.provider, turn.message_id)
            if repeated:
                return repeated
            person = persons.find(connection, turn.address)
            stopped, asked = consents.is_stopped(connection, turn.address)
        # The transaction is over: thinking holds no lock. What was read is checked again when it is stored.
        anew = self._told_anew(person)
        place = anew.progress if anew else person.progress
        if person.seen_at:
            place = self.guide.absent(place, turn.at - person.seen_at)
        guide, offered = self.guide, place.offered or (() if place.last else self.guide.opening)
        behind, lacks = guide.behind(place), guide.lacks(place)
        verdict = look(turn, offered, self.lexicon, place.asks, behind, lacks, self.book.glossary)
        silenced = stopped and turn.channel == "sms" and verdict.topic not in SAFETY
        if turn.key == OPTED_IN:
            outcome = Outcome(place, Reply((), "reprendre"), act="allow" if stopped else "")
        else:
            outcome = self._silenced(turn, place, verdict, asked) if silenced else self._decide(turn, place, verdict)
        missed = verdict.kind == "free" and self.mind.ready and outcome.reply.intent == UNSURE
        words = plain_words(self.settings.data).only(verdict.masked.text) if missed else ""
        with self.database.transaction() as connection:
            if words:
                unclear.note(connection, words, turn.channel, outcome.reply, turn.at)
            if verdict.kind == "code" and not silenced:
                person, outcome = self._carry(connection, turn, person, verdict.code)
            self._store(connection, turn, person, outcome)
        return outcome.reply

    def _decide(self, turn: Turn, place: Progress, verdict: Verdict) -> Outcome:
        guide, channel = self.guide, turn.channel
        if turn.opens:
            return guide.open(place, channel)
        if verdict.kind == "silence":
            return guide.silence(place, channel)
        if verdict.kind == "choice" and verdict.choice:
            outcome = guide.choose(place, channel, verdict.choice)
        elif verdict.term:
            outcome = guide.define(place, channel, verdict.term)
        elif verdict.kind == "topic":
            outcome = guide.hear(place, channel, verdict.topic)
        elif verdict.kind == "empty":
            outcome = guide.phrase(place, channel, "choisir" if turn.key else "sans_mots")
        elif verdict.too_long:
            outcome = guide.phrase(place, channel, "trop_long")
        elif verdict.kind == "free":
            outcome = self._understand(verdict, place, channel)
        else:
            outcome = guide.open(place, channel)
        if verdict.masked.found and outcome.reply.intent not in (*SAFETY, "donnee_sensible"):
            outcome = guide.warn(outcome, channel)
        return outcome

    def _understand(self, verdict: Verdict, place: Progress, channel: Channel) -> Outcome:
        if not self.mind.ready:
            return self.guide.phrase(place, channel, "en_preparation")
        return self.mind.take(verdict.masked.text, place, channel)

    def _silenced(self, turn: Turn, place: Progress, verdict: Verdict, asked: bool) -> Outcome:
        """After STOP: silence, but for one question to whoever writes again, and an explicit yes to it."""
        words = fold(clean(turn.text))
        if verdict.topic == "reprendre" or (asked and agreed(words) == "yes"):
            return replace(self.guide.back_after(place, turn.channel, "stop_fini"), act="allow")
        if verdict.topic == "effacer_mes_donnees" or place.asks == "erase":
            return self._decide(turn, place, verdict)
        if asked or verdict.topic == "arreter_messages":
            return Outcome(place, Reply((), verdict.topic or "silence"))
        return replace(self.guide.ask_to_return(place, turn.channel), act="ask_to_return")

    def _carry(
        self, connection: Connection, turn: Turn, person: persons.Person, code: str
    ) -> tuple[persons.Person, Outcome]:
        """A resume code was given: this address takes over the place it stands for."""
        owner = resume_codes.redeem(connection, code, turn.address, turn.at, self._keyed)
        if owner in ("blocked", "unknown"):
            phrase = "code_bloque" if owner == "blocked" else "code_faux"
            return person, self.guide.phrase(person.progress, turn.channel, phrase, "reprendre")
        persons.move(connection, turn.address, owner)
        met = person.progress.met
        person = persons.find(connection, turn.address)
        # Who speaks was said at both ends; it need not be said again.
        place = replace(person.progress, met=tuple(dict.fromkeys((*person.progress.met, *met))))
        return person, self.guide.back_after(place, turn.channel, "code_trouve")

    def _store(self, connection: Connection, turn: Turn, person: persons.Person, outcome: Outcome) -> None:
        reply = outcome.reply
        if outcome.act == "erase":
            persons.forget(connection, person.id)
        inbox.record(connection, turn.provider, turn.message_id, reply, turn.at, address=turn.address)
        if outcome.act == "erase":
            consents.note(connection, turn.address, "erase", turn.channel, turn.at)
            return
        persons.save(connection, person, turn.address, outcome.progress, reply, turn.at)
        events.note(connection, person.id, turn.channel, reply, turn.at)
        if outcome.act == "stop" and turn.channel == "sms":
            consents.stop(connection, turn.address, turn.channel, turn.at)
        elif outcome.act == "allow":
            consents.allow(connection, turn.address, turn.channel, turn.at)
        elif outcome.act == "ask_to_return":
            consents.ask_to_return(connection, turn.address)

    def _keyed(self, code: str) -> str:
        return pseudonym("resume", code, self.settings.pseudonym_pepper)


def now() -> datetime:
    """The clock of the faces; tests give their own times."""
    return datetime.now(timezone.utc)


Clock = Callable[[], datetime]
