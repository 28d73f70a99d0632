"""Trying /medecin on one machine: a pretend provider or a one-time link. On a public address, neither exists."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from rich.console import Console

from assistant.pro_sante_connect import ProSanteConnect
from assistant.settings import ROOT
from channels.cli.doctor import GOOD, NOTE, examine
from channels.cli.trying import open_trial, sites
from channels.practice.pretend import running
from channels.practice.psc import EXTENSION, Doorway
from channels.practice.trial import LIFE, make_link
from tests.support.faces import BASE
from tests.support.forging import CLIENT, SECRET, Forger
from tests.support.pretend_provider import Doctor, Practice, open_practice, read, start

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Practice]:
    """A service on one machine with nothing configured."""
    opened = open_practice(tmp_path, psc=ProSanteConnect(), local=True, public_base_url=HERE, twilio_auth_token="")
    yield opened
    opened.close()


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Practice]:
    opened = open_practice(tmp_path, psc=ProSanteConnect())
    yield opened
    opened.close()


def doorway(app: Flask) -> Doorway:
    found: Doorway = app.extensions[EXTENSION]
    return found


@pytest.fixture
def without_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.practice.pretend.running.shutil.which", lambda name: None)


def written_by(practice: Practice) -> tuple[str, io.StringIO]:
    """Start the trial; the link that was written, and what it was written on."""
    paper = io.StringIO()
    thread = open_trial(practice.app, practice.settings, Console(file=paper, width=200))
    assert thread
    thread.join(120)
    found = re.findall(rf"{HERE}/medecin/essai/\S+", paper.getvalue())
    return (found[-1] if found else ""), paper


class TestLink:
    def test_signs_in_once(self, local: Practice, without_node: None) -> None:
        link, paper = written_by(local)
        assert "à l'essai" in paper.getvalue()
        assert "un quart d'heure" in paper.getvalue()
        somebody = Doctor(local.app, HERE)
        assert "Votre lien d’entrée est écrit dans le terminal" in read(somebody.get("/medecin/entrer"))
        for _ in range(3):
            page = somebody.back(link)
            assert page.status_code == 200, "looking uses nothing up"
        assert "un médecin qui n’existe pas" in read(page)
        path = link.removeprefix(HERE)
        assert somebody.post(path, page).headers["Location"] == "/medecin"
        assert somebody.get("/medecin/entrer").status_code == 303
        other = Doctor(local.app, HERE)
        assert other.back(link).status_code == 400
        assert other.post(path, other.get("/medecin/entrer")).status_code == 400
        assert other.get("/medecin/entrer").status_code == 200
        assert path.rsplit("/", 1)[1] not in local.everything_stored()

    def test_is_too_old_after_a_quarter_of_an_hour(self, local: Practice, without_node: None) -> None:
        link, _ = written_by(local)
        local.later(LIFE)
        somebody = Doctor(local.app, HERE)
        assert somebody.back(link).status_code == 400
        answer = somebody.post(link.removeprefix(HERE), somebody.get("/medecin/entrer"))
        assert answer.status_code == 400

    def test_another_is_written_on_request(self, local: Practice, without_node: None) -> None:
        first, paper = written_by(local)
        somebody = Doctor(local.app, HERE)
        somebody.post("/medecin/essai", somebody.get("/medecin/entrer"))
        links = re.findall(rf"{HERE}/medecin/essai/\S+", paper.getvalue())
        assert len(links) == 2
        assert links[0] == first
        assert links[1] != first

    def test_npm_that_fails_leaves_the_link(self, local: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
        failed = subprocess.CompletedProcess([], 1, b"", b"")
        monkeypatch.setattr("channels.practice.pretend.running.shutil.which", lambda name: f"/nowhere/{name}")
        monkeypatch.setattr("channels.practice.pretend.running.subprocess.run", lambda *_, **__: failed)
        link, paper = written_by(local)
        assert link
        assert "npm n'a pas pu apporter" in paper.getvalue()
        assert doorway(local.app).state == "link"


class TestPretend:
    def test_is_started_and_signs_in(self, tmp_path: Path) -> None:
        start([HERE]).close()  # skips where there is no Node
        opened = open_practice(tmp_path, psc=ProSanteConnect(), local=True, public_base_url=HERE)
        link, paper = written_by(opened)
        provider = opened.app.extensions["camille.pretend"]
        assert link == ""
        assert f"{HERE}/medecin" in paper.getvalue()
        for base in sites(opened.settings):
            somebody = Doctor(opened.app, base)
            assert "la page qui suit n’est pas Pro Santé Connect" in read(somebody.get("/medecin/entrer"))
            assert somebody.signs_in().headers["Location"] == "/medecin", base
        provider.close()
        assert provider._process.returncode == 0
        opened.close()

    def test_ends_with_whoever_started_it(self) -> None:
        """Even one who is killed: its input ends."""
        provider = start([HERE])
        assert provider._process.stdin
        provider._process.stdin.close()
        assert provider._process.wait(10) == 0
        provider._process.stdout.close()  # type: ignore[union-attr]

    def test_an_old_node_is_told(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        said = subprocess.CompletedProcess([], 0, "v16.20.0\n", "")
        monkeypatch.setattr(running.subprocess, "run", lambda *_, **__: said)
        monkeypatch.setattr(running.shutil, "which", lambda name: f"/nowhere/{name}")
        with pytest.raises(running.PretendError, match="Node est trop vieux"):
            running._node()


class TestOnAPublicAddress:
    def test_neither_exists(self, public: Practice, without_node: None) -> None:
        paper = io.StringIO()
        assert open_trial(public.app, public.settings, Console(file=paper)) is None
        assert paper.getvalue() == ""
        assert doorway(public.app).state == "closed"
        assert [str(rule) for rule in public.app.url_map.iter_rules() if "essai" in str(rule)] == []
        assert "trial" not in public.app.blueprints
        with pytest.raises(ValueError, match="public address"):
            make_link(public.app)

    def test_the_addresses_are_lost(self, public: Practice) -> None:
        somebody = Doctor(public.app)
        token = "x" * 43
        assert somebody.get(f"/medecin/essai/{token}").status_code == 404
        page = somebody.get("/medecin/entrer")
        assert somebody.post("/medecin/entrer", somebody.get("/reprise")).status_code == 503
        assert "Pro Santé Connect n’est pas encore réglé ici" in read(page)
        assert somebody.post(f"/medecin/essai/{token}", somebody.get("/reprise")).status_code == 404
        assert somebody.post("/medecin/essai", somebody.get("/reprise")).status_code == 404
        assert somebody.get("/medecin/retour?code=a&state=b").status_code == 503
        assert somebody.get("/medecin/sortie?state=b").status_code == 400

    def test_a_provider_that_is_set_is_the_only_one(self, tmp_path: Path) -> None:
        """Even on one machine: whoever tries the sandbox is not led to the pretend one."""
        forger = Forger()
        opened = open_practice(tmp_path, forger.psc, local=True, public_base_url=HERE)
        assert open_trial(opened.app, opened.settings, Console(file=io.StringIO())) is None
        assert doorway(opened.app).state == "open"
        opened.close()
        forger.close()

    def test_nothing_of_ours_lets_authlib_do_without_encryption(self) -> None:
        named = [
            path
            for room in ("assistant", "channels")
            for path in (ROOT / room).rglob("*.*")
            if path.suffix in (".py", ".mjs", ".sh") and "INSECURE_TRANSPORT" in path.read_text(encoding="utf-8")
        ]
        assert named == []


class TestDoctor:
    def test_says_how_physicians_sign_in(self, local: Practice, public: Practice) -> None:
        forger = Forger()
        given = replace(public.settings, psc=replace(forger.psc, client_id=CLIENT, client_secret=SECRET))
        told = {
            name: [(mark, line) for mark, line in examine(settings) if "Pro Santé Connect" in line or "À y" in line]
            for name, settings in (("local", local.settings), ("public", public.settings), ("set", given))
        }
        forger.close()
        assert told["local"] == [
            (NOTE, "Pro Santé Connect : pas réglé. « make run » ouvre un essai de /medecin, sur cette machine.")
        ]
        ((mark, line),) = told["public"]
        assert mark == NOTE
        assert "PSC_ISSUER, PSC_CLIENT_ID, PSC_CLIENT_SECRET" in line
        assert told["set"] == [
            (GOOD, f"Pro Santé Connect : réglé, chez {forger.issuer}."),
            (NOTE, f"À y déclarer, à la lettre près : {BASE}/medecin/retour et {BASE}/medecin/sortie"),
        ]
        assert SECRET not in str(told)
