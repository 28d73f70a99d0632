"""What travels: files kept a year under a name that changes, text packed, a first page for a 3G telephone."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from struct import unpack

import pytest
from werkzeug.test import Client, TestResponse

from channels.web import assets
from tests.channels.visitor import Visitor
from tests.support.faces import BASE, Face

# Half of what the first page may weigh (60 KB): drawings and a longer text will want the other half.
FIRST_PAGE = 30 * 1024
SAME_SHEET = re.compile(r'href="(/static/camille\.css\?v=([0-9a-f]{12}))"')


@pytest.fixture
def client(face: Face) -> Client:
    return face.app.test_client()


def get(client: Client, path: str, **headers: str) -> TestResponse:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.get(path, base_url=BASE, headers=given, buffered=True)


def test_a_file_is_asked_for_by_what_it_holds_and_kept_a_year(client: Client) -> None:
    found = SAME_SHEET.search(get(client, "/").get_data(as_text=True))
    assert found
    answer = get(client, found[1])
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("query", ["", "?v=0123456789ab", "?v="])
def test_by_another_name_it_is_asked_for_again(client: Client, query: str) -> None:
    answer = get(client, f"/static/camille.css{query}")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = get(client, f"/static/camille.css{query}", If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_a_changed_file_has_another_name(tmp_path: Path, face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    names = []
    for content in ("a", "b"):
        (tmp_path / "x.css").write_text(content)
        with face.app.test_request_context("/", base_url=BASE):
            names.append(face.app.url_for("web.static", filename="x.css"))
    assert len(set(names)) == 2


def test_pages_are_never_kept(client: Client) -> None:
    for path in ("/", "/confidentialite", "/reprise", "/rien"):
        assert get(client, path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/static/camille.css", "/bouton.js", "/confidentialite"])
def test_text_is_packed_for_who_takes_it(client: Client, path: str) -> None:
    plain, packed = get(client, path), get(client, path, Accept_Encoding="br, gzip;q=0.8")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    if path != "/":  # whose ids differ each time
        assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("taken", ["", "identity", "gzip;q=0", "br"])
def test_others_get_it_plain(client: Client, taken: str) -> None:
    assert "Content-Encoding" not in get(client, "/static/camille.css", Accept_Encoding=taken).headers


def test_what_was_packed_is_known_again(client: Client) -> None:
    answer = get(client, "/static/camille.css", Accept_Encoding="gzip")
    assert answer.headers["ETag"].startswith("W/")
    again = get(client, "/static/camille.css", Accept_Encoding="gzip", If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_drawings_of_points_and_small_answers_are_left_as_they_are(client: Client) -> None:
    for path in ("/static/camille-512.png", "/static/camille.svg", "/healthz"):
        answer = get(client, path, Accept_Encoding="gzip")
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
        answer.close()


def test_the_head_says_what_the_whole_would(client: Client) -> None:
    answer = client.head("/static/camille.css", base_url=BASE, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert (answer.status_code, answer.data) == (200, b"")


def test_the_first_page_is_light(client: Client) -> None:
    """Everything that a browser loads before the first press, icons apart, as it travels."""
    page = get(client, "/").get_data(as_text=True)
    asked = ["/", *re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js|svg)[^"]*)"', page)]
    weights = {path: len(get(client, path, Accept_Encoding="gzip").data) for path in asked}
    assert len(weights) >= 3
    assert sum(weights.values()) < FIRST_PAGE, weights


# On a telephone's first screen.


def test_the_manifest_tells_what_a_telephone_needs(client: Client) -> None:
    assert '<link rel="manifest" href="/manifest.webmanifest">' in get(client, "/").get_data(as_text=True)
    answer = get(client, "/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    told = json.loads(answer.data)
    assert (told["lang"], told["start_url"], told["scope"], told["display"]) == ("fr", "/", "/", "minimal-ui")
    assert (told["short_name"], told["name"].startswith("Camille")) == ("Camille", True)
    for icon in told["icons"]:
        drawn = get(client, icon["src"])
        assert (drawn.status_code, drawn.mimetype) == (200, icon["type"])
        if icon["type"] == "image/png":
            width, height = unpack(">II", drawn.data[16:24])
            assert icon["sizes"] == f"{width}x{height}"
        drawn.close()
    assert {icon["sizes"] for icon in told["icons"]} == {"any", "192x192", "512x512"}


def test_nothing_works_behind_the_page(client: Client) -> None:
    """No service worker: what a telephone shows is what was sent just now."""
    scripts = re.findall(r'src="(/static/[^"]+\.js[^"]*)"', get(client, "/").get_data(as_text=True))
    assert not [path for path in scripts if "serviceWorker" in get(client, path).get_data(as_text=True)]


def test_the_visit_is_not_lengthened_by_files(face: Face) -> None:
    visitor = Visitor(face.app.test_client()).look()
    answer = visitor.client.get("/static/camille.css", base_url=BASE)
    assert "Set-Cookie" not in answer.headers
    answer.close()
    assert "Set-Cookie" in visitor.client.get("/", base_url=BASE).headers
