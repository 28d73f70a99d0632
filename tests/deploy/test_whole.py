"""All the processes of docker/compose.yml behind nginx, with PostgreSQL and Redis: a journey, a restart, a restore."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, cast

import psutil
import pytest
from sqlalchemy import delete, func, select

from assistant.content.book import open_book
from assistant.settings import ROOT
from assistant.storage import outbox
from assistant.storage import schema as tables
from assistant.storage.database import Database
from tests.channels.visitor import Visitor
from tests.support import postgres
from tests.support.browsing import Browser, session
from tests.support.current_python import with_the_packages_of_the_faces
from tests.support.deployment import Deployment, deployed
from tests.support.faces import TOKEN, sms_form
from tests.support.purged import purged
from tests.support.signing import signature
from tests.support.walker import Walker

pytestmark = pytest.mark.model

MOST_STEPS = 60
NOW, HOUR = datetime.now(timezone.utc), timedelta(hours=1)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The faces on the Python of their image, without Rasa."""
    python = with_the_packages_of_the_faces(tmp_path_factory.mktemp("faces"))
    with deployed(tmp_path_factory.mktemp("deployed"), str(python)) as made:
        yield made


def browser(deployment: Deployment) -> Browser:
    """Somebody who trusts the deployment's certificate."""
    return Browser(deployment.url, session(str(deployment.certificate)))


@pytest.fixture
def visitor(deployment: Deployment) -> Visitor:
    return Visitor(cast(Any, browser(deployment))).look()


def test_one_activation_from_the_first_press_to_its_end(deployment: Deployment, visitor: Visitor) -> None:
    """Presses and words; any face may answer each, and either mind. « Pour moi », the long way."""
    walker = Walker(open_book(ROOT / "data"), "activer", "web")
    seen: list[str] = []
    while len(seen) < MOST_STEPS and (choice := walker.answer(visitor.said)):
        seen.append(walker.at(visitor.said))
        if len(seen) == 3:
            visitor.write("j'ai pas compris")
        first = not choice.label or seen[-1] == "depart"
        visitor.press(visitor.choices[0] if first else choice.label)
        assert visitor.status == 200
    assert walker.at(visitor.said), visitor.said
    assert walker.answer(visitor.said) is None
    assert len(set(seen)) > 5
    logs = "".join(deployment.said(name) for name in deployment.running)
    assert "Traceback" not in logs
    assert "A turn failed" not in logs


def test_free_words_are_understood_elsewhere(visitor: Visitor) -> None:
    visitor.write("c'est quoi mon espace santé")
    assert "Mon espace santé" in visitor.said
    assert "prépare" not in visitor.text


def test_who_writes_while_every_face_starts_anew_is_understood(deployment: Deployment, visitor: Visitor) -> None:
    """Their masters keep the door open: a sentence waits there for whoever is started in their place."""
    for number, _ in enumerate(deployment.faces):
        for worker in psutil.Process(deployment.running[f"channels-{number}"].pid).children():
            worker.kill()
            worker.wait()
    visitor.write("c'est quoi mon espace santé")
    assert visitor.status == 200
    assert "Mon espace santé" in visitor.said
    assert "je ne lis pas" not in visitor.said


def test_the_cookie_is_only_for_https(deployment: Deployment, visitor: Visitor) -> None:
    (cookie,) = cast(Any, visitor.client).session.cookies
    assert cookie.name == "__Host-camille"
    assert cookie.secure


def test_an_sms_is_let_in_by_its_signature_behind_the_proxy(deployment: Deployment) -> None:
    """Twilio signs the public address; the faces hear another one, in plain HTTP. Sent twice, it counts once."""
    form = sms_form("Bonjour")
    public = "https://camille.localhost/sms?a=b%20c"
    line = browser(deployment).session
    signed = {"X-Twilio-Signature": signature(TOKEN, public, form), "X-Forwarded-Host": "evil.example"}
    answers = [line.post(f"{deployment.url}/sms?a=b%20c", data=form, headers=signed, timeout=20) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "<Message>" in answers[0].text
    assert answers[0].text == answers[1].text
    other = {"X-Twilio-Signature": signature(TOKEN, f"{deployment.url}/sms", form)}
    assert line.post(f"{deployment.url}/sms", data=form, headers=other, timeout=20).status_code == 403


@pytest.mark.parametrize(
    ("name", "says"), [("worker", "envoie ce qui attend"), ("worker-alone", "efface chaque nuit")], ids=["", "alone"]
)
def test_the_worker_starts_and_ends_when_it_is_told(deployment: Deployment, name: str, says: str) -> None:
    """With an account as in production, and as compose.yml starts it, without one. Both purge what was missed."""
    token = str(deployment.folder / "secrets" / "twilio_auth_token")
    account = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN_FILE": token, "TWILIO_SENDER": "38123"}
    live = Database(deployment.database_url)
    with live.transaction() as connection:
        connection.execute(delete(tables.operator_acts).where(tables.operator_acts.c.act == "purged"))
    deployment.start(name, "worker", **(account if name == "worker" else {}))
    end = time.monotonic() + 60
    while says not in deployment.said(name) or purged(live) is None:
        assert deployment.running[name].poll() is None, deployment.said(name)
        assert time.monotonic() < end
        time.sleep(0.2)
    live.close()
    assert deployment.end(name) == 0
    assert "Traceback" not in deployment.said(name)


@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_what_is_for_those_who_run_it_is_not_told_outside(deployment: Deployment, path: str) -> None:
    assert browser(deployment).get(path, "", True).status_code == 404


def test_a_face_that_goes_is_missed_by_nobody(deployment: Deployment, visitor: Visitor) -> None:
    """A rolling restart: each face in turn is told to end, and started again."""
    for number, face in enumerate(deployment.faces):
        assert deployment.end(f"channels-{number}") == 0, deployment.said(f"channels-{number}")
        for _ in range(4):
            before = visitor.said
            visitor.write("répétez")
            assert visitor.status == 200
            assert visitor.said == before
        deployment.face(number)
        deployment.wait(f"channels-{number}", f"http://127.0.0.1:{face}/readyz")


def test_without_a_mind_keys_still_lead_on(deployment: Deployment, visitor: Visitor) -> None:
    for number, _ in enumerate(deployment.minds):
        deployment.end(f"assistant-{number}", signal.SIGKILL)
    for _, _ in enumerate(deployment.faces):  # both have to notice
        visitor.write("pourquoi faut-il faire tout cela")
    before = visitor.said
    visitor.press(visitor.choices[0])
    assert visitor.status == 200
    assert visitor.said not in ("", before)
    assert "se prépare" not in visitor.title
    for number, mind in enumerate(deployment.minds):
        deployment.start(f"assistant-{number}", "assistant", UNDERSTANDING_BIND=f"127.0.0.1:{mind}")
        deployment.wait(f"assistant-{number}", f"http://127.0.0.1:{mind}/readyz")


def test_the_log_of_nginx_says_nobody(deployment: Deployment, visitor: Visitor) -> None:
    visitor.look("/i/AAAAAAAAAAAAAAAAAAAAAA?a=b")
    lines = (deployment.folder / "access.log").read_text().splitlines()
    assert lines
    face = rf"127\.0\.0\.1:(?:{'|'.join(map(str, deployment.faces))})"
    shape = re.compile(rf"\S+ [A-Z]+ (?:/[a-z]*|-) \d{{3}} \d+ [\d.]+ [\d., -]+ (?:-|{face}(?:, {face})*) [\d, -]+")
    assert [line for line in lines if not shape.fullmatch(line)] == []


def test_a_backup_is_restored_and_nothing_old_leaves_again(deployment: Deployment, visitor: Visitor) -> None:
    """The commands of docs/deploy.md: every row of every table is there again; what was due meanwhile is set aside."""
    visitor.press(visitor.choices[0])
    live = Database(deployment.database_url)
    with live.transaction() as connection:
        for key, due in (("past", NOW - HOUR), ("future", NOW + HOUR)):
            row: dict[str, Any] = {"kind": "sms", "address": "p1_a", "number": "s1.x", "body": "Bonjour"}
            outbox.put(connection, key=key, due_at=due, at=NOW - 2 * HOUR, **row)
    live.close()
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    (dump,) = re.findall(r"^(pg_dump .*)$", page, re.M)
    (restore,) = re.findall(r"^(pg_restore .*)$", page, re.M)
    (aside,) = re.findall(r"```sql\n(.*?)```", page, re.S)
    with postgres.server().database() as other:
        told = {
            '"$(cat docker/secrets/database_url)"': deployment.database_url,
            "--dbname=camille_restored": f"--dbname={other}",
        }
        for command in (dump, restore):
            for written, meant in told.items():
                command = command.replace(written, meant)  # noqa: PLW2901
            binary, *arguments = command.split()
            subprocess.run([postgres.server().tools / binary, *arguments], cwd=deployment.folder, check=True)
        assert counted(other) == counted(deployment.database_url)
        restored = Database(other)
        restored.upgrade()
        with restored.transaction() as connection:
            connection.exec_driver_sql(aside)
            states = {row.key: (row.state, row.number) for row in connection.execute(select(tables.outbox))}
        restored.close()
    assert (states["past"], states["future"]) == (("cancelled", ""), ("due", "s1.x"))


def test_when_every_face_is_gone_people_are_told_whom_to_call(deployment: Deployment) -> None:
    for number, _ in enumerate(deployment.faces):
        deployment.end(f"channels-{number}", signal.SIGKILL)
    line = browser(deployment).session
    for asked in (line.get(f"{deployment.url}/", timeout=20), line.post(f"{deployment.url}/", timeout=20)):
        asked.encoding = "utf-8"
        assert asked.status_code == 503
        assert "appelez le 34 22" in asked.text
        assert asked.headers["Cache-Control"] == "no-store"
    call = line.post(f"{deployment.url}/voice", data={"CallSid": "CA1"}, timeout=20)
    assert (call.status_code, call.headers["Content-Type"]) == (200, "text/xml")
    assert b"<Say" in call.content
    # An SMS is not answered by nginx: who said STOP would be written to. Twilio tries again.
    assert line.post(f"{deployment.url}/sms", data={"MessageSid": "SM1"}, timeout=20).status_code == 502
    assert line.get(f"{deployment.url}/down/voice.xml", timeout=20).status_code == 404
    for number, face in enumerate(deployment.faces):
        deployment.face(number)
        deployment.wait(f"channels-{number}", f"http://127.0.0.1:{face}/healthz")


def counted(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    database = Database(url)
    try:
        with database.transaction() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in tables.metadata.sorted_tables
            }
    finally:
        database.close()
