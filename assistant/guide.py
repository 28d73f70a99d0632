"""Decides what Camille says next. Pure: where the person stands and what she meant in, a new place and a Reply out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from assistant.content.book import Book
from assistant.content.glossary import Term
from assistant.journeys import engine
from assistant.journeys.loader import MOST_CHOICES
from assistant.journeys.model import RETURN, Journey, Step
from assistant.journeys.progress import Progress
from assistant.telling import Outcome, Teller
from assistant.turns import Channel, Choice, Message

SAFETY = frozenset({"urgence_medicale", "detresse"})
# Said right after an alarm, none of these is about the journey: the numbers are told again.
AFTER_ALARM = frozenset(
    "confirmer refuser etape_faite etape_bloquee hesiter avoir_peur patienter remercier parler_a_quelqu_un".split()
)
# Under this, the classifier alone has not seen a danger: what to do is said all the same, and asked what was meant.
SURE_OF_DANGER = 0.9
# Answered even in the middle of a journey without being a move in it: the journey waits under the answer.
ASIDES = frozenset({"conseil_medical", "hors_sujet", "donnee_sensible"})
# The intent of a choice that is neither a yes, a no nor « c'est fait »: « Le site », « Avec photo ».
CHOICE = "choix"
# A choice that means one of these asks for help with the step; the others go on from it.
STUCK = frozenset({"etape_bloquee", "refuser"})
# A yes, a no or « ça dépend » that no offer takes is counted, like any other thing not understood.
UNDECIDED = frozenset({"confirmer", "refuser", "etape_faite", "hesiter"})
UNSURE = "nlu_fallback"
# The words of a good-bye in the middle of a journey: they say that the place is kept.
PAUSES = {"plus_tard": "pause", "prendre_conge": "au_revoir"}
ACTIVATION = "activer"
# What is no use to somebody who has finished activating.
BEFORE_THE_END = frozenset({"topic:activer", "topic:preparer_activation", "journey:activer"})
MOST_CANDIDATES = 2

Move = Callable[[Progress, Channel], Outcome]


class Guide:
    """The conversation itself, over one Book. `number` is a ten-digit partner number to hand calls to, if any."""

    def __init__(self, book: Book, number: str = "") -> None:
        self.book = book
        self.number = number
        self._teller = Teller(book, number)
        self._said: dict[str, Move] = {
            "saluer": self.open,
            "confirmer": lambda progress, channel: self._agree(progress, channel, "confirmer"),
            "refuser": lambda progress, channel: self._agree(progress, channel, "refuser"),
            "etape_faite": self._done,
            "etape_bloquee": self._blocked,
            "ne_comprend_pas": self._simpler,
            "repeter": self._repeat,
            "plus_lentement": self._slower,
            "revenir": self._back,
            "recommencer": self._restart,
            "plus_tard": lambda progress, channel: self._pause(progress, channel, "plus_tard"),
            "rappelez_moi": lambda progress, channel: self._pause(progress, channel, "rappelez_moi"),
            "patienter": self._wait,
            "hesiter": self._hesitate,
            "avoir_peur": lambda progress, channel: self._again(progress, channel, before="avoir_peur", simply=True),
            "prendre_conge": lambda progress, channel: self._pause(progress, channel, "prendre_conge"),
            "reprendre": self._return,
            "parler_a_quelqu_un": self._person,
            "arreter_messages": self._stop,
            "effacer_mes_donnees": self._erase,
        }
        self._offered: dict[str, Move] = {
            "resume": self._resume,
            "restart": self._restart,
            "return": self._back,
            "code": self._ask_code,
            "erase": self._erased,
            "keep": self._keep,
            "alone": self._alone,
            "other": lambda progress, channel: self.miss(replace(progress, offered=()), channel),
            "menu": self._menu,
            "more": lambda progress, channel: self._offer(progress, channel, "menu_suite"),
            "owned": lambda progress, channel: self._offer(progress, channel, "menu_espace"),
            "later": lambda progress, channel: self._pause(progress, channel, "pas_encore"),
        }

    @property
    def opening(self) -> tuple[Choice, ...]:
        """What is on offer before the first word."""
        return self.book.answers["menu"].choices

    def open(self, progress: Progress, channel: Channel) -> Outcome:
        """The beginning of a call or a visit: the first words if new here, then the way back in, or the menu."""
        progress = self._picked_up(progress)
        if not progress.under_way:
            return self._menu(progress, channel)
        if self._awaits(progress):
            return self._ask_if_there(progress, channel, before="reprise")
        choices = self.book.answers["reprise"].choices
        return self._teller.say(progress, channel, "reprise", choices=choices, intent="reprendre")

    def absent(self, progress: Progress, away: timedelta) -> Progress:
        """`progress` when nothing was heard of the person for `away`."""
        journey = self._journey(progress)
        return engine.absent(journey, progress, away) if journey and progress.under_way else progress

    def behind(self, progress: Progress) -> tuple[Choice, ...]:
        """The choices of the step that waits behind what was said last; in no journey, those behind « Autre chose »."""
        step = self._step(progress) if progress.under_way else None
        if step:
            return (*step.choices, *self._not_beside(progress))
        return (*self.book.answers["menu_suite"].choices, *self.book.answers["menu_espace"].choices)

    def lacks(self, progress: Progress) -> str:
        """What « je l'ai pas » means here: the card before the card, the code before the code; else, being stuck."""
        step = self._step(progress) if progress.under_way else None
        return (step.lacks if step else "") or "etape_bloquee"

    def choose(self, progress: Progress, channel: Channel, choice: Choice) -> Outcome:
        """A closed choice was made: by key, label or synonym."""
        kind, _, target = choice.goes.partition(":")
        if kind == "topic":
            return self.hear(progress, channel, target)
        fresh = replace(progress, misses=0, silences=0)
        journey = self._journey(fresh)
        if kind == "step" and journey and not STUCK & set(choice.means):
            target = engine.onward(journey, fresh, target)
        if kind == "journey":
            outcome = self._enter(fresh, channel, target)
        else:
            outcome = self._go(fresh, channel, target) if kind == "step" else self._offered[target](fresh, channel)
        intent = outcome.reply.intent or (choice.means[0] if choice.means else CHOICE)
        return replace(outcome, reply=replace(outcome.reply, intent=intent))

    def hear(self, progress: Progress, channel: Channel, topic: str, confidence: float = 1.0) -> Outcome:
        """A topic was understood. Danger wins, then moves, then the journey's own branches, then the answers."""
        outcome = self._hear(progress, channel, topic, confidence)
        return replace(outcome, reply=replace(outcome.reply, intent=topic, confidence=confidence))

    def define(self, progress: Progress, channel: Channel, term: Term) -> Outcome:
        """« C'est quoi, un identifiant ? »: the word is explained in passing, and the journey waits."""
        fresh = replace(progress, misses=0, silences=0)
        return self._teller.define(fresh, channel, term, self._way_back(fresh, channel))

    def miss(self, progress: Progress, channel: Channel, candidates: Sequence[str] = ()) -> Outcome:
        """Not understood: ask which of two close candidates, else say it otherwise, else offer a person."""
        misses = progress.misses + 1
        if len(candidates) >= MOST_CANDIDATES and misses <= MOST_CANDIDATES:
            likely = candidates[:MOST_CANDIDATES]
            offered = [Choice("", self.book.topics[name].label, f"topic:{name}") for name in likely]
            choices = (*offered, *self.book.answers["lequel"].choices)
            outcome = self._teller.say(progress, channel, "lequel", choices=choices)
        elif misses == 2:
            outcome = self._again(progress, channel, before="pas_compris_2", simply=True)
        else:
            name = "pas_compris_1" if misses == 1 else "pas_compris_3"
            outcome = self._teller.say(progress, channel, name, choices=self._pending(progress))
        reply = replace(outcome.reply, intent=UNSURE, confidence=0.0)
        return Outcome(replace(outcome.progress, misses=misses), reply)

    def wonder(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        """Ask back before something that must not happen by a misunderstanding."""
        choice = Choice("", self.book.topics[topic].label, f"topic:{topic}", means=("confirmer",))
        choices = (choice, *self.book.answers["lequel"].choices)
        return self._teller.say(progress, channel, "lequel", choices=choices, intent=UNSURE)

    def silence(self, progress: Progress, channel: Channel) -> Outcome:
        """Nothing was said on the telephone: repeat, then keys only, then a polite good-bye. Never a dead line."""
        silences = progress.silences + 1
        if silences == 1:
            outcome = self._again(progress, channel, before="silence_1", simply=progress.simply)
        elif silences == 2:
            outcome = self._teller.say(progress, channel, "silence_2", choices=self._pending(progress))
        else:
            outcome = self._teller.say(progress, channel, "silence_3", choices=progress.offered, ending="goodbye")
            silences = 0
        return Outcome(replace(outcome.progress, silences=silences), replace(outcome.reply, intent="silence"))

    def phrase(self, progress: Progress, channel: Channel, name: str, intent: str = UNSURE) -> Outcome:
        """Say one phrase of the conversation; what was on offer stays, unless the phrase brings its own choices."""
        choices = self.book.answers[name].choices or self._pending(progress)
        return self._teller.say(progress, channel, name, choices=choices, intent=intent)

    def warn(self, outcome: Outcome, channel: Channel) -> Outcome:
        """A private number came with the words: say first that nothing was kept, then go on."""
        warning = Message(self._teller.text("donnee_sensible", outcome.progress, channel))
        return replace(outcome, reply=replace(outcome.reply, messages=(warning, *outcome.reply.messages)))

    def ask_to_return(self, progress: Progress, channel: Channel) -> Outcome:
        """After a STOP, somebody who writes again is asked once. Only a yes is an answer."""
        return self._teller.say(progress, channel, "stop_revenir", intent="reprendre", first_words=False)

    def back_after(self, progress: Progress, channel: Channel, before: str) -> Outcome:
        """Back after a STOP, or by a resume code: the same step goes on."""
        outcome = self._resume(progress, channel, before=before)
        return replace(outcome, reply=replace(outcome.reply, intent="reprendre"))

    def _hear(self, progress: Progress, channel: Channel, topic: str, confidence: float) -> Outcome:
        fresh = replace(progress, misses=progress.misses if topic in UNDECIDED else 0, silences=0)
        alarm = progress.last[0].removeprefix("answer:") if progress.last else ""
        if alarm in SAFETY and topic in AFTER_ALARM:
            topic = alarm
        if topic in SAFETY:
            # Nobody in danger is offered to activate anything; a journey under way only says that it waits, and takes
            # no « oui » for « continuer ».
            waits = self._way_back(fresh, channel) if fresh.under_way else ()
            choices = [replace(choice, means=()) for choice in waits]
            return self._teller.say(fresh, channel, topic, choices=choices, first_words=False)
        if topic in ASIDES:
            return self._aside(fresh, channel, topic)
        journey = self._journey(fresh)
        if journey and fresh.under_way:
            fresh = engine.heard_for_another(journey, fresh, topic)
            # What a step hears in its own way wins over the general meaning of a move.
            special = journey.steps[fresh.step].hears.get(topic)
            target = special or (None if topic in self._said else engine.branch(journey, fresh, topic))
            if target:
                return self._go(fresh, channel, target)
        if topic in self._said:
            return self._said[topic](fresh, channel)
        started = self.book.journey_for(topic)
        if started and journey and fresh.under_way and confidence < 1 and topic not in (journey.name, journey.aim):
            return self.wonder(fresh, channel, topic)  # a guess is no reason to leave a journey for another
        if started:
            return self._begin(fresh, channel, started)
        if topic in self.book.answers:
            return self._aside(fresh, channel, topic)
        return self.miss(progress, channel)

    def _menu(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        return self._teller.say(progress, channel, "menu", before=before, choices=self.opening)

    def _offer(self, progress: Progress, channel: Channel, name: str) -> Outcome:
        return self._teller.say(progress, channel, name, choices=self.book.answers[name].choices)

    def _picked_up(self, progress: Progress) -> Progress:
        """In the journey that was left for one that is over now, if there is one."""
        name = engine.unfinished(progress)
        journey = self.book.journeys.get(name)
        wanted = journey and progress.status_in(journey.aim) != "done"
        return progress.in_journey(name) if wanted else progress

    def _return(self, progress: Progress, channel: Channel) -> Outcome:
        progress = self._picked_up(progress)
        if progress.under_way:
            return self._resume(progress, channel)
        return self._menu(progress, channel, before="reprendre")

    def _resume(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        journey = self._journey(progress)
        if not journey or not progress.under_way:
            return self._menu(progress, channel, before=before)
        if self._awaits(progress):
            offers = progress.offered if progress.last == ("answer:au_retour",) else ()
            there = next((offer for offer in offers if offer.means and offer.goes.startswith("step:")), None)
            if there:  # just asked whether it is there: « continuons » is a yes
                return self.choose(progress, channel, there)
            return self._ask_if_there(progress, channel, before=before)
        return self._teller.step(engine.resume(journey, progress), channel, before=before)

    def _awaits(self, progress: Progress) -> bool:
        """Whether the journey waits for something outside: a letter, a person's answer, a card."""
        step = self._step(progress)
        return bool(step and step.pauses)

    def _ask_if_there(self, progress: Progress, channel: Channel, before: str = "") -> Outcome:
        """Back at a pause: is it there? What a pause waits for is not taken for granted."""
        step = self._step(progress)
        first, *rest = step.choices if step else self.behind(progress)
        choices = [replace(first, means=(*first.means, "confirmer")), *rest]
        if len(choices) < MOST_CHOICES:
            choices += self.book.answers["au_retour"].choices
        return self._teller.say(progress, channel, "au_retour", before=before, choices=choices, intent="reprendre")

    def _agree(self, progress: Progress, channel: Channel, move: str) -> Outcome:
        """A yes or a no: to the question on offer if it is one, else to going on."""
        if move != "refuser" and any(offer.goes == "move:erase" for offer in progress.offered):
            return self._erase(progress, channel)  # the gate takes a plain yes for the choice; nothing else is one
        choice = next((offer for offer in progress.offered if move in offer.means), None)
        if choice:
            return self.choose(progress, channel, choice)
        step = self._step(progress)
        if move == "refuser" and step and progress.last == (f"step:{progress.step}",) and engine.asks_yes(step):
            return self._blocked(progress, channel)
        if len(progress.offered) > 1:
            return self._which(progress, channel)
        if progress.under_way and move != "refuser":
            return self._resume(progress, channel)
        return self._teller.say(progress, channel, "daccord", choices=self._way_back(progress, channel))

    def _which(self, progress: Progress, channel: Channel) -> Outcome:
        """« Oui » to « Pour vous, ou pour un enfant ? »: ask which, then otherwise, then propose one at a time."""
        told = replace(progress, misses=progress.misses + 1)
        if told.misses == 1:
            return self._teller.say(told, channel, "choisir", choices=told.offered)
        if told.misses == 2:
            return self._again(told, channel, before="choisir", simply=True)
        # Who only says yes or no is asked what yes and no can answer, one choice after the other.
        first, *rest = told.offered[1:] + told.offered[:1] if told.misses > 3 else told.offered
        choices = [replace(first, means=("confirmer",)), *(replace(choice, means=()) for choice in rest)]
        return self._teller.say(told, channel, "plutot", choices=choices, label=first.label)

    def _hesitate(self, progress: Progress, channel: Channel) -> Outcome:
        """« Peut-être », « ça dépend »: what is on offer stays; again and again is not understanding."""
        if progress.misses:
            return self.miss(progress, channel)
        told = replace(progress, misses=1)
        outcome = self._teller.say(told, channel, "hesiter", choices=self._pending(progress))
        return Outcome(replace(outcome.progress, last=progress.last), outcome.reply)

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
        choice = engine.chosen_by(step, "etape_bloquee")
        if choice:
            return self.choose(progress, channel, choice)
        return self._go(progress, channel, step.stuck) if step.stuck else self._person(progress, channel)

    def _simpler(self, progress: Progress, channel: Channel) -> Outcome:
        if progress.under_way and progress.last and progress.last[0].startswith("term:"):
            progress = replace(progress, last=(f"step:{progress.step}",))  # a word has one wording, the step another
        if progress.simply or not progress.last:
            return self._teller.say(progress, channel, "ne_comprend_pas", choices=self._pending(progress))
        return self._again(progress, channel, simply=True)

    def _repeat(self, progress: Progress, channel: Channel) -> Outcome:
        return self._again(progress, channel, simply=progress.simply)

    def _slower(self, progress: Progress, channel: Channel) -> Outcome:
        slow = replace(progress, slow=True)
        return self._again(slow, channel, before="plus_lentement", simply=progress.simply)

    def _again(self, progress: Progress, channel: Channel, *, before: str = "", simply: bool) -> Outcome:
        again = self._teller.again(progress, channel, before=before, simply=simply)
        return again or self._menu(progress, channel, before=before)

    def _back(self, progress: Progress, channel: Channel) -> Outcome:
        if not self._journey(progress):
            return self._menu(progress, channel, before="revenir")
        if progress.last != (f"step:{progress.step}",):
            return self._teller.step(replace(progress, status="going"), channel)  # back from an aside
        earlier = engine.back(progress)
        return self._teller.step(earlier or progress, channel, before="" if earlier else "debut")

    def _restart(self, progress: Progress, channel: Channel) -> Outcome:
        journey = self._journey(progress)
        if not journey:
            return self._menu(progress, channel)
        return self._teller.step(engine.start(journey, progress), channel, before="recommencer")

    def _begin(self, progress: Progress, channel: Channel, journey: Journey) -> Outcome:
        status = progress.status_in(journey.name)
        there = progress.in_journey(journey.name)
        if status == "done" and journey.once:
            choices = self.book.answers["deja_fini"].choices
            return self._teller.say(there, channel, "deja_fini", choices=choices)
        if status in ("going", "paused"):
            return self.open(there, channel)
        return self._teller.step(engine.start(journey, progress), channel)

    def _enter(self, progress: Progress, channel: Channel, target: str) -> Outcome:
        """Into another journey, at its beginning or at one of its steps. The place in this one is kept."""
        if target.partition("/")[0] not in self.book.journeys:
            return self._menu(progress, channel)  # content changed under somebody's feet
        journey, step = self.book.entry(target)
        if step == journey.start:
            return self._begin(progress, channel, journey)
        return self._teller.step(engine.go(journey, progress.in_journey(journey.name), step), channel)

    def _go(self, progress: Progress, channel: Channel, target: str) -> Outcome:
        journey = self._journey(progress)
        if not journey or target not in {*journey.steps, RETURN}:
            return self._menu(progress, channel)  # content changed under somebody's feet
        return self._teller.step(engine.go(journey, progress, target), channel)

    def _pause(self, progress: Progress, channel: Channel, move: str) -> Outcome:
        name = PAUSES.get(move, move) if progress.under_way else move
        paused = replace(progress, status="paused") if progress.under_way else progress
        return self._teller.say(paused, channel, name, choices=self._way_back(paused, channel), ending="goodbye")

    def _wait(self, progress: Progress, channel: Channel) -> Outcome:
        """« Attendez, je cherche mes lunettes »: all the time in the world, and nothing changes."""
        outcome = self._teller.say(progress, channel, "patienter", choices=self._pending(progress))
        return replace(outcome, reply=replace(outcome.reply, listening="long"))

    def _not_beside(self, progress: Progress) -> tuple[Choice, ...]:
        """« C'est pour moi », said by whoever was doing it for somebody else."""
        journey = self._journey(progress)
        alone = journey.helping.alone if journey and journey.helping and progress.beside else ()
        return (Choice("", alone[0], "move:alone", alone),) if alone else ()

    def _alone(self, progress: Progress, channel: Channel) -> Outcome:
        return self._teller.step(replace(progress, beside=False), channel)

    def _person(self, progress: Progress, channel: Channel) -> Outcome:
        name = "humain_local" if self.number else "humain"
        return self._teller.say(progress, channel, name, choices=self._way_back(progress, channel), ending="person")

    def _stop(self, progress: Progress, channel: Channel) -> Outcome:
        paused = replace(progress, status="paused") if progress.under_way else progress
        outcome = self._teller.say(paused, channel, "arreter_messages", ending="goodbye", first_words=False)
        return replace(outcome, act="stop")

    def _erase(self, progress: Progress, channel: Channel) -> Outcome:
        choices = self.book.answers["effacer_confirmer"].choices
        asking = replace(progress, asks="erase")
        return self._teller.say(asking, channel, "effacer_confirmer", choices=choices, first_words=False)

    def _erased(self, progress: Progress, channel: Channel) -> Outcome:
        said = self._teller.say(Progress(), channel, "effacer_fait", ending="goodbye", first_words=False)
        return replace(said, act="erase")

    def _keep(self, progress: Progress, channel: Channel) -> Outcome:
        return self._teller.say(progress, channel, "effacer_garde", choices=self._way_back(progress, channel))

    def _ask_code(self, progress: Progress, channel: Channel) -> Outcome:
        asking = replace(progress, asks="code")
        return self._teller.say(asking, channel, "code_demander", intent="reprendre")

    def _aside(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        choices = self._way_back(progress, channel, self.book.answers[topic].choices)
        return self._teller.say(progress, channel, topic, choices=choices)

    def _journey(self, progress: Progress) -> Journey | None:
        return self._teller.journey(progress)

    def _step(self, progress: Progress) -> Step | None:
        journey = self._journey(progress)
        return journey.steps[progress.step] if journey else None

    def _pending(self, progress: Progress) -> Sequence[Choice]:
        """What is on offer stays on offer; when nothing is, what the step offers, or the menu."""
        step = self._step(progress) if progress.under_way else None
        if progress.offered or progress.status == "done":
            return progress.offered
        return step.choices if step else self.opening

    def _way_back(self, progress: Progress, channel: Channel, following: Sequence[Choice] = ()) -> list[Choice]:
        """After an aside: on with the journey if there is one, else the proposed next step. A yes takes the first."""
        if progress.status_in(ACTIVATION) == "done":
            following = [offer for offer in following if offer.goes not in BEFORE_THE_END]
            if not progress.under_way:
                return list(following)
        if not progress.under_way:
            first, *rest = following or self.opening[:1]
            return [replace(first, means=("confirmer",)), *rest]
        resume = Choice("", self.book.answers["continuer"].say.on(channel), "move:resume", means=("confirmer",))
        here = (f"topic:{progress.journey}", f"journey:{progress.journey}")
        return [resume, *(offer for offer in following if offer.goes not in here)][:MOST_CHOICES]
