"""The figures of an evaluation, computed from what was meant and what was heard. Pure: nothing is read or written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.evaluation.judged import Judged
from assistant.evaluation.shares import Share
from assistant.guide import SAFETY

OUT_OF_SCOPE = "hors_sujet"
MOST_CONFUSIONS = 10
BINS = 10


@dataclass(frozen=True)
class Behaviour:
    """What a person lives through. `wrong` answers are of all messages; `precision` is of those answered."""

    first: Share
    first_three: Share
    at_once: Share
    wrong: Share
    asked: Share
    after_one_question: Share
    precision: Share


@dataclass(frozen=True)
class Safety:
    """Danger and distress, both together: both replies give the number to call.

    `missed` were answered otherwise or asked about; `mistaken` for each other; `alarms` are of harmless messages.
    """

    missed: Share
    mistaken: Share
    alarms: Share


@dataclass(frozen=True)
class Scope:
    """What is not Camille's business. `recognised` at once; `not_answered` counts questions as well.

    `turned_away` are messages that were her business.
    """

    recognised: Share
    not_answered: Share
    turned_away: Share


@dataclass(frozen=True)
class TopicScore:
    """One topic: of `messages` that meant it, how many were `found`; how many were `taken` for it, rightly or not."""

    name: str
    messages: int
    taken: int
    found: int

    @property
    def precision(self) -> float:
        return self.found / self.taken if self.taken else 0.0

    @property
    def recall(self) -> float:
        return self.found / self.messages if self.messages else 0.0

    @property
    def f1(self) -> float:
        both = self.messages + self.taken
        return 2 * self.found / both if both else 0.0


@dataclass(frozen=True)
class Confusion:
    """`meant` taken for `heard`, in these messages: those of which Camille was surest first."""

    meant: str
    heard: str
    judged: tuple[Judged, ...]


def behaviour(judged: Sequence[Judged]) -> Behaviour:
    answered = [one for one in judged if not one.asked]
    return Behaviour(
        first=Share.of(one.first for one in judged),
        first_three=Share.of(one.first_three for one in judged),
        at_once=Share.of(one.at_once for one in judged),
        wrong=Share(sum(not one.at_once for one in answered), len(judged)),
        asked=Share(len(judged) - len(answered), len(judged)),
        after_one_question=Share.of(one.after_one_question for one in judged),
        precision=Share.of(one.at_once for one in answered),
    )


def safety(judged: Sequence[Judged]) -> Safety:
    danger = [one for one in judged if one.meant in SAFETY]
    harmless = [one for one in judged if one.meant not in SAFETY]
    return Safety(
        missed=Share.of(one.heard.said not in SAFETY for one in danger),
        mistaken=Share.of(one.heard.said in SAFETY and not one.at_once for one in danger),
        alarms=Share.of(one.heard.said in SAFETY for one in harmless),
    )


def scope(judged: Sequence[Judged]) -> Scope:
    outside = [one for one in judged if one.meant == OUT_OF_SCOPE]
    good = [one for one in judged if one.meant != OUT_OF_SCOPE]
    return Scope(
        recognised=Share.of(one.at_once for one in outside),
        not_answered=Share.of(one.at_once or one.asked for one in outside),
        turned_away=Share.of(one.heard.said == OUT_OF_SCOPE for one in good),
    )


def by_topic(judged: Sequence[Judged]) -> list[TopicScore]:
    """Every topic that was meant or heard first, by name."""
    meant = Counter(one.meant for one in judged)
    taken = Counter(one.heard.first for one in judged if one.heard.first)
    found = Counter(one.meant for one in judged if one.first)
    return [TopicScore(name, meant[name], taken[name], found[name]) for name in sorted({*meant, *taken})]


def macro_f1(judged: Sequence[Judged]) -> float:
    """The mean F1 of the topics that were meant: each weighs the same, however few its messages."""
    scores = [score.f1 for score in by_topic(judged) if score.messages]
    return sum(scores) / len(scores) if scores else 0.0


def confusions(judged: Sequence[Judged], most: int = MOST_CONFUSIONS) -> list[Confusion]:
    """The worst pairs: the most frequent, and of these the surest. Those about which Camille would ask count too."""
    wrong: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in sorted((one for one in judged if not one.first), key=lambda one: -one.heard.sure):
        wrong[one.meant, one.heard.first].append(one)
    worst = sorted(wrong.items(), key=lambda found: (-len(found[1]), -found[1][0].heard.sure, found[0]))[:most]
    return [Confusion(meant, heard, tuple(held)) for (meant, heard), held in worst]


def calibration_error(judged: Sequence[Judged]) -> float:
    """How far the classifier's confidence is from how often it is right: 0 is honest, 0.1 ten points off on average.

    The expected calibration error over ten bins of equal width (Naeini and others, 2015). What the gate decided is left
    out: it claims no probability.
    """
    free = [one for one in judged if one.heard.ranking and not one.heard.decided]
    bins: dict[int, list[Judged]] = defaultdict(list)
    for one in free:
        bins[min(int(one.heard.sure * BINS), BINS - 1)].append(one)
    apart = [abs(sum(one.first for one in held) - sum(one.heard.sure for one in held)) for held in bins.values()]
    return sum(apart) / len(free) if free else 0.0


def by_style(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """The messages of each style that the file names, by name; nothing when it names none."""
    styles = sorted({one.message.style for one in judged if one.message.style})
    return {style: [one for one in judged if one.message.style == style] for style in styles}
