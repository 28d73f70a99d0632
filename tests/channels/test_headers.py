"""Headers that every answer carries, whatever it is (OWASP ASVS 5.0: 3.4.1, 3.4.3 to 3.4.6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.faces import BASE, Face, open_face

PATHS = (
    "/",
    "/confidentialite",
    "/i/abc",
    "/medecin/entrer",
    "/pilotage/entrer",
    "/nowhere",
    "/healthz",
    "/static/camille.css",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_closed(face: Face, path: str) -> None:
    headers = face.app.test_client().get(path, base_url=BASE, buffered=True).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
    assert not [part for part in policy if "unsafe" in part or "*" in part or "http" in part]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    seconds, _, names = headers["Strict-Transport-Security"].partition("; ")
    assert (int(seconds.removeprefix("max-age=")), names) == (365 * 24 * 3600, "includeSubDomains")
    assert len(headers.getlist("Content-Security-Policy")) == 1


def test_one_machine_promises_no_https(tmp_path: Path) -> None:
    face = open_face(tmp_path / "var", public_base_url="http://127.0.0.1:8000", local=True)
    try:
        answer = face.app.test_client().get("/", base_url="http://127.0.0.1:8000", buffered=True)
        assert "Strict-Transport-Security" not in answer.headers
    finally:
        face.close()
