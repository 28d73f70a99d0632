"""Decides what Camille says next. Pure: where the person stands and what she meant in, a new place and a Reply out.

Here is who decides; how it is said is in offers.py, ladders.py, walking.py, leaving.py, reminding.py,
sharing.py, showing.py and doubting.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from assistant.content.book import Book
from assistant.content.glossary import Term
from assistant.danger import TOLD
from assistant.doubting import read_back
from assistant.gate import Verdict
from assistant.journeys import engine
from assistant.journeys.progress import Progress
from assistant.ladders import UNSURE, Ladders
from assistant.languages import Language
from assistant.leaving import Leave
from assistant.offers import Offers
from assistant.proposing import INVITED, UNCOUNTED, Propose
from assistant.reminders.when import When
from assistant.reminding import AGREED, RECALL, Remind
from assistant.sharing import Share
from assistant.showing import MINE, TOPIC, Show
from assistant.telling import Outcome, Teller
from assistant.turns import Channel, Choice, Message, Reply
from assistant.walking import Walk

SAFETY = frozenset(TOLD)
# Where the page is on one machine, when no other address is given.
LOCAL = "http://127.0.0.1:8000"
# Said right after an alarm, none of these is about the journey: the numbers are told again.
AFTER_ALARM = frozenset(
    "confirmer refuser etape_faite etape_bloquee hesiter avoir_peur patienter remercier parler_a_quelqu_un".split()
)
# Under this, the classifier alone has not seen a danger: what to do is said all the same, and asked what was meant.
SURE_OF_DANGER = 0.9
# Answered even in the middle of a journey without being a move in it: the journey waits under the answer.
ASIDES = frozenset({"conseil_medical", "hors_sujet", "donnee_sensible"})
# What is no topic of its own, and the topic that it is told as.
REPORTED = {
    "pas_de_rappel": "arreter_messages",
    "par_sms": "repeter",
    "autre_personne": "activer_pour_un_proche",
    "violences": "detresse",
    "violences_et_detresse": "detresse",
    "deuil": "conservation",
    "ne_lit_pas": "demander_aide",
    "est_ce_camille": "arnaque",
    UNCOUNTED: "donnees_assistant",
    MINE: TOPIC,
}
# The intent of a choice that is neither a yes, a no nor « c'est fait »: « Le site », « Avec photo ».
CHOICE = "choix"
# A yes, a no or « ça dépend » that no offer takes is counted, like any other thing not understood.
UNDECIDED = frozenset({"confirmer", "refuser", "etape_faite", "hesiter"})

Move = Callable[[Progress, Channel], Outcome]


class Guide:
    """The conversation itself, over one Book. `number` is a ten-digit partner number to hand calls to, if any.

    `rings` is the number at which Camille herself answers calls, if any; `home` the address of her page.
    """

    def __init__(self, book: Book, number: str = "", rings: str = "", home: str = LOCAL) -> None:
        self.book = book
        self._teller = Teller(book, number, rings, home)
        self._offers = Offers(self._teller)
        self._ladders = Ladders(self._teller, self._offers)
        self._walk = Walk(self._teller, self._offers)
        self._remind = Remind(self._teller, self._offers)
        self._leave = Leave(self._teller, self._offers, self._remind)
        self._share = Share(self._teller, self._offers)
        self.shows = Show(self._teller, self._offers)
        self.propose = Propose(self._teller, self._offers, self._walk)
        self._said: dict[str, Move] = {
            "saluer": self.open,
            "confirmer": lambda progress, channel: self._agree(progress, channel, "confirmer"),
            "refuser": lambda progress, channel: self._agree(progress, channel, "refuser"),
            "etape_faite": self._done,
            "etape_bloquee": self._blocked,
            "ne_comprend_pas": self._simpler,
            "repeter": lambda progress, channel: self._offers.again(progress, channel, simply=progress.simply),
            "plus_lentement": self._slower,
            "revenir": self._walk.back,
            "recommencer": self._walk.restart,
            "plus_tard": lambda progress, channel: self._leave.pause(progress, channel, "plus_tard"),
            "rappelez_moi": self._remind.ask,
            "pas_de_rappel": self._remind.called_off,
            "par_sms": self._send,
            "patienter": self._wait,
            "hesiter": self._ladders.hesitate,
            "avoir_peur": lambda progress, channel: self._offers.again(
                progress, channel, before="avoir_peur", simply=True
            ),
            "ne_lit_pas": self._unread,
            "est_ce_camille": self._genuine,
            "prendre_conge": lambda progress, channel: self._leave.pause(progress, channel, "prendre_conge"),
            "reprendre": self._walk.come_back,
            "parler_a_quelqu_un": self._leave.person,
            "arreter_messages": self._leave.stop,
            "effacer_mes_donnees": self._leave.erase,
            MINE: self.shows.ask,
            INVITED: self.propose.welcome,
            UNCOUNTED: self.propose.uncounted,
        }
        self._offered: dict[str, Move] = {
            "resume": self._walk.resume,
            "restart": self._walk.restart,
            "return": self._walk.back,
            "code": self._ask_code,
            "erase": self._leave.erased,
            "keep": self._leave.keep,
            "alone": self._walk.alone,
            "other": lambda progress, channel: self.miss(replace(progress, offered=()), channel),
            "menu": self._offers.menu,
            "more": lambda progress, channel: self._offers.of(progress, channel, "menu_suite"),
            "owned": lambda progress, channel: self._offers.of(progress, channel, "menu_espace"),
            "later": lambda progress, channel: self._leave.pause(progress, channel, "pas_encore"),
            "remind": self._remind.agreed,
            "when": self._remind.ask,
            "text": self._send,
            "genuine": self._genuine,
            "unheard": lambda progress, channel: self.phrase(progress, channel, "entendu_autre"),
        }

    @property
    def opening(self) -> tuple[Choice, ...]:
        """What is on offer before the first word."""
        return self._offers.opening

    def open(self, progress: Progress, channel: Channel, *, asked_for: bool = False) -> Outcome:
        """The beginning of a call or a visit: the first words if new here, then the way back in, or the menu.

        `asked_for`: it is Camille who rang, and says so first.
        """
        if not asked_for:
            return self._walk.open(progress, channel)
        met = tuple(dict.fromkeys((*progress.met, channel)))
        outcome = self._walk.open(replace(progress, met=met), channel)
        return self._before(outcome, channel, "rappel_appel")

    def to_a_machine(self) -> Reply:
        """What is left on an answering machine: who called, as was agreed, and where to ring back. Nothing else.

        Others may listen to it. Without a number to ring back there is nothing to say.
        """
        words = self._teller.text("rappel_repondeur", Progress(), "voice")
        return Reply((Message(words),) if self._teller.rings else (), RECALL, ending="goodbye")

    def are_you_there(self) -> Reply:
        """What is said when nobody spoke on a call that we made: it may be a machine."""
        choices = [replace(choice, key="1") for choice in self.book.answers["rappel_entendez"].choices]
        words = self._teller.text("rappel_entendez", Progress(), "voice")
        return Reply((Message(words, tuple(choices)),), RECALL)

    def cut(self, progress: Progress, channel: Channel) -> Outcome:
        """A call has lasted as long as it may: a kind good-bye, and the place kept."""
        outcome = self._leave.cut(progress, channel)
        return replace(outcome, reply=replace(outcome.reply, intent="plus_tard"))

    def remind(self, progress: Progress, channel: Channel, when: When | None, now: datetime) -> Outcome:
        """When she wants to be reminded was said, or what cannot be understood as that."""
        if when is None and progress.misses:
            return self.miss(replace(progress, asks="", offered=()), channel)  # she is not speaking of a day
        outcome = self._remind.hear(replace(progress, misses=0, silences=0), channel, when, now)
        return replace(outcome, progress=replace(outcome.progress, misses=int(when is None)))

    def reminder(self, progress: Progress) -> str:
        """The words of the SMS that she asked to be reminded by."""
        return self._teller.text("rappel_sms", progress, "sms")

    def who(self, progress: Progress, channel: Channel, persons: Mapping[str, Progress]) -> Outcome:
        """« Qui tient le téléphone ? », among those who use it."""
        return self._share.ask(progress, channel, persons)

    def greet(self, progress: Progress, channel: Channel) -> Outcome:
        """Somebody new on a telephone that others use; or one of them, back at her place."""
        if progress.under_way:
            return self.back_after(progress, channel, "code_trouve")
        return self._share.welcome(progress, channel)

    def doubt(self, progress: Progress, verdict: Verdict, outcome: Outcome) -> Outcome:
        """What was heard on a bad line is read back before it counts."""
        return read_back(self._teller, progress, verdict, outcome)

    def give_code(self, outcome: Outcome, channel: Channel, code: str) -> Outcome:
        """Say the resume code after everything else: it is what must be kept."""
        spelled = ", ".join(code)
        last = Message(self._teller.text("code_donner", outcome.progress, channel, spelled), outcome.reply.choices)
        messages = (*(replace(message, choices=()) for message in outcome.reply.messages), last)
        return replace(
            outcome,
            progress=replace(outcome.progress, coded=True),
            reply=replace(outcome.reply, messages=messages),
        )

    def absent(self, progress: Progress, away: timedelta) -> Progress:
        """`progress` when nothing was heard of the person for `away`."""
        journey = self._offers.journey(progress)
        return engine.absent(journey, progress, away) if journey and progress.under_way else progress

    def behind(self, progress: Progress) -> tuple[Choice, ...]:
        """The choices that wait behind what was said last."""
        return self._offers.behind(progress)

    def lacks(self, progress: Progress) -> str:
        """What « je l'ai pas » means here: the card before the card, the code before the code; else, being stuck."""
        step = self._offers.step(progress) if progress.under_way else None
        return (step.lacks if step else "") or "etape_bloquee"

    def choose(self, progress: Progress, channel: Channel, choice: Choice) -> Outcome:
        """A closed choice was made: by key, label or synonym."""
        kind, _, target = choice.goes.partition(":")
        if kind == "topic":
            return self.hear(progress, channel, target)
        fresh = replace(progress, misses=0, silences=0)
        move = self._offered[target] if kind == "move" else None
        outcome = move(fresh, channel) if move else self._walk.take(fresh, channel, choice)
        intent = outcome.reply.intent or (choice.means[0] if choice.means else CHOICE)
        return replace(outcome, reply=replace(outcome.reply, intent=intent))

    def hear(self, progress: Progress, channel: Channel, topic: str, confidence: float = 1.0) -> Outcome:
        """A topic was understood. Danger wins, then moves, then the journey's own branches, then the answers."""
        outcome = self._hear(progress, channel, topic, confidence)
        intent = REPORTED.get(topic, topic)
        return replace(outcome, reply=replace(outcome.reply, intent=intent, confidence=confidence))

    def define(self, progress: Progress, channel: Channel, term: Term) -> Outcome:
        """« C'est quoi, un identifiant ? »: the word is explained in passing, and the journey waits."""
        fresh = replace(progress, misses=0, silences=0)
        return self._teller.define(fresh, channel, term, self._offers.way_back(fresh, channel))

    def hear_in(self, language: Language | None, progress: Progress, channel: Channel, topic: str) -> Outcome:
        """A topic that was said in `language`, if it is not French: Camille speaks French only, and says so in both.

        What is on offer stays. Danger is answered all the same, with its numbers in that language first.
        """
        if language is None:
            return self.hear(progress, channel, topic)
        if topic in SAFETY:
            outcome = self.hear(progress, channel, topic)
            first = Message(language.danger.on(channel))
            return replace(outcome, reply=replace(outcome.reply, messages=(first, *outcome.reply.messages)))
        fresh = replace(progress, misses=0, silences=0)
        said = language.say.on(channel)
        return self._teller.say(fresh, channel, "autre_langue", choices=fresh.offered, label=said, intent=topic)

    def miss(self, progress: Progress, channel: Channel, candidates: Sequence[str] = ()) -> Outcome:
        """Not understood, or between `candidates`."""
        return self._ladders.miss(progress, channel, candidates)

    def wonder(self, progress: Progress, channel: Channel, topic: str) -> Outcome:
        """Ask back before something that must not happen by a misunderstanding."""
        return self._ladders.wonder(progress, channel, topic)

    def silence(self, progress: Progress, channel: Channel) -> Outcome:
        """Nothing was said on the telephone."""
        return self._ladders.silence(progress, channel)

    def phrase(self, progress: Progress, channel: Channel, name: str, intent: str = UNSURE) -> Outcome:
        """Say one phrase of the conversation; what was on offer stays, unless the phrase brings its own choices."""
        choices = self.book.answers[name].choices or self._offers.pending(progress)
        return self._teller.say(progress, channel, name, choices=choices, intent=intent)

    def warn(self, outcome: Outcome, channel: Channel) -> Outcome:
        """A private number came with the words: say first that nothing was kept, then go on."""
        return self._before(outcome, channel, "donnee_sensible")

    def unseen(self, outcome: Outcome, channel: Channel) -> Outcome:
        """A picture came with the words: say first that nobody sees it."""
        return self._before(outcome, channel, "image")

    def ask_to_return(self, progress: Progress, channel: Channel) -> Outcome:
        """After a STOP, somebody who writes again is asked once. Only a yes is an answer."""
        return self._teller.say(progress, channel, "stop_revenir", intent="reprendre", first_words=False)

    def back_after(self, progress: Progress, channel: Channel, before: str) -> Outcome:
        """Back after a STOP, or by a resume code: the same step goes on."""
        outcome = self._walk.resume(progress, channel, before=before)
        return replace(outcome, reply=replace(outcome.reply, intent="reprendre"))

    def _hear(self, progress: Progress, channel: Channel, topic: str, confidence: float) -> Outcome:
        fresh = replace(progress, misses=progress.misses if topic in UNDECIDED else 0, silences=0)
        alarm = progress.last[0].removeprefix("answer:") if progress.last else ""
        if alarm in SAFETY and topic in AFTER_ALARM:
            topic = alarm
        if topic in SAFETY:
            # Nobody in danger is offered to activate anything; a journey under way only says that it waits, and takes
            # no « oui » for « continuer ».
            waits = self._offers.way_back(fresh, channel) if fresh.under_way else ()
            choices = [replace(choice, means=()) for choice in waits]
            return self._teller.say(fresh, channel, topic, choices=choices, first_words=False)
        if topic in ASIDES:
            return self._offers.aside(fresh, channel, topic)
        journey = self._offers.journey(progress)
        if journey and fresh.under_way:
            fresh = engine.heard_for_another(journey, fresh, topic)
            # What a step hears in its own way wins over the general meaning of a move.
            special = journey.steps[fresh.step].hears.get(topic)
            target = special or (None if topic in self._said else engine.branch(journey, fresh, topic))
            if target:
                return self._walk.go(fresh, channel, target)
        if topic in self._said:
            return self._said[topic](fresh, channel)
        started = self.book.journey_for(topic)
        if started and journey and fresh.under_way and confidence < 1 and topic not in (journey.name, journey.aim):
            return self.wonder(fresh, channel, topic)  # a guess is no reason to leave a journey for another
        if started:
            return self._walk.begin(fresh, channel, started)
        if topic in self.book.answers:
            return self._offers.aside(fresh, channel, topic)
        return self.miss(progress, channel)

    def _agree(self, progress: Progress, channel: Channel, move: str) -> Outcome:
        """A yes or a no: to the question on offer if it is one, else to going on."""
        if move != "refuser" and any(offer.goes == "move:erase" for offer in progress.offered):
            # The gate takes a plain yes for the choice; nothing else is one.
            return self._leave.erase(progress, channel)
        if move != "refuser" and any(offer.goes == AGREED for offer in progress.offered):
            return self._offers.again(progress, channel, simply=False)  # for the same reason
        choice = next((offer for offer in progress.offered if move in offer.means), None)
        if choice:
            return self.choose(progress, channel, choice)
        step = self._offers.step(progress)
        if move == "refuser" and step and progress.last == (f"step:{progress.step}",) and engine.asks_yes(step):
            return self._blocked(progress, channel)
        if len(progress.offered) > 1:
            return self._ladders.which(progress, channel)
        if progress.under_way and move != "refuser":
            return self._walk.resume(progress, channel)
        return self._teller.say(progress, channel, "daccord", choices=self._offers.way_back(progress, channel))

    def _done(self, progress: Progress, channel: Channel) -> Outcome:
        """« C'est fait » speaks of the step, even when something else was answered in between."""
        step = self._offers.step(progress)
        if step and progress.under_way and not any("etape_faite" in offer.means for offer in progress.offered):
            choice = engine.chosen_by(step, "etape_faite")
            if choice:
                return self.choose(progress, channel, choice)
        return self._agree(progress, channel, "etape_faite")

    def _blocked(self, progress: Progress, channel: Channel) -> Outcome:
        step = self._offers.step(progress)
        if not step or not progress.under_way:
            return self._offers.aside(progress, channel, "etape_bloquee")
        choice = engine.chosen_by(step, "etape_bloquee")
        if choice:
            return self.choose(progress, channel, choice)
        return self._walk.go(progress, channel, step.stuck) if step.stuck else self._leave.person(progress, channel)

    def _simpler(self, progress: Progress, channel: Channel) -> Outcome:
        if progress.under_way and progress.last and progress.last[0].startswith("term:"):
            progress = replace(progress, last=(f"step:{progress.step}",))  # a word has one wording, the step another
        if progress.simply or not progress.last:
            choices = self._offers.pending(progress)
            return self._teller.say(progress, channel, "ne_comprend_pas", choices=choices)
        return self._offers.again(progress, channel, simply=True)

    def _slower(self, progress: Progress, channel: Channel) -> Outcome:
        slow = replace(progress, slow=True)
        return self._offers.again(slow, channel, before="plus_lentement", simply=progress.simply)

    def _unread(self, progress: Progress, channel: Channel) -> Outcome:
        """« Je ne sais pas lire »: Camille can be rung, if she has a number; on the telephone nothing is to be read."""
        rings = self._teller.rings and channel != "voice"
        return self._offers.aside(progress, channel, "ne_lit_pas_appel" if rings else "ne_lit_pas")

    def _genuine(self, progress: Progress, channel: Channel) -> Outcome:
        """« Comment je sais que c'est vous ? »: what can be checked of Camille; her number, if she answers it."""
        name = "est_ce_camille_appel" if self._teller.rings else "est_ce_camille"
        outcome = self._offers.aside(progress, channel, name)
        return replace(outcome, reply=replace(outcome.reply, intent=REPORTED["est_ce_camille"]))

    def _wait(self, progress: Progress, channel: Channel) -> Outcome:
        """« Attendez, je cherche mes lunettes »: all the time in the world, and nothing changes."""
        outcome = self._teller.say(progress, channel, "patienter", choices=self._offers.pending(progress))
        return replace(outcome, reply=replace(outcome.reply, listening="long"))

    def _send(self, progress: Progress, channel: Channel) -> Outcome:
        """The step by SMS, for whoever is on the telephone and can be sent one; else told again, slowly."""
        if channel != "voice" or "sms" not in progress.reach or not progress.under_way:
            slow = replace(progress, slow=progress.slow or channel == "voice")
            return self._offers.again(slow, channel, before="par_sms_impossible", simply=progress.simply)
        left = [choice for choice in self._offers.pending(progress) if choice.goes != "move:text"]
        told = self._teller.say(progress, channel, "par_sms", choices=left)
        step = self._teller.instruction(progress, "sms")
        text = self._teller.text("par_sms_texte", progress, "sms", step)
        return replace(told, act="text", text=text, reply=replace(told.reply, listening="long"))

    def _before(self, outcome: Outcome, channel: Channel, name: str) -> Outcome:
        first = Message(self._teller.text(name, outcome.progress, channel))
        return replace(outcome, reply=replace(outcome.reply, messages=(first, *outcome.reply.messages)))

    def _ask_code(self, progress: Progress, channel: Channel) -> Outcome:
        asking = replace(progress, asks="code")
        return self._teller.say(asking, channel, "code_demander", intent="reprendre")
