"""Says things: a step or an answer in the wording of a channel, with its choices, its place and its blanks filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.addresses import PRACTICE, copied, spelled
from assistant.content.book import Book
from assistant.content.glossary import Term
from assistant.journeys.loader import MOST_CHOICES
from assistant.journeys.model import Journey, Step
from assistant.journeys.progress import Progress
from assistant.privacy.pseudonyms import national
from assistant.turns import Channel, Choice, Ending, Listening, Message, Reply

# Two joined GSM-7 segments (3GPP 23.038). Content is checked to fit; only the first words can make it overflow.
SMS_ROOM = 306
# What asks something back, or asks again for it: the question stays open.
READ_BACKS = frozenset(
    "effacer_confirmer code_demander silence_1 silence_2 sans_mots rappel_quand rappel_confirmer rappel_jours "
    "rappel_trop_loin rappel_redire entendu".split()
)
# What was told last when the place was.
PLACE = ("answer:reprise",)
# The intent of a word that was explained.
DEFINITION = "definition"
# Neither what turns a question away nor what gives time is what « répétez » asks for.
PASSING = frozenset({"hors_sujet", "patienter"})
LASTING = frozenset(
    "menu reprise code_demander effacer_confirmer au_retour menu_suite menu_espace rappel_quand "
    "rappel_confirmer violences violences_et_detresse deuil ne_lit_pas ne_lit_pas_appel "
    "est_ce_camille est_ce_camille_appel".split()
)


@dataclass(frozen=True)
class Outcome:
    """The new place, and what to say. `act` names an effect that only storage can have; `text` is what it sends."""

    progress: Progress
    reply: Reply
    act: str = ""
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"progress": self.progress.to_json(), "reply": self.reply.to_json(), "act": self.act, "text": self.text}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outcome:
        progress, reply = Progress.from_json(data["progress"]), Reply.from_json(data["reply"])
        return cls(progress, reply, data["act"], data["text"])


class Teller:
    """Tells from one Book. `number` fills {number}, by pairs so that a voice reads it as people do; `rings` {rings}.

    `home` is the address of the page, {address}; {practice} is where physicians sign in. {address_spoken} and
    {practice_spoken} are the same for the ear.
    """

    def __init__(self, book: Book, number: str, rings: str = "", home: str = "") -> None:
        self.book = book
        self.rings = rings
        self.number = national(number)
        self._home, self._practice = home, f"{home}{PRACTICE}"

    def journey(self, progress: Progress) -> Journey | None:
        """The journey that `progress` is in; None when it is in none, or in one that content no longer has."""
        journey = self.book.journeys.get(progress.journey)
        return journey if journey and progress.step in journey.steps else None

    def say(
        self,
        progress: Progress,
        channel: Channel,
        name: str,
        *,
        choices: Sequence[Choice] = (),
        before: str = "",
        intent: str = "",
        label: str = "",
        ending: Ending = "",
        first_words: bool = True,
    ) -> Outcome:
        """Say the answer or phrase `name`, offering `choices`. A topic's answer can be repeated and explained later."""
        lasting = (name in self.book.topics and name not in PASSING) or name in LASTING
        told = replace(
            progress,
            offered=_numbered(choices),
            last=(f"answer:{name}",) if lasting else progress.last,
            simply=False if lasting else progress.simply,
            asks=progress.asks if name in READ_BACKS else "",
        )
        message = self._answer(name, self.text(name, told, channel, label), told, channel)
        reply = Reply((message,), intent or name, listening=_listening(told), ending=ending)
        if first_words and self._overflows(told, channel, message) and name in self.book.topics:
            return self._announce(progress, channel, name)
        return self._outcome(told, channel, reply, before, first_words)

    def step(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        """Tell the step that `progress` stands at."""
        told = replace(progress, last=(f"step:{progress.step}",), simply=False, asks="")
        return self._tell(told, channel, before)

    def define(self, progress: Progress, channel: Channel, term: Term, choices: Sequence[Choice]) -> Outcome:
        """Explain one word of the glossary, offering `choices`. It can be repeated, on any channel."""
        told = replace(progress, offered=_numbered(choices), last=(f"term:{term.name}",), simply=False, asks="")
        return self._tell(told, channel, "")

    def again(self, progress: Progress, channel: Channel, *, before: str = "", simply: bool) -> Outcome | None:
        """Tell what was told last, in the same wording or a simpler one; None when nothing was."""
        return self._tell(replace(progress, simply=simply), channel, before) if progress.last else None

    def text(self, name: str, progress: Progress, channel: Channel, label: str = "") -> str:
        """The words of an answer or phrase; the simpler ones when they were asked for and exist."""
        entry = self.book.answers[name]
        named = f"answer:{name}" in progress.last
        wording = entry.simpler if named and progress.simply and entry.simpler else entry.say
        return self._filled(wording.on(channel), progress, label)

    def _tell(self, progress: Progress, channel: Channel, before: str) -> Outcome:
        kind, _, name = progress.last[0].partition(":")
        journey = self.journey(progress)
        if kind == "step" and journey:
            step = journey.steps[progress.step]
            choices, progress = self._with_sms(step, progress, channel)
            told = replace(progress, offered=_numbered(choices))
            facts = journey.facts(step.name, beside=progress.beside)
            message = Message(self._instruction(journey, told, channel), told.offered, basis=facts)
            reply = Reply((message,), "", listening="long" if step.waits else "choice")
            return self._outcome(told, channel, reply, before)
        term = self.book.glossary.term(name) if kind == "term" else None
        if term:
            message = Message(term.say.on(channel), progress.offered, basis=term.basis.facts)
            return self._outcome(progress, channel, Reply((message,), DEFINITION), before)
        message = Message("", progress.offered)  # unless content has lost it since
        if name in self.book.answers:
            message = self._answer(name, self.text(name, progress, channel), progress, channel)
        reply = Reply((message,), name, listening=_listening(progress))
        return self._outcome(progress, channel, reply, before)

    def instruction(self, progress: Progress, channel: Channel) -> str:
        """The words of the step where `progress` stands, as `channel` says them; "" in no journey."""
        journey = self.journey(progress)
        return self._instruction(journey, progress, channel) if journey else ""

    def _with_sms(self, step: Step, progress: Progress, channel: Channel) -> tuple[Sequence[Choice], Progress]:
        """On the telephone, what is to be copied can be had by SMS: offered once, where there is time to read it."""
        wanted = channel == "voice" and step.waits and "sms" in progress.reach and progress.texted in ("", step.name)
        if not wanted or len(step.choices) >= MOST_CHOICES:
            return step.choices, progress
        offer = Choice("", self.book.answers["par_sms_offre"].say.voice, "move:text", ("par sms", "un sms"))
        return (*step.choices, offer), replace(progress, texted=step.name)

    def _answer(self, name: str, text: str, progress: Progress, channel: Channel) -> Message:
        """An answer's words, with what is on offer, what the web adds and the facts they rest on."""
        entry = self.book.answers[name]
        return Message(text, progress.offered, entry.more if channel == "web" else "", entry.basis.facts)

    def _instruction(self, journey: Journey, progress: Progress, channel: Channel) -> str:
        """A step's words, after its place in the journey where the medium has no other way to show it."""
        wording = journey.wording(progress.step, simply=progress.simply, beside=progress.beside)
        text = wording.on(channel)
        return text if channel == "web" else f"{self.text('progres', progress, channel)} {text}"

    def _outcome(
        self, progress: Progress, channel: Channel, reply: Reply, before: str, first_words: bool = True
    ) -> Outcome:
        messages = reply.messages
        if before:
            messages = (Message(self.text(before, progress, channel)), *messages)
        if first_words and channel not in progress.met:
            messages = (Message(self.text("premiers_mots", progress, channel)), *messages)
            if channel == "sms" and length(messages) > SMS_ROOM:
                if progress.under_way and progress.last != PLACE:
                    return self._place_first(progress, channel, reply.intent)
                messages = (Message(self.text("premiers_mots_courts", progress, channel)), *messages[1:])
            progress = replace(progress, met=(*progress.met, channel))
        journey = self.journey(progress)
        position = journey.position(progress.step, progress.status) if journey else None
        position = replace(position, beside=progress.beside) if position else None
        told = replace(reply, messages=messages, journey=position, slow=progress.slow)
        return Outcome(replace(progress, channel=channel), told)

    def _overflows(self, progress: Progress, channel: Channel, message: Message) -> bool:
        """Whether the first words and `message` are too much for one SMS."""
        if channel != "sms" or channel in progress.met:
            return False
        return length((Message(self.text("premiers_mots", progress, channel)), message)) > SMS_ROOM

    def _announce(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        """The first words first; the answer is one reply away."""
        choice = replace(self.book.answers["lire_reponse"].choices[0], goes=f"topic:{topic}")
        label = self.book.topics[topic].label
        return self.say(progress, channel, "lire_reponse", choices=[choice], label=label, intent=topic)

    def _place_first(self, progress: Progress, channel: Channel, intent: str) -> Outcome:
        """The first words first, to whoever goes on by SMS; the step where she stands is one reply away."""
        told = self.say(progress, channel, "reprise", choices=self.book.answers["reprise"].choices)
        return replace(told, reply=replace(told.reply, intent=intent))

    def _filled(self, text: str, progress: Progress, label: str) -> str:
        if "{" not in text:
            return text
        journey = self.journey(progress)
        position = journey.position(progress.step, progress.status) if journey else None
        return text.format(
            number=self.number,
            rings=self.rings,
            label=label,
            position=position.position if position else "",
            of=position.of if position else "",
            stage=position.stage if position else "",
            question=journey.steps[progress.step].pause if journey else "",
            promise=progress.promise,
            address=copied(self._home),
            address_spoken=spelled(self._home),
            practice=copied(self._practice),
            practice_spoken=spelled(self._practice),
        )


def _listening(progress: Progress) -> Listening:
    return "code" if progress.asks == "code" else "choice"


def length(messages: Sequence[Message]) -> int:
    """How long `messages` are in one SMS, with their choices."""
    lines = [message.text for message in messages]
    lines += [f"{choice.key} = {choice.label}" for message in messages for choice in message.choices]
    return len("\n".join(lines))


def _numbered(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    return tuple(replace(choice, key=str(index)) for index, choice in enumerate(choices, 1))
