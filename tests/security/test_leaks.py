"""A small day full of secrets leaves none of them anywhere, and the search finds one that was left on purpose."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from assistant.mind import Mind
from security.attack.ledger import Ledger
from security.leaks.day import CHANNELS, whole_day
from security.leaks.drawn import KINDS, bare, secrets_of
from security.leaks.search import _found, search

PEOPLE = 60


@pytest.mark.model
def test_no_secret_of_a_day_is_left_anywhere(tmp_path: Path, mind: Mind) -> None:
    ledger = Ledger()
    search(ledger, tmp_path / "day", PEOPLE, 7, mind)
    assert [f"{each.what}: {each.outcome}" for each in ledger.through] == []
    assert len(ledger.attempts) == 2 * PEOPLE
    assert len(ledger.counts()) == len(KINDS)


def test_what_is_kept_is_looked_at(tmp_path: Path) -> None:
    """In a table, in a sealed cell, in a file: each of them is read as a thief would."""
    from assistant.privacy.sealing import Sealer
    from assistant.storage.schema import unclear

    with whole_day(tmp_path / "day") as day:
        row = {"text": "le code 1 85 05 78", "channel": "sms", "step": "x", "day": day.at}
        with day.conversation.database.transaction() as connection:
            connection.execute(unclear.insert().values(**row))
            sealed = Sealer(day.settings.secret_key).seal("A7 B2 C9", "sms")
            connection.execute(unclear.insert().values(**{**row, "text": sealed}))
        (day.settings.var / "queue").write_text("mot de passe : Zukiwo")
        kept = list(day.kept())
    found = {
        sought: {name for name, text in kept if sought in bare(text)} for sought in ("1850578", "a7b2c9", "zukiwo")
    }
    assert "unclear.text" in found["1850578"]
    assert "unclear.text, opened" in found["a7b2c9"]
    assert "the file queue" in found["zukiwo"]
    assert {"the page /mes-donnees", "the page /metrics", "the page /medecin/journal.csv"} <= {name for name, _ in kept}


def test_every_form_of_a_secret_is_found_where_it_stands() -> None:
    for secret, sentence in islice(secrets_of(3), 400):
        assert _found(secret, sentence.format(secret.written)), secret
        assert not _found(secret, sentence.format("[...]"))


def test_all_channels_have_their_share() -> None:
    assert CHANNELS == ("sms", "voice", "web", "embedded", "practice")
