"""Wrong guesses: few from one, few from one network, few in all; and whoever is not guessing is let in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import Connection

from assistant.journeys.progress import Progress
from assistant.storage import guesses, persons, schema
from assistant.storage.guesses import ALL, EVERY, INVITATION, NETWORK, OPERATOR, RESUME, Caps, note, shut, used
from assistant.turns import Reply

AT = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
HERS, HER_NETWORK = "p1_sa_visite", "p1_son_reseau"


def guessed(connection: Connection, caps: Caps, networks: int, times: int = 150) -> int:
    """How many were looked at of a guesser who has so many networks and takes a new visit each time."""
    looked_at = 0
    for time in range(times):
        visit, network = f"p1_visite{networks}_{time}", f"p1_reseau{time % networks}"
        if shut(connection, caps, visit, network, AT) is None:
            note(connection, caps, visit, network, AT)
            looked_at += 1
    return looked_at


@pytest.mark.parametrize("caps", EVERY, ids=lambda caps: caps.kind)
class TestEachKind:
    def test_one_network_guesses_a_fifth_and_shuts_out_nobody_else(self, connection: Connection, caps: Caps) -> None:
        assert guessed(connection, caps, networks=1) == caps.most_of_network == caps.most_of_all // 5
        assert shut(connection, caps, HERS, "p1_reseau0", AT) == "too_many_of_network"
        assert shut(connection, caps, HERS, HER_NETWORK, AT) is None

    def test_four_shut_out_only_who_is_wrong_herself(self, connection: Connection, caps: Caps) -> None:
        assert guessed(connection, caps, networks=4) == caps.most_of_all * 4 // 5
        assert shut(connection, caps, HERS, HER_NETWORK, AT) is None, "a right one is looked at"
        note(connection, caps, HERS, HER_NETWORK, AT)
        assert shut(connection, caps, HERS, HER_NETWORK, AT) == "too_many_of_all"
        assert shut(connection, caps, "p1_sa_voisine", HER_NETWORK, AT) == "too_many_of_all"
        assert shut(connection, caps, HERS, HER_NETWORK, AT + caps.window) is None

    def test_any_number_of_networks_has_no_more_than_there_is(self, connection: Connection, caps: Caps) -> None:
        assert guessed(connection, caps, networks=150) == caps.most_of_all
        assert shut(connection, caps, HERS, HER_NETWORK, AT) == "too_many_of_all"
        assert shut(connection, caps, HERS, HER_NETWORK, AT + caps.window - INSTANT) == "too_many_of_all"
        assert shut(connection, caps, HERS, HER_NETWORK, AT + caps.window) is None

    def test_telephones_come_from_no_network_and_have_their_own_count(self, connection: Connection, caps: Caps) -> None:
        for _ in range(caps.most):
            assert shut(connection, caps, HERS, "", AT) is None
            note(connection, caps, HERS, "", AT)
        assert shut(connection, caps, HERS, "", AT) == "too_many"
        assert shut(connection, caps, "p1_une_autre", "", AT) is None

    def test_how_much_is_used_up(self, connection: Connection, caps: Caps) -> None:
        note(connection, caps, HERS, HER_NETWORK, AT)
        told = used(connection, AT)
        assert set(told) == {each.kind for each in EVERY}
        assert {kind: part for kind, part in told.items() if part} == {caps.kind: 1 / caps.most_of_all}
        assert used(connection, AT + caps.window)[caps.kind] == 0

    def test_its_name_fits_its_column(self, connection: Connection, caps: Caps) -> None:
        """SQLite would keep a longer one, PostgreSQL refuse it."""
        room = schema.guesses.c.kind.type.length
        assert max(len(caps.kind + part) for part in ("", NETWORK, ALL)) <= room


def test_fourteen_networks_use_all_up_and_thirteen_do_not(connection: Connection) -> None:
    """Four to reach the last fifth, then one guess from each that was not wrong yet."""
    for network in range(4):
        for time in range(RESUME.most_of_network):
            note(connection, RESUME, f"p1_v{network}_{time}", f"p1_r{network}", AT)
    for further in range(RESUME.most_of_all - RESUME.open_to_all):
        assert shut(connection, RESUME, HERS, HER_NETWORK, AT) is None
        note(connection, RESUME, f"p1_w{further}", f"p1_s{further}", AT)
    assert shut(connection, RESUME, HERS, HER_NETWORK, AT) == "too_many_of_all"


def test_the_arithmetic_that_is_told_is_that_of_the_caps() -> None:
    told = {
        row[1]: [int(figure.replace(",", "")) for figure in row.groups()[1:]]
        for row in re.finditer(
            r"^ +(resume codes|invitations|one-time codes) +(\S+) +(\S+) +(\S+) ", _docstring(), re.M
        )
    }
    by_name = {"resume codes": RESUME, "invitations": INVITATION, "one-time codes": guesses.ACCESS}
    assert told == {
        name: [DAY // caps.window * most for most in (caps.most_of_network, caps.open_to_all, caps.most_of_all)]
        for name, caps in by_name.items()
    }


def test_what_is_not_of_all_counts_for_its_name_and_its_network(connection: Connection) -> None:
    for name in range(OPERATOR.most_of_all):
        note(connection, OPERATOR, f"p1_nom{name}", f"p1_reseau{name}", AT, of_all=False)
    assert used(connection, AT)["operator"] == 0
    assert shut(connection, OPERATOR, HERS, HER_NETWORK, AT) is None
    for _ in range(OPERATOR.most):
        note(connection, OPERATOR, HERS, HER_NETWORK, AT, of_all=False)
    assert shut(connection, OPERATOR, HERS, HER_NETWORK, AT) == "too_many"


def test_who_has_herself_erased_gets_no_guesses_back_of_what_is_for_all(connection: Connection) -> None:
    """Erasing is free, and so is a new visit: five guesses, an erasure, and five more must not go on for ever."""
    looked_at = 0
    for time in range(40):
        person = persons.find(connection, HERS)
        persons.save(connection, person, HERS, Progress(), Reply((), ""), AT)
        for _ in range(RESUME.most):
            if shut(connection, RESUME, HERS, HER_NETWORK, AT) is None:
                note(connection, RESUME, HERS, HER_NETWORK, AT)
                looked_at += 1
        persons.forget(connection, persons.find(connection, HERS).id)
        mine = select(schema.guesses).where(schema.guesses.c.address == HERS)
        assert connection.execute(mine).all() == [], time
    assert looked_at == RESUME.most_of_network


def test_rows_of_before_are_those_of_their_address(connection: Connection) -> None:
    """What an older version wrote has no count of all, and holds its own guesser back."""
    for _ in range(RESUME.most):
        connection.execute(insert(schema.guesses).values(kind="resume", address=HERS, at=AT))
    assert shut(connection, RESUME, HERS, HER_NETWORK, AT) == "too_many"
    assert shut(connection, RESUME, "p1_une_autre", "", AT) is None


def _docstring() -> str:
    return guesses.__doc__ or ""
