"""A small day full of secrets leaves none of them anywhere, and the search finds one that was left on purpose."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from assistant.mind import Mind
from security.attack.ledger import Ledger
from security.leaks.day import CHANNELS, NOT_SAID, OPENED, whole_day
from security.leaks.drawn import KINDS, bare, secrets_of
from security.leaks.pages import pages
from security.leaks.search import CROWD, QUEUE, Kept, _found, _sealed, search
from security.leaks.waiting import EACH

PEOPLE = 60


@pytest.mark.model
def test_no_secret_of_a_day_is_left_anywhere(tmp_path: Path, mind: Mind) -> None:
    ledger = Ledger()
    search(ledger, tmp_path / "day", PEOPLE, 7, mind)
    assert [f"{each.what}: {each.outcome}" for each in ledger.through] == []
    counts = {kind: tried for kind, tried, _ in ledger.counts()}
    numbers, links = counts.pop("leak: number of somebody"), counts.pop("leak: link to somebody")
    assert (counts.pop("leak: what waits"), links) == (4, EACH)
    assert numbers > 5 * EACH
    assert sum(counts.values()) == 2 * (PEOPLE + CROWD)
    assert len(counts) == len(KINDS)


def test_a_number_that_waits_in_clear_is_found(tmp_path: Path) -> None:
    """So is the link that an invitation carries; sealed, neither is."""
    number, link = "612345678", "abcdefabcdefabcdefab"
    sealed = [Kept.of(f"outbox.number{OPENED}", f"33{number}"), Kept.of(f"outbox.body{OPENED}", f"i{link}")]
    for name, text, through in (
        ("outbox.number", "sealed", set()),
        ("outbox.number", f"33{number}", {number}),
        ("invitations.token", f"x{link}", {link}),
    ):
        ledger = Ledger()
        _sealed(ledger, {number}, {link}, [*sealed, Kept.of(name, text)])
        assert {each.what for each in ledger.through if each.kind != "leak: what waits"} == through
        waits = {each.what: each.held for each in ledger.attempts if each.kind == "leak: what waits"}
        assert waits == {"outbox.number": True, "reminders.number": False, "outbox.body": True, QUEUE: False}


def test_every_page_of_practices_and_operators_is_looked_at(tmp_path: Path) -> None:
    with whole_day(tmp_path / "day") as day:
        seen = dict(pages(day))
    for path in ("", "/incompris", "/journal", "/avis", "/couts", "/rappels", "/canaux", "/parcours", "/faits"):
        assert "Quitter" in seen[f"the page /pilotage{path} of an operator"], path
    for path in (
        "",
        "/acces",
        "/journal",
        "/journal.csv",
        "/chiffres",
        "/chiffres.csv",
        "/feuille",
        "/affiche",
        "/sms",
    ):
        assert len(seen[f"the page /medecin{path} of Nguyen"]) > 40, path
    assert 'name="numero"' in seen["the page /medecin/sms of Martin"]
    assert {"the page /mes-donnees of anybody", "the page /metrics of anybody"} <= set(seen)


def test_what_is_kept_is_looked_at(tmp_path: Path) -> None:
    """In a table, in a sealed cell, in a file: each of them is read as a thief would."""
    from assistant.privacy.sealing import Sealer
    from assistant.storage.schema import unclear

    with whole_day(tmp_path / "day") as day:
        noon = day.at.replace(hour=12, minute=2, second=50)  # in digits, the beginning of a card
        row = {"text": "le code 1 85 05 78", "channel": "sms", "step": "x", "day": noon}
        with day.conversation.database.transaction() as connection:
            connection.execute(unclear.insert().values(**row))
            sealed = Sealer(day.settings.secret_key).seal("A7 B2 C9", "sms")
            connection.execute(unclear.insert().values(**{**row, "text": sealed}))
        (day.settings.var / "queue").write_text("mot de passe : Zukiwo")
        kept = list(day.stored())
    found = {
        sought: {name for name, text in kept if sought in bare(text)}
        for sought in ("1850578", "a7b2c9", "zukiwo", "02500000")
    }
    assert found["02500000"] == set()
    assert "unclear.text" in found["1850578"]
    assert "unclear.text, opened" in found["a7b2c9"]
    assert "the file queue" in found["zukiwo"]


def test_every_form_of_a_secret_is_found_where_it_stands() -> None:
    for secret, sentence in islice(secrets_of(3), 400):
        assert _found(secret, sentence.format(secret.written)), secret
        assert not _found(secret, sentence.format("[...]"))


def test_all_channels_have_their_share() -> None:
    assert CHANNELS == ("sms", "voice", "web", "embedded", "doors", "access")


class TestHolds:
    DRAWN = "vWIgfGuDgp9h1o625452uk2sG"

    @pytest.mark.parametrize(
        ("text", "piece"),
        [
            ("bonjour je m'appelle Kiju", "kiju"),
            ("Kiju-Wohul", "wohul"),
            ("le code 625 452 merci", "625452"),
            ("le code six deux cinq quatre cinq deux", "625452"),
            ("numero802500000217786083544", "17786083"),
            (DRAWN + " 625452", "625452"),
        ],
    )
    def test_what_is_left_is_found(self, text: str, piece: str) -> None:
        assert Kept.of("somewhere", text).holds(piece)
        assert Kept.together([Kept.of("a", ""), Kept.of("b", text)]).holds(piece)

    @pytest.mark.parametrize("piece", ["fgud", "625452"])
    def test_what_stands_in_a_drawn_name_by_chance_is_not(self, piece: str) -> None:
        assert not Kept.of("somewhere", self.DRAWN).holds(piece)

    @pytest.mark.parametrize(
        ("text", "left"),
        [
            ("web2026-11-23 18:48:25.000000sms", "websms"),
            ("web2026-11-23T18:48:25+00:00", "web"),
            ("web1-23 18:48:25.000000sms", "websms"),
            ("web 18:48:25.00000018482500", "web18482500"),
            ("18482500 18:48:25.000000", "18482500 "),
            ("18:48:25:00", "18:48:25:00"),
        ],
    )
    def test_a_moment_is_not_said_nor_what_is_left_of_one_and_all_else_is(self, text: str, left: str) -> None:
        assert NOT_SAID.sub("", text) == left

    def test_nor_what_stands_in_a_digest_by_chance(self) -> None:
        digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db0225871792164881"
        assert not Kept.of("somewhere", f"p1 {digest} sms").holds("22587179")
        assert Kept.of("somewhere", f"p1 {digest} 22587179").holds("22587179")
        assert Kept.of("somewhere", "1850578" * 5).holds("85057818"), "figures alone are no digest"
