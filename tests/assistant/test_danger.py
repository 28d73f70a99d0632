"""A person in danger must not be missed, and « mon téléphone est mort » must not cry wolf.

The phrases are ours; so they are measured again as people would type them in a hurry, and beside them what
others wrote: the training examples. What the lexicon misses is left to the classifier.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from assistant.danger import Danger
from assistant.errors import ContentError
from assistant.folding import clean, fold
from assistant.lexicon import open_lexicon
from assistant.noise import AVERAGE, HEAVY, LIGHT, Level, noised
from assistant.phrases import find, phrase
from assistant.settings import ROOT
from tests.support.counting import calls

LEXICON = open_lexicon(ROOT / "data" / "lexicon")
DRAWS = 8


@dataclass(frozen=True)
class Example:
    text: str
    group: str
    held: bool

    @property
    def harmless(self) -> bool:
        return self.group.startswith("negatif_")


@functools.lru_cache(maxsize=1)
def examples() -> Sequence[Example]:
    groups = yaml.safe_load(Path(__file__).with_name("danger_phrases.yml").read_text(encoding="utf-8"))
    return [Example(line["text"], group, line.get("held", False)) for group, lines in groups.items() for line in lines]


def topic(text: str) -> str | None:
    return LEXICON.danger(fold(clean(text)))


def rate(chosen: Sequence[Example], level: Level | None = None) -> float:
    """How many of `chosen` raise the alarm, in percent; at `level` of noise, over several seeded draws."""
    texts = [example.text for example in chosen]
    if level:
        texts = [noised(text, level, random.Random(f"{text}{draw}")) for text in texts for draw in range(DRAWS)]
    return 100 * sum(topic(text) is not None for text in texts) / len(texts)


def of(*groups: str, held: bool | None = None) -> list[Example]:
    return [
        example
        for example in examples()
        if (example.group in groups or (not groups and example.harmless)) and held in (None, example.held)
    ]


EXPLICIT = ("urgence", "suicide")
VEILED = ("voile", "tiers", "violence")


def test_there_are_phrases_enough() -> None:
    assert len(examples()) >= 300
    assert len(of()) >= 120
    assert sum(example.held for example in examples()) >= 150


@pytest.mark.parametrize("example", of(*EXPLICIT), ids=lambda example: example.text)
def test_plain_words_of_danger_are_never_missed(example: Example) -> None:
    assert topic(example.text)


@pytest.mark.parametrize("held", [False, True], ids=["tuned", "held out"])
@pytest.mark.parametrize(
    ("groups", "level", "least"),
    [
        pytest.param(EXPLICIT, None, 100, id="explicit, as written"),
        pytest.param(EXPLICIT, LIGHT, 95, id="explicit, light noise"),
        pytest.param(EXPLICIT, AVERAGE, 90, id="explicit, average noise"),
        pytest.param(VEILED, None, 95, id="veiled, as written"),
        pytest.param(VEILED, LIGHT, 95, id="veiled, light noise"),
        pytest.param(VEILED, AVERAGE, 90, id="veiled, average noise"),
    ],
)
def test_danger_is_heard(groups: Sequence[str], level: Level | None, least: float, held: bool) -> None:
    assert rate(of(*groups, held=held), level) >= least


@pytest.mark.parametrize("held", [False, True], ids=["tuned", "held out"])
@pytest.mark.parametrize("level", [None, LIGHT, AVERAGE], ids=["as written", "light noise", "average noise"])
def test_false_alarms_are_rare(level: Level | None, held: bool) -> None:
    assert rate(of(held=held), level) <= 2


@pytest.mark.parametrize("level", [None, LIGHT, AVERAGE], ids=["as written", "light noise", "average noise"])
def test_what_was_written_after_tuning(level: Level | None) -> None:
    assert rate(of("apres_reglage_urgence", "apres_reglage_detresse"), level) >= 90


def test_each_danger_is_told_from_the_other() -> None:
    """Both replies give the 15; the 3114 is for distress."""
    wanted = {"urgence": "urgence_medicale", **dict.fromkeys(("suicide", *VEILED), "detresse"), "violence": "violences"}
    heard = [(topic(example.text), wanted[example.group]) for example in of(*wanted)]
    assert sum(found == right for found, right in heard) / len(heard) >= 0.95


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ma fille me vole et me menace", "violences"),
        ("mon père me frappe j'ai 10 ans", "violences"),
        ("l'infirmière me frappe", "violences"),
        ("on m'a attachée au fauteuil à l'ehpad", "violences"),
        ("mon aide ménagère me vole", "violences"),
        ("mon élève est battu à la maison", "violences"),
        # A threat is no wish to die; a threat to die oneself is.
        ("il menace de me tuer", "violences"),
        ("il menace de se tuer", "detresse"),
        # Who is hit and wants to die is told the numbers of both.
        ("mon mari me bat et je veux mourir", "violences_et_detresse"),
        ("il me frappe, j'ai envie d'en finir", "violences_et_detresse"),
        # Wounds come before all.
        ("il m'a poignardée", "urgence_medicale"),
        ("mon mari me frappe, je saigne beaucoup", "urgence_medicale"),
        # In English: the plain words of it.
        ("I want to kill myself", "detresse"),
        ("i wanna die", "detresse"),
        ("heart attack", "urgence_medicale"),
        ("help me I am dying", "urgence_medicale"),
        ("my wife is not breathing", "urgence_medicale"),
        ("he can't breathe", "urgence_medicale"),
        ("she is bleeding a lot", "urgence_medicale"),
        ("my husband beats me", "violences"),
        ("I was raped, he raped me", "violences"),
    ],
)
def test_each_is_told_what_is_for_it(text: str, told: str) -> None:
    assert topic(text) == told


@pytest.mark.parametrize(
    "text",
    (
        "mon téléphone est mort|the heart of my card|mon mari me frappe mon mot de passe|"
        "contact en cas d'urgence|je suis morte de rire|le site ne répond plus|"
        "ça me tue ce site|mon mari ne répond plus à mes messages|"
        "mon mari a eu un AVC l'an dernier, est-ce noté ?|je viens avc ma carte|"
        "où mettre mes numéros d'urgence dans mon espace santé|directives anticipées|don d'organes|"
        "va mourir sale bot|s'il vous plaît|mon espace santé|assurance maladie|j'ai une adresse mail|"
        "je signe partout||1"
    ).split("|"),
)
def test_what_only_sounds_like_danger(text: str) -> None:
    assert topic(text) is None


@pytest.mark.parametrize(
    ("figure", "danger"),
    [
        ("mon téléphone est mort", "et mon mari ne respire plus"),
        ("je suis morte de rire", "non, en fait je veux mourir"),
        ("le site ne répond plus", "vite, ma femme est inconsciente"),
        ("où noter mon contact d'urgence", "mon père vient de faire un malaise"),
        ("c'était une blague mdr", "mais je vais me suicider ce soir"),
    ],
)
def test_a_way_of_speaking_hides_no_danger_beside_it(figure: str, danger: str) -> None:
    assert topic(f"{figure}, {danger}")
    assert topic(f"{danger}. {figure}")


# Against what others wrote: the training examples.


def training(kept: Callable[[str], bool]) -> Iterator[str]:
    for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        if kept(path.stem):
            for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
                yield from (line.removeprefix("- ") for line in intent["examples"].splitlines())


SAFETY = ("urgence_medicale", "detresse")


def test_other_topics_raise_no_alarm() -> None:
    texts = list(training(lambda name: name not in SAFETY))
    alarms = [text for text in texts if topic(text)]
    assert len(alarms) / len(texts) <= 0.005, alarms


@pytest.mark.parametrize(("name", "least"), [("urgence_medicale", 0.9), ("detresse", 0.8)])
def test_most_of_what_others_wrote_is_heard(name: str, least: float) -> None:
    texts = list(training(lambda stem: stem == name))
    assert sum(topic(text) is not None for text in texts) / len(texts) >= least


def test_what_camille_offers_is_no_danger() -> None:
    """A person may write a label back. Only the two topics of danger themselves are heard as one."""
    labels = [
        label
        for path in ("answers", "journeys")
        for file in (ROOT / "data" / path).glob("*.yml")
        for label in _labels(file)
    ]
    assert labels
    assert not [label for label in labels if topic(label)]


def _labels(file: Path) -> Iterator[str]:
    def walk(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            yield from [node["label"]] if isinstance(node.get("label"), str) else []
            for inside in node.values():
                yield from walk(inside)
        elif isinstance(node, list):
            for inside in node:
                yield from walk(inside)

    return walk(yaml.safe_load(file.read_text(encoding="utf-8")))


# The noise, the speed, the language of the phrases.


@pytest.mark.parametrize(
    ("level", "unchanged"), [(LIGHT, 72), (AVERAGE, 49), (HEAVY, 23)], ids=["light", "average", "heavy"]
)
def test_the_noise_is_as_strong_as_real_sms(level: Level, unchanged: int) -> None:
    texts = [example.text for example in examples() if not example.harmless]
    same = sum(noised(text, level, random.Random(f"{text}{draw}")) == text for text in texts for draw in range(DRAWS))
    assert abs(100 * same / (len(texts) * DRAWS) - unchanged) <= 8


@pytest.mark.parametrize(
    "words",
    ["mort rire " * 160, "box coupez " * 140, "plus pas respire mal " * 80, "il me tape le " * 100],
    ids=["mort rire", "box coupez", "plus pas respire mal", "il me tape le"],
)
def test_repeated_words_do_not_stall_it(words: str) -> None:
    """As long as a message may be; counted in calls, which no busy machine changes. These take up to 150,000."""
    assert calls(lambda: LEXICON.danger(words.strip())) < 400_000


@pytest.mark.parametrize(
    ("line", "message", "found"),
    [
        pytest.param("mal poitrine", "mal dans la poitrine", True, id="in order"),
        pytest.param("mal poitrine", "poitrine mal", False, id="not in the other order"),
        pytest.param("mal & poitrine", "poitrine mal", True, id="either order"),
        pytest.param("au +secours", "au secours", True, id="joined"),
        pytest.param("au +secours", "au grand secours", False, id="not apart"),
        pytest.param("perdu la? +tete", "perdu tete", True, id="without the word marked"),
        pytest.param("perdu la? +tete", "perdu la tete", True, id="with it"),
        pytest.param("mal|douleur @corps", "douleur bras", True, id="family"),
        pytest.param("= urgence", "urgence vite svp", True, id="nearly alone"),
        pytest.param("= urgence", "ou mettre mon contact d urgence", False, id="among others"),
        pytest.param("mal poitrine", "mal a b c d poitrine", False, id="too far"),
    ],
)
def test_the_language_of_phrases(line: str, message: str, found: bool) -> None:
    heard = [frozenset({word}) for word in message.split()]
    assert bool(find(phrase(line, {"corps": ["bras", "jambe"]}), heard)) is found


@pytest.mark.parametrize(
    "written",
    [
        "stop: [a",
        "danger",
        "- a",
        "mots: {}\nurgence_medicale: [a]",
        "mots: []\nfigures: []\nurgence_medicale: []\ndetresse: []",
        "mots: {}\nordinaires: a\nfigures: ['@inconnue a']\nurgence_medicale: []\ndetresse: []",
    ],
)
def test_a_broken_file_is_told_by_its_name(written: str, tmp_path: Path) -> None:
    for name in ("stop", "moves"):
        (tmp_path / f"{name}.yml").write_text("arreter_messages: [stop]", encoding="utf-8")
    (tmp_path / "danger.yml").write_text(written, encoding="utf-8")
    with pytest.raises(ContentError, match=r"danger\.yml"):
        open_lexicon(tmp_path)


def test_a_line_that_yaml_takes_for_something_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "stop.yml").write_text("arreter_messages: [oui, no]", encoding="utf-8")
    with pytest.raises(ContentError, match="guillemets"):
        open_lexicon(tmp_path)


def test_danger_says_what_is_missing() -> None:
    with pytest.raises(KeyError):
        Danger({"mots": {}})
