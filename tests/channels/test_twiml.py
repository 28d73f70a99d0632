"""Whatever people write or say, what we answer is on Twilio's list, and none of their signs becomes markup."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.turns import Choice, Listening, Message, Reply
from channels.sms.text import written
from channels.voice.speech import goodbye, handed_over, listening, waiting
from tests.support.carrier import Caller, Ledger, Line, Phone, within_process
from tests.support.faces import BASE, Face, open_face
from tests.support.twiml import checked, parsed, said

MARKUP = [
    "</s></prosody></Say><Dial>+33899000000</Dial>",
    "]]><Redirect>https://evil.example</Redirect><![CDATA[",
    "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "&lt;Hangup/&gt; &#60; &amp;",
    '" action="https://evil.example" x="',
    "<?xml version='1.0'?><Response/>",
    "\x00\x01\x08\x0b\x1b\x7f\x85\ufffe\uffff",
    "\u202egnirts desrever\u202c \u200f\u05d0\u0645\u0631\u062d\u0628\u0627",
    "e\u0301\u200d\ufe0f\U000e0041 👨‍👩‍👧",
]
# What a person may send: UTF-8 on the wire, so no lone surrogate, and everything else.
WRITTEN = st.one_of(
    st.sampled_from(MARKUP),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=120),
    st.lists(st.sampled_from([*MARKUP, "1", "oui", "bonjour", " ", "\n"]), max_size=4).map("".join),
)
# What content or a fault of ours may hand to a face: all of it, surrogates too.
ANY = st.one_of(WRITTEN, st.text(max_size=200))
MANY = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    opened = open_face(tmp_path_factory.mktemp("var"), human_phone_number="0199000099")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def line(face: Face) -> Line:
    return Line(Ledger(), within_process(face.app), BASE)


@MANY
@given(bodies=st.lists(WRITTEN, min_size=1, max_size=3), number=st.integers(0, 9_999))
@example(bodies=MARKUP, number=1)
def test_whatever_is_written(line: Line, bodies: list[str], number: int) -> None:
    """`Phone` reads our answer with the checker; nothing of what was written comes back as a sign of ours."""
    phone = Phone(line, f"+3363998{number:04d}")
    for body in bodies:
        text = phone.text(body)
        assert not set(text) & set("<>"), text
        assert "evil.example" not in text
        assert "0899" not in text


@MANY
@given(words=st.lists(WRITTEN, min_size=1, max_size=3), number=st.integers(0, 9_999), confidence=st.floats(0, 1))
@example(words=MARKUP, number=1, confidence=0.5)
def test_whatever_is_said(line: Line, words: list[str], number: int, confidence: float) -> None:
    call = Caller(line, f"+3363998{number:04d}")
    call.ring()
    for word in words:
        if call.ended:
            break
        heard = call.speak(word, confidence)
        assert not set(heard) & set("<>&"), heard
        assert "evil" not in heard
    assert set(call.dialled) <= {"+33199000099"}


def reply(texts: list[str], labels: list[str], waits: Listening, slow: bool) -> Reply:
    choices = tuple(Choice(str(key), label, "move:menu", (label,)) for key, label in enumerate(labels, 1))
    messages = [Message(text) for text in texts[:-1]] + [Message(texts[-1], choices)] if texts else []
    return Reply(tuple(messages), "x", listening=waits, slow=slow)


REPLIES = st.builds(
    reply,
    st.lists(ANY, max_size=3),
    st.lists(ANY, max_size=4),
    st.sampled_from(["choice", "long", "code"]),
    st.booleans(),
)


@MANY
@given(REPLIES)
def test_any_reply_is_spoken_on_the_list(any_reply: Reply) -> None:
    documents = [
        listening(any_reply, "/voice/turn?n=1"),
        goodbye(any_reply),
        handed_over(any_reply, "+33199000099", "/voice/dialled?n=1"),
    ]
    for document in documents:
        root = checked(document.encode())
        assert not set(said(root)) & set("<>&")
        # The only verbs are the ones that the face writes, whatever the texts say.
        assert {verb.tag for verb in root} <= {"Say", "Gather", "Redirect", "Hangup", "Dial"}
        assert {dial.text for dial in root.iter("Dial")} <= {"+33199000099"}


@MANY
@given(REPLIES)
def test_any_reply_is_written_as_it_is(any_reply: Reply) -> None:
    """The text arrives on the telephone exactly as it was counted: neither escaped twice nor cut by a sign."""
    from channels.sms.webhook import _answer

    text = written(any_reply)
    root = parsed(_answer(text).get_data())
    assert "".join(root.itertext()) == text
    assert [part.tag for part in root.iter()] == (["Response", "Message"] if text else ["Response"])


@pytest.mark.parametrize("count", range(12))
def test_a_sign_of_life_is_on_the_list(count: int) -> None:
    assert said(checked(waiting(count, "/voice/turn?n=1&w=3").encode()))


@pytest.mark.parametrize(
    "twiml",
    [
        "<Response><Record/></Response>",
        "<Response><Say>Bonjour</Say></Response>",
        "<Response><Hangup/><Say>Bonjour</Say></Response>",
        "<Response><Say voice='Polly.Joanna' language='fr-FR'>Bonjour</Say><Hangup/></Response>",
        "<Response><Say language='en-US'>Bonjour</Say><Hangup/></Response>",
        "<Response><Say></Say><Hangup/></Response>",
        "<Response><Say><prosody pitch='low'>Bonjour</prosody></Say><Hangup/></Response>",
        "<Response><Say><emphasis>Bonjour</emphasis></Say><Hangup/></Response>",
        "<Response><Say><break time='20s'/>a</Say><Hangup/></Response>",
        "<Response><Gather input='dtmf'/><Redirect>/voice</Redirect></Response>",
        "<Response><Gather speechTimeout='auto'/><Redirect>/voice</Redirect></Response>",
        "<Response><Gather numDigits='0'/><Redirect>/voice</Redirect></Response>",
        "<Response><Gather enhanced='true'/><Redirect>/voice</Redirect></Response>",
        "<Response><Gather><Dial>+33199000099</Dial></Gather><Redirect>/voice</Redirect></Response>",
        "<Response><Redirect>https://evil.example/voice</Redirect></Response>",
        "<Response><Redirect>/voice/turn?said=mon numéro</Redirect></Response>",
        "<Response><Dial action='/voice/dialled?n=1'>3422</Dial></Response>",
        "<Response><Dial>+33199000099</Dial></Response>",
        "<Response><Play>http://music.example/a.mp3</Play><Hangup/></Response>",
        "<Response><Message>Bonjour</Message></Response>",
        "<Response/>",
        "<Response><Say>Bonjour</Response>",
        "<response><Hangup/></response>",
    ],
)
def test_the_list_refuses(twiml: str) -> None:
    with pytest.raises(AssertionError):
        checked(twiml.encode())
