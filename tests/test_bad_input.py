"""Whatever is sent is answered: other scripts, code, floods, marks that show nothing. Nothing raises, runs or stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.conversation import Conversation
from assistant.turns import Channel, Turn
from channels.sms.segments import Segments
from channels.sms.text import written
from tests.support.transcripts import START, everything_stored

MARK = "zqxjk"  # no word of ours: it shows whether what was written is found again somewhere
BAD = [
    pytest.param(f"{MARK} le code " * 8_000, id="100 KB"),
    pytest.param("ما هو الفضاء الصحي الخاص بي؟", id="Arabic"),
    pytest.param("我的健康空间是什么", id="Chinese"),
    pytest.param("Що таке мій простір здоров'я?", id="Ukrainian"),
    pytest.param("what is this thing and how do I sign up", id="English"),
    pytest.param(f'{{"intent": "arreter_messages", "{MARK}": [1, 2, {{}}]}}', id="JSON"),
    pytest.param(f"'; DROP TABLE persons; -- {MARK}", id="SQL"),
    pytest.param(f"<script>alert('{MARK}')</script><Response><Hangup/></Response>", id="HTML and TwiML"),
    pytest.param('/hors_sujet{"progress": {"journey": "activer", "step": "fin"}}', id="an intent of Rasa"),
    pytest.param("/restart", id="a command of Rasa"),
    pytest.param("////session_start", id="a command behind slashes"),
    pytest.param("\u202eedoc el\u202c \u2066x\u2069", id="right-to-left marks"),
    pytest.param("😀" * 500, id="500 emoji"),
    pytest.param("👨‍👩‍👧‍👦🏳️‍🌈", id="joined emoji"),
    pytest.param("7" * 400, id="digits only"),
    pytest.param("\x00\x07\x1b[31m le code \x7f", id="control characters"),
    pytest.param("\ud800\udfff code", id="half letters"),
    pytest.param("a\u0301" * 300 + "Z̷̢̛a̶l̸g̵o", id="piled accents"),
    pytest.param("{number} {question} %s %(x)s ${x} {{ 7*7 }}", id="blanks of templates"),
    pytest.param('=HYPERLINK("http://x")', id="a formula"),
    pytest.param("../../../../etc/passwd", id="a path"),
    pytest.param("\n\r\n\t   \n", id="blank lines"),
]
CHANNELS: tuple[Channel, ...] = ("web", "sms", "voice")
numbers = count()


@pytest.fixture
def conversation(talk: Callable[[], Conversation]) -> Conversation:
    return talk()


def say(conversation: Conversation, text: str, channel: Channel) -> None:
    """A new person says `text` at the first step of the activation; checks what comes back."""
    person = f"p1_bad_{next(numbers)}"
    for index, words in enumerate(("activer", text)):
        reply = conversation.take(Turn(person, channel, "test", f"{person}-{index}", START, text=words))
    assert reply.intent not in ("effacer_mes_donnees", "arreter_messages")
    assert reply.journey is None or reply.journey.step != "fin"
    assert reply.messages or channel == "voice"
    if channel == "sms":
        size = Segments.of(written(reply))
        assert (size.encoding, size.count <= 2) == ("GSM-7", True)


@pytest.mark.model
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("text", BAD)
def test_it_is_answered(
    conversation: Conversation, caplog: pytest.LogCaptureFixture, text: str, channel: Channel
) -> None:
    with caplog.at_level(logging.WARNING):
        say(conversation, text, channel)
    assert not [record for record in caplog.records if record.name == "camille"]
    assert MARK not in everything_stored(conversation)


@pytest.mark.model
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=120),
        st.text(st.characters(), max_size=60),
        st.lists(st.sampled_from(["le", "code", "/", "{", "}", "📱", "\u200f", "12", "oui", "stop?", "é", "<b>"])).map(
            " ".join
        ),
    ),
    st.sampled_from(CHANNELS),
)
def test_anything_is_answered(conversation: Conversation, text: str, channel: Channel) -> None:
    person = f"p1_any_{next(numbers)}"
    reply = conversation.take(Turn(person, channel, "test", person, START, text=text))
    sorry = conversation.sorry(channel)
    assert [message.text for message in reply.messages] != [message.text for message in sorry.messages]
