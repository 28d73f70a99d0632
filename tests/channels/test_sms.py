"""POST /sms as Twilio does it: signed, repeated, strange."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from assistant.privacy.pseudonyms import pseudonym
from tests.support.faces import BASE, Face, open_face, sms_form
from tests.support.signing import signature

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response />'


def number(last: int) -> str:
    """A person of one's own for each test: places do not mix."""
    return f"+336399800{last:02d}"


def texts(response: TestResponse) -> list[str]:
    assert response.status_code == 200
    assert response.mimetype == "text/xml"
    root = ElementTree.fromstring(response.get_data())  # noqa: S314 - our own answer
    assert root.tag == "Response"
    assert [verb.tag for verb in root] == ["Message"] * len(root)
    assert len(root) <= 1
    return [verb.text or "" for verb in root]


def test_first_message_gets_one_reply(face: Face) -> None:
    (text,) = texts(face.post("/sms", sms_form("Bonjour", number=number(1), sid="SM01")))
    assert "assistant automatique" in text
    assert text.splitlines()[-3:] == [
        "1 = Activer mon espace",
        "2 = Savoir si c'est utile",
        "3 = Autre chose",
    ]


def test_a_digit_leads_on(face: Face) -> None:
    texts(face.post("/sms", sms_form("Bonjour", number=number(2), sid="SM02a")))
    (text,) = texts(face.post("/sms", sms_form("1", number=number(2), sid="SM02b")))
    assert "Étape 1/" in text


def test_the_same_message_again_is_byte_for_byte_the_same(face: Face) -> None:
    texts(face.post("/sms", sms_form("Bonjour", number=number(3), sid="SM03a")))
    first = face.post("/sms", sms_form("1", number=number(3), sid="SM03b"))
    again = face.post("/sms", sms_form("1", number=number(3), sid="SM03b"), headers={"I-Twilio-Idempotency-Token": "t"})
    assert first.get_data() == again.get_data()
    # It had no second effect: the next answer is that of the second step, not of the third.
    later = face.post("/sms", sms_form("répéter", number=number(3), sid="SM03c"))
    assert texts(later) == texts(first)


def test_the_address_is_the_pseudonym_of_the_number(face: Face) -> None:
    texts(face.post("/sms", sms_form("Bonjour", number=number(4), sid="SM04")))
    address = pseudonym("phone", number(4), face.settings.pseudonym_pepper)
    assert face.conversation.look_again(address, "sms").intent == "saluer"


@pytest.mark.parametrize(
    "given",
    ["", "AAAA", "é", signature("autre", BASE + "/sms", sms_form("Bonjour"))],
    ids=["empty", "short", "accent", "another-token"],
)
def test_a_wrong_signature_is_refused(face: Face, given: str) -> None:
    headers = {"X-Twilio-Signature": given.encode().decode("latin-1")}
    response = face.post("/sms", sms_form("Bonjour"), signed=False, headers=headers)
    assert (response.status_code, response.get_data()) == (403, b"")


def test_no_signature_is_refused(face: Face) -> None:
    assert face.post("/sms", sms_form("Bonjour"), signed=False).status_code == 403
    assert face.post("/sms/status", sms_form(""), signed=False).status_code == 403


def test_a_changed_body_is_refused(face: Face) -> None:
    right = signature(face.settings.twilio_auth_token, BASE + "/sms", sms_form("Bonjour "))
    response = face.post("/sms", sms_form("Bonjour"), signed=False, headers={"X-Twilio-Signature": right})
    assert response.status_code == 403


def test_the_host_that_a_request_claims_counts_for_nothing(face: Face) -> None:
    form = sms_form("Bonjour")
    forged = signature(face.settings.twilio_auth_token, "https://evil.example/sms", form)
    headers = {"X-Twilio-Signature": forged, "X-Forwarded-Host": "evil.example", "Host": "evil.example"}
    assert face.post("/sms", form, signed=False, headers=headers).status_code == 403


def test_the_query_string_is_signed_too(face: Face) -> None:
    form = sms_form("Bonjour", number=number(5), sid="SM05")
    texts(face.post("/sms?a=1&b=%C3%A9", form))
    headers = {"X-Twilio-Signature": signature(face.settings.twilio_auth_token, BASE + "/sms", form)}
    assert face.post("/sms?a=1", form, signed=False, headers=headers).status_code == 403


def test_closed_without_a_twilio_account(tmp_path_factory: pytest.TempPathFactory) -> None:
    closed = open_face(tmp_path_factory.mktemp("closed"), twilio_account_sid="", twilio_auth_token="")
    try:
        for path in ("/sms", "/sms/status", "/voice", "/voice/turn", "/voice/dialled", "/voice/status"):
            response = closed.post(path, sms_form("Bonjour"))
            assert response.status_code == 503
            assert "TWILIO_ACCOUNT_SID" in response.get_data(as_text=True)
            assert len(response.get_data(as_text=True).splitlines()) == 1
    finally:
        closed.close()


def test_only_posts(face: Face) -> None:
    assert face.app.test_client().get("/sms").status_code == 405


def test_status_is_quietly_taken(face: Face) -> None:
    form = {"MessageSid": "SM06", "MessageStatus": "delivered", "AccountSid": "AC" + "0" * 32}
    assert face.post("/sms/status", form).status_code == 204


@pytest.mark.parametrize("sender", ["38123", "ameli", "MONESPACE", "", "   "])
def test_machines_are_not_answered(face: Face, sender: str) -> None:
    response = face.post("/sms", sms_form("Votre colis attend", number=sender, sid=f"SM07{sender}"))
    assert response.get_data(as_text=True) == EMPTY


@pytest.mark.parametrize("sender", ["+1", "+" + "9" * 400, "+abc", "+88213100000", "+590690000101", "06 39 98 00 08"])
def test_strange_numbers_are_answered(face: Face, sender: str) -> None:
    assert texts(face.post("/sms", sms_form("Bonjour", number=sender, sid=f"SM08{sender}")))


def test_fields_may_be_missing(face: Face) -> None:
    assert face.post("/sms", {}).get_data(as_text=True) == EMPTY
    assert texts(face.post("/sms", {"From": number(9)}))
    assert texts(face.post("/sms", {"From": number(9), "Body": "Bonjour"}))
    assert texts(face.post("/sms", {"From": number(9), "MessageSid": "SM" + "9" * 300, "Body": "1"}))


def test_without_an_identifier_a_retry_is_still_a_repeat(face: Face) -> None:
    texts(face.post("/sms", sms_form("Bonjour", number=number(10), sid="SM10a")))
    form = {"From": number(10), "Body": "1"}
    assert face.post("/sms", form).get_data() == face.post("/sms", form).get_data()


@pytest.mark.parametrize(
    "form",
    [
        sms_form(
            "",
            number=number(11),
            sid="MM11a",
            NumMedia="1",
            MediaUrl0="https://x.example/1",
            MediaContentType0="image/jpeg",
        ),
        sms_form("", number=number(11), sid="SM11b"),
        sms_form("   \n", number=number(11), sid="SM11c"),
        sms_form("👍", number=number(11), sid="SM11d"),
        sms_form("à" * 1600, number=number(11), sid="SM11e"),
        sms_form("x" * 20_000, number=number(11), sid="SM11f"),
        sms_form("/restart", number=number(11), sid="SM11g"),
        sms_form("]]><Message>&amp;<!--", number=number(11), sid="SM11h"),
    ],
    ids=["mms", "empty", "blank", "emoji", "1600", "20000", "slash", "markup"],
)
def test_strange_messages_are_answered(face: Face, form: dict[str, str]) -> None:
    assert texts(face.post("/sms", form))


def test_stop_is_noted_and_said_once(face: Face) -> None:
    texts(face.post("/sms", sms_form("Bonjour", number=number(12), sid="SM12a")))
    assert texts(face.post("/sms", sms_form("Arrêtez", number=number(12), sid="SM12b")))
    assert texts(face.post("/sms", sms_form("STOP", number=number(12), sid="SM12c"))) == []


@pytest.mark.parametrize("word", ["STOP", "CANCEL", "MotDuContrat"])
def test_a_stop_that_twilio_answered_is_noted_without_a_word(face: Face, word: str) -> None:
    who = number(13 + len(word) % 5)
    texts(face.post("/sms", sms_form("Bonjour", number=who, sid=f"SM13a{word}")))
    assert texts(face.post("/sms", sms_form(word, number=who, sid=f"SM13b{word}", OptOutType="STOP"))) == []
    (text,) = texts(face.post("/sms", sms_form("Bonjour", number=who, sid=f"SM13c{word}")))
    assert "STOP" in text
    assert "OUI" in text


@pytest.mark.parametrize("kind", ["START", "HELP", "AUTRE"])
def test_what_twilio_answered_gets_no_second_answer(face: Face, kind: str) -> None:
    form = sms_form(kind, number=number(19), sid=f"SM19{kind}", OptOutType=kind)
    assert face.post("/sms", form).get_data(as_text=True) == EMPTY


def test_danger_is_answered_after_stop(face: Face) -> None:
    texts(face.post("/sms", sms_form("STOP", number=number(20), sid="SM20a")))
    (text,) = texts(face.post("/sms", sms_form("je fais un infarctus", number=number(20), sid="SM20b")))
    assert "15" in text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=st.text(st.characters(exclude_categories=("Cs",)), max_size=300), data=st.data())
def test_whatever_is_written_the_answer_is_one_sound_message(face: Face, body: str, data: st.DataObject) -> None:
    sid = data.draw(st.uuids()).hex
    assert len(texts(face.post("/sms", sms_form(body, number=number(21), sid=sid)))) <= 1


def test_a_failure_is_answered_kindly(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(type(face.conversation), "_decide", property(fail))
    (text,) = texts(face.post("/sms", sms_form("Bonjour", number=number(22), sid="SM22")))
    assert "34 22" in text
