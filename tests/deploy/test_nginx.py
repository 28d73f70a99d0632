"""docker/nginx.conf: nginx itself reads it, and what it lets through."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.content.book import open_book
from assistant.settings import ROOT
from channels.voice.phrases import LANGUAGE, VOICE
from tests.support.nginx import DOCKER, laid_out, nginx


@pytest.mark.parametrize("door", ["trial", "production"])
def test_nginx_takes_it(tmp_path: Path, door: str) -> None:
    conf = laid_out(tmp_path, door, port=18080, faces=[18000, 18001])
    said = subprocess.run([nginx(), "-t", "-c", conf, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr, said.stderr


def test_what_is_logged_says_nobody() -> None:
    text = (DOCKER / "nginx.conf").read_text()
    (kept,) = re.findall(r"log_format \w+ ((?:'[^']*'\s*)+);", text)
    assert set(re.findall(r"\$(\w+)", kept)) <= {
        "time_iso8601",
        "request_method",
        "room",
        "status",
        "body_bytes_sent",
        "request_time",
        "upstream_response_time",
        # Of our faces, not of people.
        "upstream_addr",
        "upstream_status",
    }


def test_no_path_is_rewritten() -> None:
    """Twilio signs the address as it wrote it: `proxy_pass` with a path, or a rewriting, would break that."""
    text = (DOCKER / "nginx" / "routes.conf").read_text()
    assert set(re.findall(r"proxy_pass ([^;]+);", text)) == {"http://$faces"}
    assert not re.search(r"^\s*(?:rewrite|sub_filter)\s", text, re.M)


def test_when_nobody_is_there_the_usual_words_are_said() -> None:
    """nginx cannot read data/: its two files say what « panne_partout » says, and change with it."""
    answers = open_book(ROOT / "data").answers
    words = answers["panne_partout"].say
    page = (DOCKER / "nginx" / "down" / "page.html").read_text(encoding="utf-8")
    assert " ".join(re.findall("<p>(.*)</p>", page)) == words.web
    assert str(words.web).startswith(str(answers["panne"].say.web)), "what a face says, and then where in danger"
    assert re.findall('href="tel:([0-9]+)"', page) == ["3422", "15", "3114"]
    assert "http" not in page.replace("<!doctype html>", "")
    spoken = ElementTree.fromstring((DOCKER / "nginx" / "down" / "voice.xml").read_bytes())  # noqa: S314 - ours
    assert [(verb.tag, verb.text) for verb in spoken] == [("Say", words.voice), ("Hangup", None)]
    assert spoken[0].attrib == {"voice": VOICE, "language": LANGUAGE}, "the same person speaks"
