"""Decides what Camille says next. Pure: where the person stands and what she meant in, a new place and a Reply out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.content.book import Book
from assistant.journeys import engine
from assistant.journeys.model import Journey, Step
from assistant.journeys.progress import Progress
from assistant.telling import Teller
from assistant.turns import Channel, Choice, Ending, Listening, Message, Reply

SAFETY = frozenset({"urgence_medicale", "detresse"})
# After these, the journey waits under the answer instead of being told again at once.
ASIDES = frozenset({"conseil_medical", "hors_sujet", "donnee_sensible"})
# The intent of a choice that is neither a yes, a no nor « c'est fait »: « Le site », « Avec photo ».
CHOICE = "choix"


@dataclass(frozen=True)
class Outcome:
    """The new place, and what to say. `act` names an effect that only storage can have."""

    progress: Progress
    reply: Reply
    act: str = ""


class Guide:
    """The conversation itself, over one Book. `number` is a ten-digit partner number to hand calls to, if any."""

    def __init__(self, book: Book, number: str = "") -> None:
        self.book = book
        self.number = number
        self._moves: dict[str, Callable[[Progress, Channel], Outcome]] = {
            "saluer": self._greet,
            "confirmer": lambda progress, channel: self._agree(progress, channel, "confirmer"),
            "etape_faite": self._done,
            "refuser": lambda progress, channel: self._agree(progress, channel, "refuser"),
            "etape_bloquee": self._blocked,
            "ne_comprend_pas": self._simpler,
            "repeter": self._repeat,
            "plus_lentement": self._slower,
            "revenir": self._back,
            "recommencer": self._restart,
            "plus_tard": lambda progress, channel: self._pause(progress, channel, "plus_tard"),
            "rappelez_moi": lambda progress, channel: self._pause(progress, channel, "rappelez_moi"),
            "reprendre": self._return,
            "parler_a_quelqu_un": self._person,
            "prendre_conge": self._leave,
            "arreter_messages": self._stop,
            "effacer_mes_donnees": self._erase,
        }

    # What a channel or an action asks for.

    def open(self, progress: Progress, channel: Channel) -> Outcome:
        """The beginning of a call or a visit: the first words if new here, then the way back in, or the menu."""
        return self._greet(progress, channel)

    def choose(self, progress: Progress, channel: Channel, choice: Choice) -> Outcome:
        """A closed choice was made: by key, label or synonym."""
        kind, _, target = choice.goes.partition(":")
        if kind == "step":
            outcome = self._go(progress, channel, target)
            return replace(outcome, reply=replace(outcome.reply, intent=choice.means[0] if choice.means else CHOICE))
        if kind == "topic":
            return self.hear(progress, channel, target)
        return self._do(progress, channel, target)

    def hear(self, progress: Progress, channel: Channel, topic: str, confidence: float = 1.0) -> Outcome:
        """A topic was understood. Danger wins, then moves, then the journey's own branches, then the answers."""
        outcome = self._hear(progress, channel, topic)
        return replace(outcome, reply=replace(outcome.reply, intent=topic, confidence=confidence))

    def miss(self, progress: Progress, channel: Channel, candidates: Sequence[str] = ()) -> Outcome:
        """Not understood: ask which of two close candidates, else say it otherwise, else offer a person."""
        misses = progress.misses + 1
        if len(candidates) >= 2 and misses < 3:
            labels = [self.book.topics[topic].label for topic in candidates[:2]]
            choices = [Choice("", label, f"topic:{name}") for label, name in zip(labels, candidates, strict=False)]
            outcome = self._say(progress, channel, "lequel", choices=choices, intent="nlu_fallback")
        elif misses == 1:
            outcome = self._say(progress, channel, "pas_compris_1", choices=self._pending(progress), intent="nlu_fallback")
        elif misses == 2:
            outcome = self._again(progress, channel, before="pas_compris_2", simply=True)
        else:
            outcome = self._say(progress, channel, "pas_compris_3", choices=self._pending(progress))
        reply = replace(outcome.reply, intent="nlu_fallback", confidence=0.0)
        return Outcome(replace(outcome.progress, misses=misses), reply)

    @property
    def opening(self) -> tuple[Choice, ...]:
        """What is on offer before the first word."""
        return self.book.answers["menu"].choices

    def warn(self, outcome: Outcome, channel: Channel) -> Outcome:
        """A private number came with the words: say first that nothing was kept, then go on."""
        text = Teller(self.book, self.number).answer("donnee_sensible", outcome.progress, channel)
        return replace(outcome, reply=replace(outcome.reply, messages=(Message(text), *outcome.reply.messages)))

    def returned(self, progress: Progress, channel: Channel) -> Outcome:
        """Back after a STOP, by an explicit yes."""
        journey = self._journey(progress)
        if journey and progress.under_way:
            return self._tell_step(engine.resume(journey, progress), channel, before="stop_fini")
        return self._menu(progress, channel, before="stop_fini")

    def ask_to_return(self, progress: Progress, channel: Channel) -> Outcome:
        """After a STOP, somebody who writes again is asked once. Only a yes is an answer."""
        return self._say(progress, channel, "stop_revenir", intent="reprendre", first_words=False)

    def found(self, progress: Progress, channel: Channel) -> Outcome:
        """A resume code was right: the same step goes on here."""
        journey = self._journey(progress)
        if journey and progress.under_way:
            return self._tell_step(engine.resume(journey, progress), channel, before="code_trouve")
        return self._menu(progress, channel, before="code_trouve")

    def phrase(self, progress: Progress, channel: Channel, name: str, intent: str = "") -> Outcome:
        """Say one phrase of the conversation, and keep what was on offer."""
        choices = self.book.answers[name].choices or self._pending(progress)
        return self._say(progress, channel, name, choices=choices, intent=intent or "nlu_fallback")

    def silence(self, progress: Progress, channel: Channel) -> Outcome:
        """Nothing was said on the telephone: repeat, then keys only, then a polite good-bye. Never a dead line."""
        silences = progress.silences + 1
        if silences == 1:
            outcome = self._again(progress, channel, before="silence_1", simply=progress.simply)
        elif silences == 2:
            outcome = self._say(progress, channel, "silence_2", choices=self._pending(progress))
        else:
            outcome = self._say(progress, channel, "silence_3", ending="goodbye")
            silences = 0
        return Outcome(replace(outcome.progress, silences=silences), replace(outcome.reply, intent="silence"))

    # How topics are heard.

    def _hear(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        fresh = replace(progress, misses=0, silences=0)
        if topic in SAFETY:
            return self._say(fresh, channel, topic, choices=self._way_back(fresh, channel), first_words=False)
        if topic in ASIDES:
            return self._aside(fresh, channel, topic)
        move = self._moves.get(topic)
        if move:
            return move(fresh, channel)
        journey = self._journey(fresh)
        target = engine.branch(journey, fresh, topic) if journey and fresh.under_way else None
        if target:
            return self._go(fresh, channel, target)
        started = self.book.journey_for(topic)
        if started:
            return self._begin(fresh, channel, started)
        if topic in self.book.answers:
            return self._aside(fresh, channel, topic)
        return self.miss(progress, channel)

    def _do(self, progress: Progress, channel: Channel, move: str) -> Outcome:
        fresh = replace(progress, misses=0, silences=0)
        if move == "resume":
            return self._resume(fresh, channel)
        if move == "restart":
            return self._restart(fresh, channel)
        if move == "return":
            return self._back(fresh, channel)
        if move == "code":
            asking = replace(fresh, asks="code")
            return self._say(asking, channel, "code_demander", intent="reprendre", listening="code")
        if move == "erase":
            return replace(self._say(Progress(), channel, "effacer_fait", ending="goodbye"), act="erase")
        if move == "keep":
            return self._say(fresh, channel, "effacer_garde", choices=self._way_back(fresh, channel))
        return self._menu(fresh, channel)

    # Moves.

    def _greet(self, progress: Progress, channel: Channel) -> Outcome:
        if progress.under_way:
            return self._welcome_back(progress, channel)
        return self._menu(progress, channel)

    def _menu(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        return self._say(progress, channel, "menu", before=before, choices=self.opening)

    def _welcome_back(self, progress: Progress, channel: Channel) -> Outcome:
        return self._say(progress, channel, "reprise", choices=self.book.answers["reprise"].choices, intent="reprendre")

    def _return(self, progress: Progress, channel: Channel) -> Outcome:
        if progress.under_way:
            return self._resume(progress, channel)
        return self._menu(progress, channel, before="reprendre")

    def _resume(self, progress: Progress, channel: Channel) -> Outcome:
        journey = self._journey(progress)
        if not journey or not progress.under_way:
            return self._menu(progress, channel)
        return self._tell_step(engine.resume(journey, progress), channel)

    def _agree(self, progress: Progress, channel: Channel, move: str) -> Outcome:
        choice = next((offer for offer in progress.offered if move in offer.means), None)
        if choice:
            return self.choose(progress, channel, choice)
        if any(offer.goes.startswith("step:") or offer.goes.startswith("topic:") for offer in progress.offered[1:]):
            return self._say(progress, channel, "choisir", choices=self._pending(progress))
        if progress.under_way and move == "confirmer":
            return self._resume(progress, channel)
        return self._say(progress, channel, "daccord", choices=self._way_back(progress, channel))

    def _done(self, progress: Progress, channel: Channel) -> Outcome:
        """« C'est fait » speaks of the step, even when something else was answered in between."""
        step = self._step(progress)
        if step and progress.under_way and not any("etape_faite" in offer.means for offer in progress.offered):
            choice = engine.chosen_by(step, "etape_faite")
            if choice:
                return self.choose(progress, channel, choice)
        return self._agree(progress, channel, "etape_faite")

    def _blocked(self, progress: Progress, channel: Channel) -> Outcome:
        step = self._step(progress)
        if not step or not progress.under_way:
            return self._aside(progress, channel, "etape_bloquee")
        target = engine.blocked(step)
        return self._go(progress, channel, target) if target else self._person(progress, channel)

    def _simpler(self, progress: Progress, channel: Channel) -> Outcome:
        if progress.simply or not progress.last:
            return self._say(progress, channel, "ne_comprend_pas", choices=self._pending(progress))
        return self._again(progress, channel, simply=True)

    def _repeat(self, progress: Progress, channel: Channel) -> Outcome:
        return self._again(progress, channel, simply=progress.simply)

    def _slower(self, progress: Progress, channel: Channel) -> Outcome:
        slow = replace(progress, slow=True)
        return self._again(slow, channel, before="plus_lentement", simply=progress.simply)

    def _back(self, progress: Progress, channel: Channel) -> Outcome:
        journey, step = self._journey(progress), self._step(progress)
        if not journey or not step:
            return self._menu(progress, channel, before="revenir")
        if progress.last and progress.last != (f"step:{progress.step}",):
            return self._tell_step(replace(progress, status="going"), channel)  # back from an aside
        earlier = engine.back(progress)
        if earlier is None:
            return self._tell_step(progress, channel, before="debut")
        return self._tell_step(earlier, channel)

    def _restart(self, progress: Progress, channel: Channel) -> Outcome:
        journey = self._journey(progress)
        return self._begin(progress, channel, journey, again=True) if journey else self._menu(progress, channel)

    def _begin(self, progress: Progress, channel: Channel, journey: Journey, again: bool = False) -> Outcome:
        if progress.journey == journey.name and not again:
            if progress.status == "done":
                return self._say(progress, channel, "deja_fini", choices=self.book.answers["deja_fini"].choices)
            if progress.under_way:
                return self._welcome_back(progress, channel)
        return self._tell_step(engine.start(journey, progress), channel)

    def _go(self, progress: Progress, channel: Channel, target: str) -> Outcome:
        journey = self._journey(progress)
        if not journey:
            return self._menu(progress, channel)
        return self._tell_step(engine.go(journey, replace(progress, misses=0, silences=0), target), channel)

    def _pause(self, progress: Progress, channel: Channel, move: str) -> Outcome:
        name = "pause" if progress.under_way and move == "plus_tard" else move
        paused = replace(progress, status="paused") if progress.under_way else progress
        return self._say(paused, channel, name, choices=self._way_back(paused, channel), ending="goodbye")

    def _leave(self, progress: Progress, channel: Channel) -> Outcome:
        paused = replace(progress, status="paused") if progress.under_way else progress
        choices = self._way_back(paused, channel)
        return self._say(paused, channel, "prendre_conge", choices=choices, ending="goodbye")

    def _person(self, progress: Progress, channel: Channel) -> Outcome:
        name = "humain_local" if self.number else "humain"
        return self._say(progress, channel, name, choices=self._way_back(progress, channel), ending="person")

    def _stop(self, progress: Progress, channel: Channel) -> Outcome:
        paused = replace(progress, status="paused") if progress.under_way else progress
        outcome = self._say(paused, channel, "arreter_messages", ending="goodbye", first_words=False)
        return replace(outcome, act="stop")

    def _erase(self, progress: Progress, channel: Channel) -> Outcome:
        asking = replace(progress, asks="erase")
        choices = self.book.answers["effacer_confirmer"].choices
        return self._say(asking, channel, "effacer_confirmer", choices=choices, first_words=False)

    # How things are said.

    def _journey(self, progress: Progress) -> Journey | None:
        journey = self.book.journeys.get(progress.journey)
        return journey if journey and progress.step in journey.steps else None

    def _step(self, progress: Progress) -> Step | None:
        journey = self._journey(progress)
        return journey.steps[progress.step] if journey else None

    def _pending(self, progress: Progress) -> Sequence[Choice]:
        """What is on offer stays on offer."""
        return progress.offered or self.opening

    def _way_back(self, progress: Progress, channel: Channel, following: Sequence[Choice] = ()) -> list[Choice]:
        """After an aside: go on with the journey if there is one, else the one proposed next step."""
        if not progress.under_way:
            return list(following) or [self.book.answers["menu"].choices[0]]
        label = self.book.answers["continuer"].say.on(channel)
        resume = Choice("", label, "move:resume", means=("confirmer",))
        return [resume, *(offer for offer in following if offer.goes != f"topic:{progress.journey}")]

    def _aside(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        answer = self.book.answers[topic]
        choices = self._way_back(progress, channel, answer.choices)
        if not progress.under_way and answer.choices:
            choices = [replace(answer.choices[0], means=("confirmer",)), *answer.choices[1:]]
        return self._say(progress, channel, topic, choices=choices)

    def _tell_step(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        told = replace(progress, last=(f"step:{progress.step}",), simply=False, asks="")
        return self._tell(told, channel, before=before)

    def _again(self, progress: Progress, channel: Channel, *, before: str = "", simply: bool) -> Outcome:
        if not progress.last:
            return self._menu(progress, channel, before=before)
        return self._tell(replace(progress, simply=simply), channel, before=before, again=True)

    def _say(
        self,
        progress: Progress,
        channel: Channel,
        name: str,
        *,
        choices: Sequence[Choice] = (),
        before: str = "",
        intent: str = "",
        ending: Ending = "",
        listening: Listening = "choice",
        first_words: bool = True,
    ) -> Outcome:
        offered = tuple(replace(choice, key=str(index)) for index, choice in enumerate(choices, 1))
        kept = name in self.book.topics or name in ("menu", "reprise")
        told = replace(
            progress,
            offered=offered,
            last=(f"answer:{name}",) if kept else progress.last,
            simply=False if kept else progress.simply,
            asks=progress.asks if name in ("effacer_confirmer", "code_demander") else "",
        )
        teller = Teller(self.book, self.number)
        text = teller.answer(name, told, channel)
        more = self.book.answers[name].more if channel == "web" else ""
        return self._reply(told, channel, text, more, before, intent or name, ending, listening, first_words)

    def _tell(self, progress: Progress, channel: Channel, *, before: str = "", again: bool = False) -> Outcome:
        """Say what `progress.last` names: the step just reached, or (again) whatever was said last."""
        teller = Teller(self.book, self.number)
        kind, _, name = progress.last[0].partition(":")
        step = self._step(progress)
        if kind == "step" and step:
            offered = tuple(replace(choice, key=str(index)) for index, choice in enumerate(step.choices, 1))
            told = replace(progress, offered=offered, simply=progress.simply and again)
            text = teller.step(step, told, channel)
            waits: Listening = "long" if step.waits else "choice"
            return self._reply(told, channel, text, "", before, "", "", waits, True)
        text = teller.answer(name, progress, channel) if name in self.book.answers else ""
        return self._reply(progress, channel, text, "", before, name, "", "choice", True)

    def _reply(
        self,
        progress: Progress,
        channel: Channel,
        text: str,
        more: str,
        before: str,
        intent: str,
        ending: Ending,
        listening: Listening,
        first_words: bool,
    ) -> Outcome:
        teller = Teller(self.book, self.number)
        messages = []
        if first_words and channel not in progress.met:
            messages.append(Message(teller.answer("premiers_mots", progress, channel)))
            progress = replace(progress, met=(*progress.met, channel))
        if before:
            messages.append(Message(teller.answer(before, progress, channel)))
        messages.append(Message(text, progress.offered, more))
        journey = self._journey(progress)
        position = journey.position(progress.step, progress.status) if journey else None
        reply = Reply(tuple(messages), intent, 1.0, position, listening, ending, progress.slow)
        return Outcome(replace(progress, channel=channel), reply)
