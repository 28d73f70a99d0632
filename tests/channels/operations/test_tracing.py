"""Traces: a real receiver sees each turn with its parts, here and where it is understood, and nothing of anybody."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from assistant.distant import DistantMind
from assistant.errors import SettingError
from assistant.privacy.pseudonyms import pseudonym
from assistant.settings import ROOT, read_settings
from channels.operations.collector import Collector
from channels.operations.tracing import MIND
from channels.understanding.service import create_service
from tests.channels.test_sms import texts
from tests.support.carrier import Served
from tests.support.faces import PERSON, Face, NoWords, open_face, sms_form

KEY = "u" * 40
NIR, NAME = "1 85 12 75 108 123 42", "Ernestine Quatrefages"


@dataclass
class Receiver:
    """What a collector is sent, decoded."""

    raw: bytes = b""
    spans: list[Any] = field(default_factory=list)

    def app(self) -> Flask:
        made = Flask("collector", static_folder=None)

        @made.post("/v1/traces")
        def take() -> tuple[bytes, int]:
            sent = request.get_data()
            self.raw += sent
            for resource in ExportTraceServiceRequest.FromString(sent).resource_spans:
                names = {one.key: one.value.string_value for one in resource.resource.attributes}
                service = names["service.name"]
                self.spans += [(service, span) for scope in resource.scope_spans for span in scope.spans]
            return b"", 200

        return made

    def named(self, name: str) -> list[Any]:
        return [span for _, span in self.spans if span.name == name]

    def noted(self, name: str) -> list[dict[str, str]]:
        return [{one.key: one.value.string_value for one in span.attributes} for span in self.named(name)]


@pytest.fixture
def receiver() -> Iterator[tuple[Receiver, str]]:
    made = Receiver()
    with Served(made.app()) as served:
        yield made, served.url


@pytest.fixture
def face(tmp_path: Path, receiver: tuple[Receiver, str]) -> Iterator[Face]:
    opened = open_face(tmp_path, traces_to=receiver[1])
    yield opened
    opened.close()


def flushed(face: Face) -> None:
    """All that was told has arrived."""
    collector: Collector = face.app.extensions["camille-collector"]
    collector.close()


def test_a_turn_is_told_with_its_parts(face: Face, receiver: tuple[Receiver, str]) -> None:
    face.post("/sms", sms_form("Bonjour"))
    flushed(face)
    found = receiver[0]
    (asked,), (turn,), (rendering,) = (found.named(name) for name in ("sms.receive", "turn", "rendering"))
    assert {service for service, _ in found.spans} == {"camille-channels"}
    assert (asked.parent_span_id, turn.parent_span_id, rendering.parent_span_id) == (b"", asked.span_id, asked.span_id)
    parts = [span for span in (span for _, span in found.spans) if span.parent_span_id == turn.span_id]
    assert [span.name for span in parts] == ["storage", "gate", "guide", "storage"]
    for span in parts:
        assert turn.start_time_unix_nano <= span.start_time_unix_nano <= span.end_time_unix_nano
        assert span.end_time_unix_nano <= turn.end_time_unix_nano <= rendering.end_time_unix_nano
    assert len({span.trace_id for _, span in found.spans}) == 1
    (noted,) = found.noted("turn")
    assert noted["camille.channel"] == "sms"
    assert noted["camille.topic"]


def test_nothing_of_anybody_is_told(face: Face, receiver: tuple[Receiver, str]) -> None:
    """Words, numbers, names, codes, the invitation in an address, the message's own name, the person's."""
    token = "Q7mZ0bVn3kXyR2tLwEaHcg"
    bodies = [f"je m'appelle {NAME}", NIR, "mon code est 482913", "la météo marine de demain"]
    for index, body in enumerate(bodies):
        face.post("/sms", sms_form(body, sid=f"SM{index:032d}"))
    face.app.test_client().get(f"/i/{token}", base_url="https://camille.example", headers={"User-Agent": NAME})
    flushed(face)
    found = receiver[0]
    assert len(found.named("turn")) == len(bodies)
    assert len(found.named("inviting.look")) == 1
    address = pseudonym("phone", PERSON, face.settings.pseudonym_pepper)
    secrets = [NAME, "Ernestine", NIR, NIR.replace(" ", ""), "482913", "marine", PERSON, PERSON[3:], token, address]
    secrets += [address[3:11], "0" * 20, face.settings.secret_key]
    assert [secret for secret in secrets if secret.encode() in found.raw] == []
    keys = {one.key for _, span in found.spans for one in span.attributes}
    assert keys <= {
        "camille.channel", "camille.topic", "camille.step", "camille.held", "camille.missed", "error.type",
        "http.request.method", "http.response.status_code",
    }  # fmt: skip
    assert all(not span.events and not span.links and not span.status.message for _, span in found.spans)


def test_a_failure_is_told_by_its_kind_only(
    face: Face, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(NAME)

    monkeypatch.setattr(type(face.conversation), "_decide", property(fail))
    assert "34 22" in texts(face.post("/sms", sms_form("Bonjour")))[0]
    flushed(face)
    assert receiver[0].noted("turn")[0]["error.type"] == "RuntimeError"
    assert NAME.encode() not in receiver[0].raw


def test_what_comes_from_outside_is_not_believed(face: Face, receiver: tuple[Receiver, str]) -> None:
    theirs = "0af7651916cd43dd8448eb211c80319c"
    face.post("/sms", sms_form("Bonjour"), headers={"traceparent": f"00-{theirs}-b7ad6b7169203331-01"})
    flushed(face)
    assert theirs not in {span.trace_id.hex() for _, span in receiver[0].spans}


def test_a_sentence_understood_elsewhere_is_part_of_the_same_turn(
    tmp_path: Path, receiver: tuple[Receiver, str]
) -> None:
    """Two processes, one trace; whoever does not know the key takes part in none."""
    mind: Any = NoWords()
    there = Collector(receiver[1], MIND)
    with Served(create_service(mind, KEY, there)) as served:
        face = open_face(tmp_path, traces_to=receiver[1], understanding_url=served.url, understanding_key=KEY)
        mind.guide = face.conversation.guide
        distant = DistantMind(served.url, KEY)
        distant.prepare()
        face.conversation.mind = distant
        face.conversation.traced_by(face.app.extensions["camille-collector"].tracing)
        face.post("/sms", sms_form("la météo marine de demain"))
        wrong = DistantMind(served.url, "w" * 40)
        wrong.headers = lambda: {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        with pytest.raises(Exception, match="401"):
            wrong.parse("bonjour")
        flushed(face)
        there.close()
        distant.close()
        face.close()
    found = receiver[0]
    (here,), (elsewhere,) = found.named("understanding"), found.named("/understand")
    assert elsewhere.parent_span_id == here.span_id
    assert elsewhere.trace_id == here.trace_id == found.named("turn")[0].trace_id
    assert {service for service, span in found.spans if span.name == "/understand"} == {MIND}
    assert b"marine" not in found.raw
    assert "0af7651916cd43dd8448eb211c80319c" not in {span.trace_id.hex() for _, span in found.spans}


def test_a_collector_that_is_away_holds_nobody_up(tmp_path: Path) -> None:
    face = open_face(tmp_path, traces_to="http://127.0.0.1:9")
    assert texts(face.post("/sms", sms_form("Bonjour")))
    face.close()


def test_nothing_is_imported_where_no_collector_is_set() -> None:
    line = (
        "import sys, channels.app, channels.cli.main, channels.understanding.service;"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    command = [sys.executable, "-W", "ignore", "-c", line]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize(
    "address", ["collector", "ftp://x", "http://me:secret@x"], ids=["no scheme", "ftp", "password"]
)
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingError, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        read_settings({"CAMILLE_VAR": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": address})
