"""What is too large is refused before it is read, on every face; how long a request may take is set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from channels.cli.gunicorn_service import GunicornService, JsonLogger
from channels.sizes import LARGEST_REQUEST
from tests.support.faces import BASE, Face, open_face, sms_form


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    opened = open_face(tmp_path, limited=True)
    yield opened
    opened.close()


@pytest.mark.parametrize("path", ["/", "/avis", "/reprise", "/i/" + "a" * 22, "/medecin/entrer/code", "/medecin/sms"])
def test_a_page_says_so_kindly(face: Face, path: str) -> None:
    answer = face.app.test_client().post(path, data={"text": "a" * LARGEST_REQUEST}, base_url=BASE)
    assert answer.status_code == 413
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/sms", "/voice", "/voice/turn", "/sms/status"])
def test_twilio_is_told_so(face: Face, path: str) -> None:
    assert face.post(path, sms_form("a" * LARGEST_REQUEST)).status_code == 413


@pytest.mark.parametrize("path", ["/", "/sms"])
def test_a_form_of_a_thousand_fields_is_no_form(face: Face, path: str) -> None:
    body = b"--x\r\n" + b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n--x\r\n' * 1100 + b"--"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = face.app.test_client().post(path, data=body, headers=headers, base_url=BASE)
    assert answer.status_code in (400, 403, 413)


def test_the_server_has_limits_of_its_own() -> None:
    config = GunicornService("127.0.0.1:0", lambda: Flask("empty"), threads=2).cfg
    assert (config.timeout, config.graceful_timeout, config.accesslog) == (120, 5, None)
    assert config.limit_request_line <= 4094
    assert config.limit_request_fields <= 100
    assert config.limit_request_field_size <= 8190
    assert config.logger_class is JsonLogger
