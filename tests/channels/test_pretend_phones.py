"""The pretend telephones of the terminal: they go through the real webhooks, and follow what these answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from channels.app import create_app
from channels.cli import call, sms
from channels.providers.pretend import PretendError, PretendTwilio, pretending
from tests.support.faces import Face, open_face

NUMBER = "06 39 98 00 01"


@pytest.fixture
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    """A machine where nothing is configured, and the made-up account of a pretend telephone."""
    opened = open_face(
        tmp_path_factory.mktemp("var"),
        public_base_url="http://127.0.0.1:8000",
        twilio_account_sid="",
        twilio_auth_token="",
        human_phone_number="0199000099",
    )
    opened.settings = pretending(opened.settings)
    opened.app = create_app(opened.settings, opened.conversation)
    yield opened
    opened.close()


def typed(*lines: str) -> Callable[[str], str]:
    """A keyboard: `lines`, then Ctrl-D."""
    left = iter(lines)

    def read(prompt: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return read


def texted(face: Face, *lines: str, number: str = NUMBER, price: float = 0.07) -> str:
    told: list[str] = []
    sms.run(face.app, face.settings, number, typed(*lines), told.append, price=price)
    return "\n".join(told)


def called(face: Face, *lines: str, hidden: bool = False) -> str:
    told: list[str] = []
    call.run(face.app, face.settings, NUMBER, typed(*lines), told.append, hidden=hidden)
    return "\n".join(told)


def test_messages_are_bubbles_with_their_cost(face: Face) -> None:
    told = texted(face, "Bonjour", "", "1")
    assert told.count(" Vous ─") == 2
    assert told.count(" Camille ─") == 2
    assert "1 segment GSM-7, 0,07 €" in told
    assert "prix d'exemple" in told
    assert "Étape 1/" in told


def test_the_running_cost_counts_both_ways(face: Face) -> None:
    told = texted(face, "ç" * 71, price=0.10)
    assert "2 segments UCS-2, 0,20 €" in told
    counts = [int(count) for count in re.findall(r"(\d+) segments? (?:GSM-7|UCS-2)", told)]
    assert len(counts) == 2
    assert f"{sum(counts)} segments en tout, aller et retour : {sum(counts) / 10:.2f}".replace(".", ",") in told


def test_a_long_message_is_cut_where_a_provider_would(face: Face) -> None:
    assert "Camille" in texted(face, "mot " * 800)


def test_after_stop_the_telephone_says_that_nothing_came(face: Face) -> None:
    assert "Camille se tait" in texted(face, "STOP", "STOP")


def test_what_is_no_number_is_refused_in_plain_words(face: Face) -> None:
    with pytest.raises(PretendError, match="06 39 98 00 01"):
        texted(face, "Bonjour", number="douze")


def test_a_call_is_told_sentence_by_sentence(face: Face) -> None:
    told = called(face, "1", "au revoir")
    assert "Camille dit : « Que voulez-vous faire ? »" in told
    assert "Camille dit : « Activer mon espace : tapez 1. »" in told
    assert told.endswith("Camille a raccroché.")


def test_hanging_up_and_calling_again_resumes(face: Face) -> None:
    assert called(face, "1").endswith("Vous avez raccroché.")
    assert "étape 1 sur" in called(face)


def test_silence_ends_the_call(face: Face) -> None:
    assert called(face, "1", "", "", "").endswith("Camille a raccroché.")


def test_words_and_four_keys_are_sent_as_they_are(face: Face) -> None:
    assert "code" in called(face, "j'ai un code de reprise", "25 80")


def test_a_person_is_rung(face: Face) -> None:
    answered = called(face, "1", "0", "oui")
    assert "+33199000099" in answered
    assert answered.endswith("Camille a raccroché.")
    assert "Personne n'a pu répondre." in called(face, "1", "0", "non")


def test_a_hidden_number_starts_afresh(face: Face) -> None:
    called(face, "1", hidden=True)
    assert "étape 1 sur" not in called(face, hidden=True)


@pytest.mark.parametrize(
    "twiml",
    ["<Response><Record/></Response>", "<Response><Gather><Play/></Gather></Response>"],
    ids=["verb", "nested"],
)
def test_an_unknown_verb_is_refused(face: Face, monkeypatch: pytest.MonkeyPatch, twiml: str) -> None:
    answer = fromstring(twiml)  # noqa: S314 - written above
    monkeypatch.setattr(PretendTwilio, "post", lambda *_: answer)
    with pytest.raises(PretendError, match=r"Record|Play"):
        called(face, "1")


def test_gather_falls_through_where_silence_is_not_sent(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    twiml = "<Response><Gather action='/voice/turn'><Pause length='2'/></Gather><Say>Fin.</Say></Response>"
    answer = fromstring(twiml)  # noqa: S314 - written above
    monkeypatch.setattr(PretendTwilio, "post", lambda *_: answer)
    told = called(face, "")
    assert "(silence, 2 s)" in told
    assert "« Fin. »" in told


def test_an_answer_that_is_no_twiml_is_refused(face: Face) -> None:
    twilio = PretendTwilio(face.app, replace(face.settings, twilio_auth_token="autre"))
    with pytest.raises(PretendError, match="403"):
        twilio.post("/sms", {"From": "+33639980001"})


def test_a_public_address_may_have_a_path(face: Face) -> None:
    settings = replace(face.settings, public_base_url="https://example.org/camille")
    app = create_app(settings, face.conversation)
    told: list[str] = []
    call.run(app, settings, NUMBER, typed("1", "au revoir"), told.append)
    assert told[-1].endswith("Camille a raccroché.")
