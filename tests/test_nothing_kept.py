"""What a person must not have written is kept nowhere: no table, no log, no reply, and Rasa never sees it.

Generated secrets, in the ways people write them, on each channel and at several places of a conversation, go through
the whole of Camille with the trained model. Afterwards no five characters of the secret in a row are found anywhere,
with or without anything between them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from stdnum.fr import nir as official

from assistant.content.wording import CHANNELS
from assistant.conversation import Conversation
from assistant.guide import Guide
from assistant.journeys.progress import Progress
from assistant.lexicon import Lexicon
from assistant.mind import Mind
from assistant.settings import Settings
from assistant.storage import persons
from assistant.storage.database import Database
from assistant.telling import Outcome
from assistant.turns import Channel, Reply, Turn
from security.leaks.drawn import CODES, NUMBERS
from tests.support.transcripts import everything_stored

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
IN_A_ROW = 5
# Digits of our own that come and go at random: times, how sure the classifier was, how long a query took.
OURS = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00)?|datetime\.datetime\([^)]*\)|"
    r"confidence\W{1,4}\d\.[\d.e-]+|\b\d+\.\d+s\b"
)
JOINERS = ["", " ", ".", "-", "  ", " - ", "/", "_", ",", " . ", "\u00a0", "\u202f", "\u2009", "\n", "\t"]
STEPS = ["preparer", "depart", "fin"]


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


def grouped(text: str, sizes: list[int], joiner: str) -> str:
    """`text` cut in groups of `sizes`, the last one again and again until the end."""
    parts, at = [], 0
    for size in [*sizes, *[sizes[-1]] * len(text)]:
        if at < len(text):
            parts.append(text[at : at + size])
            at += size
    return joiner.join(parts)


@st.composite
def social_security_numbers(draw: st.DrawFn) -> str:
    """Valid numbers (INSEE): sex, year, month, place of birth, order, key; Corsica, overseas and foreigners as well."""
    place = draw(st.sampled_from(["75", "01", "13", "59", "95", "2A", "2B", "97", "99"]))
    body = (
        draw(st.sampled_from("12"))
        + f"{draw(st.integers(0, 99)):02d}{draw(st.integers(1, 12)):02d}"
        + place
        + f"{draw(st.integers(101, 699)):03d}{draw(st.integers(1, 999)):03d}"
    )
    number = body + official.calc_check_digits(body + "00")
    assert official.is_valid(number), number
    if draw(st.booleans()):
        number = number[:13]  # without its key, as on old papers
    sizes = draw(
        st.sampled_from(
            [[1, 2, 2, 2, 3, 3, 2], [1, 2, 2, 5, 3, 2], [15], [1], [2], [3], [5], [4], [1, 6, 6, 2], [13, 2]]
        )
    )
    return grouped(number, sizes, draw(st.sampled_from(JOINERS)))


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    """The serial number of a card: eleven digits beside the photo, eight to thirteen without, or all twenty-one."""
    number = draw(st.one_of(digits(11, 11), digits(8, 13), digits(11, 11).map(lambda end: "8025000002" + end)))
    sizes = draw(st.sampled_from([[21], [2], [3], [4], [5], [4, 4, 3], [1]]))
    return grouped(number, sizes, draw(st.sampled_from(JOINERS)))


@st.composite
def provisional_codes(draw: st.DrawFn) -> str:
    """Twelve letters and digits (fact B20)."""
    kinds = draw(st.permutations(list("ABCDEFGHJKMNPQRSTUVWXYZ")))[:5]
    code = "".join(draw(st.permutations([*kinds, *draw(digits(7, 7))])))
    code = draw(st.sampled_from([code, code.lower()]))
    sizes, joiner = draw(st.sampled_from([([12], ""), ([4], " "), ([4], "-"), ([6], " "), ([6], "-")]))
    return grouped(code, sizes, joiner)


@st.composite
def received_codes(draw: st.DrawFn) -> str:
    """Six digits that arrived by SMS."""
    sizes, joiner = draw(st.sampled_from([([6], ""), ([3], " "), ([2], " "), ([3], "-"), ([1], " "), ([3], ".")]))
    return grouped(draw(digits(6, 6)), sizes, joiner)


@st.composite
def telephones(draw: st.DrawFn) -> str:
    number = draw(st.sampled_from("123456789")) + draw(digits(8, 8))
    before = draw(st.sampled_from(["0", "+33", "+33 ", "0033", "0033 ", "+33 (0)"]))
    return before + grouped(
        number, [1, 2, 2, 2, 2] if draw(st.booleans()) else [9], draw(st.sampled_from([" ", ".", "-", "", "/"]))
    )


SYLLABLES = ["zu", "ki", "wo", "xa", "vy", "ju", "qo", "gwe", "ny", "hul"]


def invented(least: int, most: int) -> st.SearchStrategy[str]:
    """Words that no text of ours holds."""
    return st.lists(st.sampled_from(SYLLABLES), min_size=least, max_size=most).map("".join)


@st.composite
def addresses(draw: st.DrawFn) -> str:
    name = draw(invented(3, 5)) + draw(st.sampled_from([".", "-", "_", ""])) + draw(invented(2, 3)) + draw(digits(0, 4))
    server = draw(
        st.sampled_from(["orange.fr", "wanadoo.fr", "gmail.com", "laposte.net", "ac-lyon.fr", "mail.free.fr"])
    )
    sign = draw(st.sampled_from(["@", " @ ", " @", "(at)", " arobase "]))
    return f"{name}{sign}{server}"


@st.composite
def passwords(draw: st.DrawFn) -> str:
    word = draw(invented(3, 5))
    number, sign = draw(digits(2, 4)), draw(st.sampled_from("!?#$%&*+=_-"))
    made = [word.capitalize() + number + sign, word + number, number + sign + word.upper(), word + sign + number, word]
    return draw(st.sampled_from(made))


@dataclass(frozen=True)
class Kind:
    """A kind of secret, and the sentences it comes in. `keys`: it may be typed on a telephone's keys."""

    name: str
    secrets: st.SearchStrategy[str]
    sentences: tuple[str, ...]
    keys: bool = False


KINDS = [
    Kind("social-security-number", social_security_numbers(), NUMBERS, keys=True),
    Kind("card-number", card_numbers(), NUMBERS, keys=True),
    Kind("provisional-code", provisional_codes(), CODES),
    Kind("received-code", received_codes(), CODES, keys=True),
    Kind("telephone", telephones(), NUMBERS, keys=True),
    Kind("e-mail", addresses(), ("{}", "mon mail c'est {}", "j'ai mis {} mais rien n'arrive", "écrivez-moi à {} svp")),
    Kind(
        "password",
        passwords(),
        (
            "mon mot de passe est {}",
            "mon mot de passe c'est {}",
            "mdp : {}",
            "mot de passe = {}",
            "j'ai mis {} comme mot de passe",
        ),
    ),
]


@dataclass
class Spy:
    """The trained mind, and all that was given to it."""

    mind: Mind
    heard: list[str] = field(default_factory=list)
    ready: bool = True

    def take(self, text: str, place: Progress, channel: Channel) -> Outcome:
        self.heard.append(text)
        return self.mind.take(text, place, channel)

    @property
    def remembered(self) -> list[Any]:
        """What Rasa still holds of a turn: its trackers, and what its actions raised."""
        agent: Any = self.mind._agent
        return [*agent._trackers.held.values(), *agent._actions.failures.values()]


class Log(logging.Handler):
    """Everything that any logger says, in words, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter("%(name)s %(message)s").format(record))


@dataclass
class House:
    """Camille whole, over one database, watched."""

    conversation: Conversation
    spy: Spy
    log: Log
    said: Callable[[], str]
    file: Path
    numbers: Iterator[int] = field(default_factory=count)

    def places(self, channel: Channel) -> list[Progress]:
        """Nowhere, at several steps, at the end, and at the two questions that are asked back."""
        guide = self.conversation.guide
        met = Progress(met=CHANNELS)
        at = [Progress("activer", name, "done" if name == "fin" else "going", met=CHANNELS) for name in STEPS]
        told = [guide.hear(replace(place, last=(f"step:{place.step}",)), channel, "repeter").progress for place in at]
        code = next(choice for choice in guide.behind(Progress()) if choice.goes == "move:code")
        asked = [
            guide.choose(met, channel, code).progress,
            guide.hear(told[0], channel, "effacer_mes_donnees").progress,
        ]
        return [Progress(), met, *told, *asked]

    def take(self, place: Progress, channel: Channel, text: str = "", key: str = "") -> Reply:
        """One turn of a new person who stands at `place`."""
        name = lettered(next(self.numbers))
        with self.conversation.database.transaction() as connection:
            someone = persons.find(connection, f"p1_{name}")
            persons.save(connection, someone, f"p1_{name}", place, Reply((), ""), AT)
        self.spy.heard.clear()
        self.log.lines.clear()
        self.said()
        return self.conversation.take(Turn(f"p1_{name}", channel, "test", name, AT, text=text, key=key))

    def traces(self, reply: Reply) -> dict[str, str]:
        """Everything that is left of a turn, by where it is left."""
        return {
            "the tables": everything_stored(self.conversation),
            "the log": "\n".join(self.log.lines),
            "the screen": self.said(),
            "what Rasa was given": "\n".join(self.spy.heard),
            "what Rasa remembers": "\n".join(map(str, self.spy.remembered)),
            "the reply": str(reply),
        }


@pytest.fixture
def house(
    settings: Settings,
    database: Database,
    mind: Mind,
    guide: Guide,
    lexicon: Lexicon,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:
    # Random names of rows would hold any five characters once in a while.
    names = count(1)
    monkeypatch.setattr("assistant.storage.persons.secrets.token_urlsafe", lambda _: f"row-{lettered(next(names))}")
    spy: Any = Spy(mind)
    log, root = Log(), logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(log)
    conversation = Conversation(settings, database, spy, guide=guide, lexicon=lexicon)
    yield House(conversation, spy, log, lambda: "".join(capfd.readouterr()), settings.var / "camille.sqlite")
    conversation.close()
    root.removeHandler(log)
    root.setLevel(before)


def lettered(number: int) -> str:
    """`number` in letters: 120 is "bca"."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def bare(text: str) -> str:
    """`text` in small letters and digits, without what may stand between them; quotes and lines still part things."""
    return re.sub(r"[^\w\"\n]|_", "", text.lower())


def parts(secret: str) -> set[str]:
    """Every five characters of `secret` in a row; of an e-mail, those of the person's own part."""
    own = bare(re.split(r"\s?@|\(at\)| arobase", secret)[0])
    return {own[at : at + IN_A_ROW] for at in range(max(1, len(own) - IN_A_ROW + 1))}


def leaks(secret: str, traces: dict[str, str]) -> dict[str, str]:
    """Where a part of `secret` is left, and what stands around it."""
    found = {}
    for where, text in traces.items():
        left = bare(OURS.sub("", text))
        for part in parts(secret):
            if part in left:
                at = left.index(part)
                found[where] = f"{part} in {left[max(0, at - 40) : at + 40]}"
    return found


def thorough(examples: int) -> Any:
    """Hypothesis without a deadline. Examples are the same each time: a suite must not fail on another day."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )


@pytest.mark.model
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_secret_is_kept_nowhere(house: House, channel: Channel, kind: Kind) -> None:
    places = house.places(channel)

    @thorough(30)
    @given(kind.secrets, st.sampled_from(kind.sentences), st.sampled_from(places))
    def search(secret: str, sentence: str, place: Progress) -> None:
        reply = house.take(place, channel, sentence.format(secret))
        assert leaks(secret, house.traces(reply)) == {}, f"« {sentence.format(secret)} » at {place.step or 'the start'}"
        assert house.spy.remembered == []
        assert house.conversation.sorry(channel) != reply

    search()


@pytest.mark.model
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.keys], ids=lambda kind: kind.name)
def test_a_secret_typed_on_the_keys_of_a_telephone_is_kept_nowhere(house: House, kind: Kind) -> None:
    places = house.places("voice")

    @thorough(20)
    @given(kind.secrets, st.sampled_from(places))
    def search(secret: str, place: Progress) -> None:
        keys = re.sub(r"\D", "", secret)
        reply = house.take(place, "voice", key=keys)
        assert leaks(keys, house.traces(reply)) == {}, f"{keys} at {place.step or 'the start'}"

    search()


@pytest.mark.model
@pytest.mark.parametrize("channel", CHANNELS)
def test_several_secrets_at_once_are_kept_nowhere(house: House, channel: Channel) -> None:
    places = house.places(channel)

    @thorough(30)
    @given(
        social_security_numbers(),
        provisional_codes(),
        addresses(),
        passwords(),
        st.sampled_from(places),
    )
    def search(number: str, code: str, address: str, password: str, place: Progress) -> None:
        text = f"mon numéro {number}, code {code}, mail {address}, mot de passe : {password}"
        traces = house.traces(house.take(place, channel, text))
        found = {secret: leaks(secret, traces) for secret in (number, code, address, password)}
        assert not any(found.values()), f"« {text} »: {found}"

    search()


@pytest.mark.model
def test_the_file_of_the_database_holds_no_secret(house: House) -> None:
    """Not even in what a database leaves behind on the disk."""
    written = ["1 85 05 78 006 084 91", "185057800608491", "zukiwo.vyju@orange.fr", "A1B2C3D4E5F6", "Zukiwo2024!"]
    for secret in written:
        house.take(Progress(), "sms", f"mot de passe : {secret}")
        house.take(Progress(), "sms", secret)
    for path in house.file.parent.glob("camille.sqlite*"):
        left = path.read_bytes()
        assert [secret for secret in written[:4] if secret.encode() in left] == []


@pytest.mark.model
def test_ordinary_words_are_kept_nowhere_either(house: House) -> None:
    """Not only secrets: nothing that a person writes is stored or logged, masked or not."""
    reply = house.take(Progress(), "web", "mon voisin zukiwo me dit que c'est payant")
    traces = house.traces(reply)
    assert house.spy.heard == ["mon voisin zukiwo me dit que c'est payant"]
    assert [where for where, text in traces.items() if "zukiwo" in text] == ["what Rasa was given"]


@pytest.mark.model
def test_the_search_finds_what_is_kept(house: House) -> None:
    """A test that can only pass tells nothing: leave a secret in a table and in the log, and see."""
    house.take(Progress(), "sms", "bonjour")
    logging.getLogger("rasa.somewhere").warning("heard %s", "1.85.05.78.006.084.91")
    with house.conversation.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE persons SET said = '\"1 85 05 78 006 084 91\"'")
    found = leaks("185057800608491", house.traces(Reply((), "")))
    assert set(found) == {"the tables", "the log"}


def test_a_guide_needs_no_secret(guide: Guide) -> None:
    """The places that the search starts from exist in the content."""
    assert set(STEPS) <= set(guide.book.journeys["activer"].steps)
