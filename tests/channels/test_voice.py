"""A telephone call as Twilio makes it: keys, words, silence, a hidden number, a person who does not answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.privacy.pseudonyms import pseudonym
from assistant.turns import Choice, Listening, Message, Reply
from channels.voice.caller import Caller as Who
from channels.voice.phrases import HINTS, NO_ANSWER, WAITING
from channels.voice.reading import sentences
from channels.voice.speech import goodbye, handed_over, listening
from channels.voice.webhook import MOST_TURNS, WAITS
from tests.support.faces import NOON, Face, call_form, open_face
from tests.support.twiml import action, checked, said

NUMBER = "0199000099"

# The clock of the tests stands still.
BEGAN = int(NOON.timestamp())


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    """A service with a partner's telephone number."""
    opened = open_face(tmp_path_factory.mktemp("var"), human_phone_number=NUMBER)
    yield opened
    opened.close()


class Caller:
    """One call of one test. `hear` is what was said last."""

    def __init__(self, face: Face, call: int, number: str | None = None) -> None:
        self.face = face
        self.sid = f"CA{call:032d}"
        self.number = f"+336399801{call:02d}" if number is None else number
        self.root: Element

    def post(self, path: str, **heard: str) -> Element:
        response = self.face.post(path, call_form(number=self.number, sid=self.sid, **heard))
        assert response.status_code == 200
        assert response.mimetype == "text/xml"
        self.root = checked(response.get_data())
        return self.root

    def start(self) -> str:
        return said(self.post("/voice"))

    def press(self, keys: str) -> str:
        return said(self.post(action(self.root), Digits=keys))

    def speak(self, words: str, confidence: str = "0.83") -> str:
        return said(self.post(action(self.root), SpeechResult=words, Confidence=confidence))

    def wait(self) -> str:
        return said(self.post(action(self.root)))

    @property
    def ended(self) -> bool:
        return self.root.find("Hangup") is not None


def test_a_call_opens_with_who_speaks_and_the_keys(face: Face) -> None:
    opening = (call := Caller(face, 1)).start()
    assert "assistant automatique" in opening
    assert "Activer mon espace : tapez 1." in opening
    assert action(call.root) == f"/voice/turn?n=1&s={BEGAN}"
    (gather,) = call.root.iter("Gather")
    assert set(HINTS) <= set(gather.attrib["hints"].split(","))
    assert "Activer mon espace" in gather.attrib["hints"]


def test_a_key_and_words_lead_on(face: Face) -> None:
    (call := Caller(face, 2)).start()
    assert "Étape 1 sur" in call.press("1")
    assert action(call.root) == f"/voice/turn?n=2&s={BEGAN}"
    second = Caller(face, 3)
    second.start()
    assert "Étape 1 sur" in second.speak("activer mon espace")


def test_the_same_turn_again_is_byte_for_byte_the_same(face: Face) -> None:
    (call := Caller(face, 4)).start()
    form = call_form(number=call.number, sid=call.sid, Digits="1")
    first, again = (face.post("/voice/turn?n=1", form).get_data() for _ in range(2))
    assert first == again
    start = call_form(number=call.number, sid=call.sid)
    assert face.post("/voice", start).get_data() == face.post("/voice", start).get_data()


def test_calling_again_resumes(face: Face) -> None:
    (call := Caller(face, 5)).start()
    call.press("1")
    again = Caller(face, 6, number=call.number)
    opening = again.start()
    assert "étape 1 sur" in opening
    assert "Continuer : tapez 1." in opening
    assert "assistant automatique" not in opening


def test_silence_repeats_then_asks_for_a_key_then_ends_politely(face: Face) -> None:
    (call := Caller(face, 7)).start()
    step = call.press("1")
    assert step in call.wait()
    assert not call.ended
    assert "touche" in call.wait()
    assert not call.ended
    last = call.wait()
    assert "Au revoir." in last
    assert last.count("34, 22") == 2
    assert call.ended
    assert "tapez 1" not in last


def test_someone_busy_with_a_card_is_waited_for(face: Face) -> None:
    (call := Caller(face, 15)).start()
    call.press("1")
    step = call.press("1")
    assert action(call.root) == f"/voice/turn?n=3&s={BEGAN}&w={WAITS}"
    signs = [call.wait() for _ in range(WAITS)]
    assert signs == list(WAITING)
    assert all("pas entendu" not in sign for sign in signs)
    # No turn was taken meanwhile; the next silence is the first one.
    assert action(call.root) == f"/voice/turn?n=3&s={BEGAN}"
    assert step in call.wait()
    assert call.press("1") != step


def test_a_key_ends_the_waiting(face: Face) -> None:
    (call := Caller(face, 16)).start()
    call.press("1")
    call.press("1")
    call.wait()
    assert "Étape 2 sur" in call.press("1")


def test_a_word_restarts_the_silence_ladder(face: Face) -> None:
    (call := Caller(face, 8)).start()
    call.press("1")
    call.wait()
    call.wait()
    call.press("*")
    call.wait()
    assert not call.ended


def test_star_repeats(face: Face) -> None:
    (call := Caller(face, 9)).start()
    step = call.press("1")
    assert call.press("*") == step


def test_zero_gives_the_number_of_a_person_and_goes_on(face: Face) -> None:
    (call := Caller(face, 10)).start()
    call.press("1")
    told = call.press("0")
    assert told.count("34, 22") == 2
    assert "Continuer : tapez 1." in told
    assert not call.ended
    assert "Étape 1 sur" in call.press("1")


def test_sharp_helps(face: Face) -> None:
    (call := Caller(face, 11)).start()
    assert call.press("#")
    assert not call.ended


def test_slower_is_slower(face: Face) -> None:
    (call := Caller(face, 12)).start()
    call.press("1")
    call.speak("plus lentement")
    assert {part.get("rate") for part in call.root.iter("prosody")} == {"75%"}


def test_a_resume_code_is_four_keys(face: Face) -> None:
    (call := Caller(face, 13)).start()
    call.press("3")
    call.press("2")
    (gather,) = call.root.iter("Gather")
    assert gather.get("numDigits") == "4"
    assert call.press("2580")


def test_good_bye_ends_the_call(face: Face) -> None:
    (call := Caller(face, 14)).start()
    call.press("1")
    assert "gardée" in call.speak("au revoir")
    assert call.ended


@pytest.mark.parametrize("hidden", ["", "anonymous", "Restricted", "+266696687", "+86282452253", "sip:x@example"])
def test_a_hidden_caller_has_a_place_for_this_call_only(face: Face, hidden: str) -> None:
    kind = 20 + len(hidden)
    call = Caller(face, kind, number=hidden)
    call.start()
    assert "Étape 1 sur" in call.press("1")
    assert "assistant automatique" in Caller(face, kind + 100, number=hidden).start()
    assert Who.of(hidden, "CA1", "pepper").address == pseudonym("call", "CA1", "pepper")


def test_a_shown_number_is_the_same_person_by_sms() -> None:
    assert Who.of("+33639980001", "CA1", "pepper").address == pseudonym("phone", "+33639980001", "pepper")


def test_a_person_is_rung_when_there_is_a_number(staffed: Face) -> None:
    (call := Caller(staffed, 1)).start()
    call.press("1")
    call.press("0")
    dial = call.root.find("Dial")
    assert dial is not None
    assert dial.text == "+33199000099"
    assert dial.attrib == {"timeout": "25", "action": f"/voice/dialled?n=3&s={BEGAN}", "method": "POST"}
    assert said(call.post("/voice/dialled?n=3", DialCallStatus="completed")) == ""
    assert call.ended


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", ""])
def test_nobody_answers(staffed: Face, status: str) -> None:
    (call := Caller(staffed, 10 + len(status))).start()
    call.press("1")
    call.press("0")
    told = said(call.post("/voice/dialled?n=3", DialCallStatus=status))
    assert told.startswith(NO_ANSWER)
    assert told.count("34, 22") == 2
    assert action(call.root) == f"/voice/turn?n=3&s={BEGAN}"
    assert "Étape 1 sur" in call.press("1")


def test_dialled_out_of_the_blue(face: Face) -> None:
    assert NO_ANSWER in said(Caller(face, 50).post("/voice/dialled", DialCallStatus="busy"))


def test_a_call_without_end_is_ended(face: Face) -> None:
    (call := Caller(face, 51)).start()
    call.press("1")
    told = said(call.post(f"/voice/turn?n={MOST_TURNS}", SpeechResult="la météo marine"))
    assert "gardée" in told
    assert call.ended


def test_status_is_quietly_taken(face: Face) -> None:
    assert face.post("/voice/status", call_form(CallStatus="completed", CallDuration="12")).status_code == 204


@pytest.mark.parametrize("path", ["/voice", "/voice/turn?n=1", "/voice/dialled", "/voice/status"])
def test_unsigned_calls_are_refused(face: Face, path: str) -> None:
    assert face.post(path, call_form(), signed=False).status_code == 403


@pytest.mark.parametrize(
    "query", ["", "?n=", "?n=abc", "?n=-1", "?n=9999999999", "?n=²", "?n=1&n=2", "?x=1", "?n=1&w=9", "?n=1&w=abc"]
)
def test_a_strange_counter_does_no_harm(face: Face, query: str) -> None:
    call = Caller(face, 60 + len(query))
    call.start()
    assert call.post("/voice/turn" + quote(query, safe="?&="), Digits="1") is not None


@pytest.mark.parametrize("confidence", ["", "nan", "high", "-1", "2", "0.1"])
def test_a_strange_confidence_does_no_harm(face: Face, confidence: str) -> None:
    (call := Caller(face, 80 + len(confidence))).start()
    assert call.speak("oui", confidence)


def test_fields_may_be_missing(face: Face) -> None:
    for path in ("/voice", "/voice/turn", "/voice/turn?n=2"):
        checked(face.post(path, {}).get_data())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(words=st.text(st.characters(exclude_categories=("Cs",)), max_size=200), keys=st.text("0123456789*#", max_size=6))
@example(words="", keys="12")
@example(words="]]></s><Dial>0899</Dial>", keys="")
def test_whatever_is_heard_the_line_lives(face: Face, words: str, keys: str) -> None:
    call = Caller(face, 90)
    call.sid = f"CA{hashlib.sha256(f'{words}|{keys}'.encode()).hexdigest()[:32]}"
    call.start()
    call.post("/voice/turn?n=1", **({"Digits": keys} if keys else {}), SpeechResult=words, Confidence="0.4")


def reply(*texts: str, labels: tuple[str, ...] = (), **more: object) -> Reply:
    choices = tuple(Choice(str(index), label, "move:menu", (label,)) for index, label in enumerate(labels, 1))
    messages = [Message(text) for text in texts[:-1]] + [Message(texts[-1], choices)] if texts else []
    return Reply(tuple(messages), "x", **more)  # type: ignore[arg-type]


@given(
    st.lists(st.text(max_size=4000), max_size=3),
    st.lists(st.text(max_size=300), max_size=9),
    st.sampled_from(["choice", "long", "code"]),
    st.booleans(),
)
def test_any_reply_is_sound_twiml(texts: list[str], labels: list[str], waits: Listening, slow: bool) -> None:
    any_reply = reply(*texts, labels=tuple(labels) if texts else (), listening=waits, slow=slow)
    action(checked(listening(any_reply, "/voice/turn?n=1").encode()))
    checked(goodbye(any_reply).encode())
    checked(handed_over(any_reply, "+33199000099", "/voice/dialled?n=1").encode())


def test_waiting_for_a_card_takes_longer() -> None:
    (gather,) = checked(listening(reply("Prenez la carte."), "/voice/turn?n=1").encode()).iter("Gather")
    assert gather.get("timeout") == "8"
    (gather,) = checked(listening(reply("Prenez-la.", listening="long"), "/voice/turn?n=1").encode()).iter("Gather")
    assert gather.get("timeout") == "15"


def test_sentences_are_apart_and_the_key_comes_last() -> None:
    root = checked(listening(reply("Un. Deux ?", labels=("C'est fait", "Quoi ?")), "/voice/turn?n=1").encode())
    (prosody,) = root.iter("prosody")
    assert [part.text or part.get("time") for part in prosody] == [
        "Un.", "400ms", "Deux ?", "700ms", "C'est fait : tapez 1.", "400ms", "Quoi : tapez 2.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Appelez le 34 22. Je répète : le 34 22.", ["Appelez le 34, 22.", "Je répète : le 34, 22."]),
        ("Le 06 39 98 00 01.", ["Le 06, 39, 98, 00, 01."]),
        ("De 8h30 à 17 h.", ["De 8 heures 30 à 17 heures."]),
        ("De 8 heures 30 à 17 heures.", ["De 8 heures 30 à 17 heures."]),
        ("Le bouton (en bas) est **vert** 🎉 !", ["Le bouton, en bas, est vert !"]),
        ("« Oui »… puis “non”", ["Oui.", "puis non"]),
        ("L’e-mail — ou le SMS", ["L'e-mail, ou le SMS"]),
        ("FranceConnect+ coûte 0 €", ["FranceConnect plus coûte 0 euros"]),
        ("- un\n- deux", ["un, deux"]),
        ("a\x00b\ud800c", ["a b c"]),
        ("n° 3", ["numéro 3"]),
        ("... !", []),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_what_a_voice_would_stumble_on_is_mended(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(max_size=300))
def test_sentences_are_speakable(text: str) -> None:
    for sentence in sentences(text):
        assert sentence == sentence.strip()
        assert not set(sentence) & set('()[]{}<>*_#`«»“”"€%&@~|\\/\n\x00')
