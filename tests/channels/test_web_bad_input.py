"""Whatever comes over the network: a calm page that says what to do, nothing executed, nothing lost."""

from __future__ import annotations

import re

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import select
from werkzeug.test import Client

from assistant.storage import schema
from channels.web.once import one_time_id
from tests.channels.visitor import Visitor
from tests.support.faces import BASE, Face

STRANGE = ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "CONNECT", "GETT", "X" * 200)
ADDRESSES = {"/avis": 405, "/attente": 303} | dict.fromkeys(
    ("/", "/reprise", "/confidentialite", "/bouton", "/bouton.js", "/static/camille.css"), 200
)
# What must never be served, by the name of the folder that the static files lie in.
CLIMBING = (
    "/static/../pages.py",
    "/static/..%2fpages.py",
    "/static/%2e%2e/pages.py",
    "/static/%2e%2e%2fpages.py",
    "/static/..%5cpages.py",
    "/static/....//pages.py",
    "/static/%252e%252e%252fpages.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static/camille.css/../../pages.py",
    "/static/camille.css%00.txt",
    "/static/",
    "/static/.",
    "/static/" + "a" * 4000,
)
SPLIT = "x\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>"


@pytest.fixture
def on_step(face: Face) -> Visitor:
    return Visitor(face.app.test_client()).look().press("Activer mon espace").press("Pour moi")


def cookie_of(client: Client) -> str:
    kept = client.get_cookie("__Host-camille", "camille.example")
    assert kept
    return kept.value


def calm(visitor: Visitor) -> bool:
    """Words that say what to do, the way to a person, and no trace of our own failure."""
    said = "Revenir à la page de Camille" in visitor.text or "Revenir à mon étape" in visitor.text or visitor.choices
    return bool(said) and 'href="tel:3422"' in visitor.html and "Traceback" not in visitor.html


# Forms.


def test_a_message_of_100_kilobytes_is_answered_and_kept_nowhere(face: Face, on_step: Visitor) -> None:
    step = on_step.said
    on_step.write("zqxjk le code " * 7_300)
    assert on_step.status == 200
    assert calm(on_step)
    assert "zqxjk" not in on_step.html
    assert "zqxjk" not in everything(face)
    assert on_step.said == step


def everything(face: Face) -> str:
    with face.conversation.database.transaction() as connection:
        return str([connection.execute(select(table)).all() for table in schema.metadata.sorted_tables])


def test_one_larger_still_is_told_and_loses_nothing(on_step: Visitor) -> None:
    step, form = on_step.said, on_step.form("")
    on_step.post("/", {**form, "text": "a" * 200_000})
    assert on_step.status == 413
    assert calm(on_step)
    assert on_step.look().said == step


def test_a_form_with_thousands_of_fields(on_step: Visitor) -> None:
    step, form = on_step.said, on_step.form("9")
    on_step.post("/", {**form, **{f"f{index}": "x" for index in range(5_000)}})
    assert on_step.status == 200
    assert calm(on_step)
    assert on_step.look().said == step


def test_a_form_with_a_file(face: Face, on_step: Visitor) -> None:
    """A card's photograph: the text beside it is answered, the picture is not looked at."""
    form = {**on_step.form(""), "text": "parler à quelqu'un", "photo": (__file__, "carte.jpg")}
    del form["key"]
    answer = on_step.client.post("/", data=form, content_type="multipart/form-data", base_url=BASE)
    assert answer.status_code == 303
    assert "Une personne peut vous aider" in on_step.look().text


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/xml", "nonsense", ""])
def test_what_is_no_form_is_refused_calmly(on_step: Visitor, kind: str) -> None:
    step = on_step.said
    answer = on_step.client.post("/", data=b'{"key": "1"}', content_type=kind, base_url=BASE)
    assert on_step._received(answer).status == 400
    assert calm(on_step)
    assert on_step.look().said == step


@pytest.mark.parametrize("path", ["/", "/avis", "/reprise"])
def test_another_sites_form_changes_nothing(face: Face, on_step: Visitor, path: str) -> None:
    """Even should a browser send our cookie along: an old one, without SameSite."""
    step, before = on_step.said, everything(face)
    forged = {"key": "1", "id": one_time_id(), "about": "cout", "helped": "oui"}
    elsewhere = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    answer = on_step.client.post(path, data=forged, headers=elsewhere, base_url=BASE)
    assert on_step._received(answer).status == 400
    assert calm(on_step)
    assert everything(face) == before
    assert on_step.look().said == step


def test_the_token_of_somebody_else_is_refused(face: Face, on_step: Visitor) -> None:
    stranger = Visitor(face.app.test_client()).look()
    step, before = on_step.said, everything(face)
    on_step.post("/", {**on_step.form("1"), "csrf_token": stranger.form("")["csrf_token"]})
    assert on_step.status == 400
    assert everything(face) == before
    assert on_step.look().said == step


def test_a_form_cannot_name_another_person(face: Face, on_step: Visitor) -> None:
    """Who it is stands in the signed cookie only."""
    stranger = Visitor(face.app.test_client()).look()
    form = {**stranger.form("1"), "visit": cookie_of(on_step.client), "address": "p1_x", "person": "x"}
    step = on_step.said
    stranger.post("/", form)
    assert on_step.look().said == step


# Visits.


@pytest.mark.parametrize(
    "spoilt",
    [
        # Not the last letter: some of its bits are of no signature.
        pytest.param(
            lambda value: value[:-9] + ("A" if value[-9] != "A" else "B") + value[-8:], id="another signature"
        ),
        pytest.param(lambda value: "X" + value[1:], id="another visit"),
        pytest.param(lambda value: value.split(".", maxsplit=1)[0], id="no signature"),
        pytest.param(lambda value: value + "." + value, id="twice"),
        pytest.param(lambda value: "." * 50, id="dots"),
        pytest.param(lambda value: "", id="empty"),
        pytest.param(lambda value: "é" * 20, id="not ASCII"),
        pytest.param(lambda value: "A" * 4000, id="long"),
    ],
)
def test_a_tampered_cookie_is_nobodys(face: Face, on_step: Visitor, spoilt: object) -> None:
    real = cookie_of(on_step.client)
    assert callable(spoilt)
    other = Visitor(face.app.test_client())
    other.client.set_cookie("__Host-camille", spoilt(real), domain="camille.example", secure=True)
    other.look()
    assert other.title == "Bienvenue – Camille"
    assert on_step.look().title.startswith("Étape 1"), "the real one still opens the place"


def test_an_expired_visit_begins_anew(face: Face, on_step: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    form, real = on_step.form("1"), TimestampSigner.get_timestamp
    late = face.app.permanent_session_lifetime.total_seconds() + 60
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: real(signer) + int(late))
    on_step.post("/", form)
    assert on_step.status == 400
    assert calm(on_step)
    assert "Cette page était peut-être ouverte depuis très longtemps." in on_step.text
    assert "Rien n’est perdu" not in on_step.text, "it would not be true"
    assert on_step.look().title == "Bienvenue – Camille"


# Addresses, methods, headers.


@pytest.mark.parametrize("method", STRANGE)
@pytest.mark.parametrize("path", ["/", "/avis", "/confidentialite", "/static/camille.css"])
def test_odd_methods_are_refused_calmly(face: Face, path: str, method: str) -> None:
    visitor = Visitor(face.app.test_client())
    answer = visitor.client.open(path, method=method, base_url=BASE)
    assert visitor._received(answer).status == 405
    assert calm(visitor)
    assert ("POST" if path == "/avis" else "GET") in answer.headers["Allow"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_asking_for_the_head_only_or_for_the_methods(face: Face, path: str) -> None:
    client = face.app.test_client()
    head = client.head(path, base_url=BASE)
    assert head.status_code == ADDRESSES[path]
    assert head.data == b""
    options = client.options(path, base_url=BASE)
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) <= {"GET", "HEAD", "POST", "OPTIONS"}
    assert "Access-Control-Allow-Origin" not in options.headers
    assert options.data == b""
    for answer in (head, options):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        answer.close()


@pytest.mark.parametrize("path", CLIMBING)
def test_nothing_is_served_from_elsewhere(face: Face, path: str) -> None:
    visitor = Visitor(face.app.test_client())
    answer = visitor._received(visitor.client.get(path, base_url=BASE, follow_redirects=True))
    assert answer.status == 404
    assert calm(visitor)
    for secret in ("import", "root:", "Blueprint"):
        assert secret not in visitor.html


@pytest.mark.parametrize(
    "path",
    [
        "/%0d%0aSet-Cookie:%20evil=1",
        "/rien?next=https://evil.example%0d%0aX:y",
        "/static/camille.css%0d%0aX-Evil:1",
        "/?lang=%3Cscript%3Ealert(1)%3C/script%3E",
        "/reprise?code=%0d%0a%3Cscript%3E",
        "//evil.example/",
        "/\\evil.example",
    ],
)
def test_an_address_makes_no_header_and_is_not_shown_back(face: Face, path: str) -> None:
    visitor = Visitor(face.app.test_client())
    answer = visitor.client.get(path, base_url=BASE)
    visitor._received(answer)
    assert visitor.status in (200, 404, 308)
    assert "evil" not in str(answer.headers).lower() or visitor.status == 308
    assert "evil" not in visitor.html.lower() or visitor.status == 308
    assert "<script>" not in visitor.html
    if visitor.status == 308:
        assert answer.headers["Location"].startswith(f"{BASE}/") or answer.headers["Location"].startswith("/")


@pytest.mark.parametrize("field", ["key", "text", "id", "seen", "code", "csrf_token"])
def test_a_field_makes_no_header(on_step: Visitor, field: str) -> None:
    form = {**on_step.form("1"), field: SPLIT}
    answer = on_step.client.post("/", data=form, base_url=BASE)
    assert "evil" not in str(answer.headers)
    assert answer.headers.get("Location", "/") == "/"
    assert "alert(1)" not in answer.get_data(as_text=True)
    assert "alert(1)" not in on_step.look().html


@pytest.mark.parametrize(
    "header",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "javascript"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/evil.example"},
    ],
    ids=lambda header: next(iter(header)),
)
def test_where_we_are_is_not_read_from_a_request(face: Face, header: dict[str, str]) -> None:
    visitor = Visitor(face.app.test_client())
    for path in ("/", "/accessibilite", "/rien", "/bouton"):
        visitor._received(visitor.client.get(path, headers=header, base_url=BASE))
        assert "evil" not in visitor.html, path


def test_odd_headers_are_no_trouble(face: Face) -> None:
    odd = {
        "Accept-Encoding": "gzip;q=x, ,;;",
        "Accept-Language": "*" * 500,
        "If-None-Match": '"' * 99,
        "Range": "bytes=9-1",
        "Content-Length": "12",
        "Cookie": "=; ;;__Host-camille=\x7f; a" + "b" * 3000,
        "User-Agent": "<script>" * 50,
    }
    for path in ("/", "/static/camille.css", "/bouton.js"):
        answer = face.app.test_client().get(path, headers=odd, base_url=BASE, buffered=True)
        assert answer.status_code in (200, 416), path
        assert b"<script>" not in answer.data or path != "/"


def test_a_part_of_a_file_may_be_asked_for(face: Face) -> None:
    answer = face.app.test_client().get(
        "/static/camille.css", headers={"Range": "bytes=0-9", "Accept-Encoding": "gzip"}, base_url=BASE, buffered=True
    )
    assert (answer.status_code, len(answer.data)) == (206, 10)
    assert "Content-Encoding" not in answer.headers


def test_the_same_help_stands_before_everything_else_on_every_page(face: Face, on_step: Visitor) -> None:
    """The call is in the head of each page, with the same words (WCAG 3.2.6), whatever went wrong."""
    links = set()
    for path in (
        "/",
        "/reprise",
        "/confidentialite",
        "/accessibilite",
        "/mentions",
        "/mes-donnees",
        "/registre",
        "/verifier",
        "/rien",
        "/bouton",
    ):
        on_step.look(path)
        found = re.findall(r'<a class="call" href="tel:3422">.*?</a>', on_step.html)
        assert len(found) == 1, path
        assert on_step.html.index(found[0]) < on_step.html.index("<main"), path
        links |= set(found)
    on_step.look().post("/", {"key": "1"})
    assert on_step.status == 400
    assert {re.findall(r'<a class="call".*?</a>', on_step.html)[0]} == links


@pytest.mark.parametrize("path", ["/static//camille.css", "/medecin//entrer", "/medecin//static/desk.css"])
def test_an_address_with_two_slashes_leads_nowhere(face: Face, path: str) -> None:
    """The router would send it to another one of the host that the request names, which anybody may forge."""
    answer = face.app.test_client().open(path, base_url="https://evil.example")
    assert answer.status_code == 404
    assert "Location" not in answer.headers
