"""The caps on invitations by SMS: to the second, for each and for all, and for those who come at the same instant."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from assistant.inviting_by_sms import (
    A_DAY,
    A_MINUTE,
    A_NUMBER,
    LEAST_TAKEN_UP,
    TIME_TO_ANSWER,
    UPTAKE,
    Cap,
    InvitingBySms,
    Refused,
    held_back,
    ignored,
)
from assistant.mobiles import Mobile
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.sealing import Sealer
from assistant.settings import Settings
from assistant.storage import consents, invited, practice_months, practices, schema, unanswered
from assistant.storage.database import Database
from assistant.storage.invited import TakenUp
from assistant.storage.practices import Member
from tests.support.at_once import at_once

# A Monday, at noon in Paris.
NOON = datetime(2026, 11, 23, 11, tzinfo=timezone.utc)
INSTANT = timedelta(microseconds=1)
WORDS = "Une aide gratuite: {link} Refus: STOP"
DAY = timedelta(days=1)


@dataclass
class Desk:
    """A practice with two physicians, another with one, and the sending of SMS for them."""

    settings: Settings
    database: Database
    martin: Member
    diallo: Member
    elsewhere: Member

    def __post_init__(self) -> None:
        self.numbers, self.forms = count(), count()

    def send(self, who: Member | None = None, number: str = "", at: datetime = NOON, form: str = "") -> Any:
        member = who or self.martin
        inviting = InvitingBySms(self.settings, self.database, lambda: WORDS)
        return inviting.send(
            member,
            Mobile(number or self.number()),
            physician=member.id,
            aim="activer",
            form=form or f"form {next(self.forms)}",
            at=at,
        )

    def number(self) -> str:
        return f"+3363998{next(self.numbers):04d}"

    def rows(self, table: str) -> list[Any]:
        with self.database.transaction() as connection:
            return connection.execute(select(schema.metadata.tables[table])).all()  # type: ignore[no-any-return]

    def made(self, who: Member) -> int:
        with self.database.transaction() as connection:
            return sum(month.made for month in practice_months.of(connection, who.practice))


@pytest.fixture
def desk(settings: Settings, database: Database) -> Desk:
    with database.transaction() as connection:
        here = practices.practice_of(connection, "here", "Cabinet des Tilleuls", NOON)
        there = practices.practice_of(connection, "there", "Cabinet du Port", NOON)
        made = [
            practices.physician_of(connection, here, "1", "Le docteur Martin", NOON),
            practices.physician_of(connection, here, "2", "Le docteur Diallo", NOON),
            practices.physician_of(connection, there, "3", "Le docteur Nguyen", NOON),
        ]
        members: list[Any] = [practices.member(connection, one) for one in made]
    return Desk(settings, database, *members)


class TestSending:
    def test_one_row_is_sealed_and_leads_to_one_invitation(self, desk: Desk) -> None:
        number = "+33639980001"
        assert desk.send(number=number) == "sent"
        (invitation,), (row,), (line,) = desk.rows("invitations"), desk.rows("outbox"), desk.rows("audit")
        assert (row.key, row.kind, row.state, row.due_at) == (f"invite:{invitation.id}", "sms", "due", NOON)
        assert (invitation.way, invitation.aim, invitation.most) == ("sms", "activer", 1)
        assert (line.act, line.member, line.practice) == ("texted", desk.martin.id, desk.martin.practice)
        assert desk.made(desk.martin) == 1
        address = pseudonym("phone", number, desk.settings.pseudonym_pepper)
        assert row.address == address
        sealer = Sealer(desk.settings.secret_key)
        assert sealer.open(row.number, address) == number
        text = sealer.open(row.body, address)
        assert text.startswith(f"Une aide gratuite: {desk.settings.public_base_url}/i/")
        assert text.endswith(" Refus: STOP")

    def test_no_number_and_no_link_stands_anywhere_in_the_open(self, desk: Desk) -> None:
        desk.send(number="+33639980001")
        (row,) = desk.rows("outbox")
        body = Sealer(desk.settings.secret_key).open(row.body, row.address)
        token = body.split("/i/")[1].split()[0]
        told = "\n".join(repr(desk.rows(table)) for table in schema.metadata.tables)
        assert len(token) == 22
        for secret in ("639980001", "63998", token):
            assert secret not in told

    def test_the_same_form_counts_once(self, desk: Desk) -> None:
        number = desk.number()
        assert [desk.send(number=number, form="one") for _ in range(3)] == ["sent"] * 3
        assert (len(desk.rows("outbox")), len(desk.rows("invited")), desk.made(desk.martin)) == (1, 1, 1)

    def test_another_practice_that_knows_the_name_of_a_form_does_not_use_it_up(self, desk: Desk) -> None:
        desk.send(form="one")
        assert desk.send(desk.elsewhere, form="one") == "sent"
        assert len(desk.rows("outbox")) == 2

    def test_what_goes_wrong_leaves_nothing(self, desk: Desk) -> None:
        broken = InvitingBySms(desk.settings, desk.database, lambda: 1 / 0)  # type: ignore[arg-type,return-value]
        with pytest.raises(ZeroDivisionError):
            broken.send(desk.martin, Mobile(desk.number()), physician=desk.martin.id, aim="activer", form="f", at=NOON)
        assert [desk.rows(name) for name in ("invited", "invitations", "outbox", "audit", "practice_slips")] == [[]] * 5


class TestCaps:
    def test_one_a_telephone_in_thirty_days(self, desk: Desk) -> None:
        number = desk.number()
        desk.send(number=number)
        again = NOON + A_NUMBER.window
        for member in (desk.martin, desk.diallo):
            assert desk.send(member, number, at=again - INSTANT) == Refused("number", again)
        assert len(desk.rows("outbox")) == 1
        assert desk.send(number=number, at=again) == "sent"

    def test_ten_a_minute_of_a_practice(self, desk: Desk) -> None:
        for number in range(A_MINUTE.most):
            who = desk.martin if number % 2 else desk.diallo
            assert desk.send(who, at=NOON + timedelta(seconds=number)) == "sent"
        again = NOON + A_MINUTE.window
        for who in (desk.martin, desk.diallo):
            assert desk.send(who, at=again - INSTANT) == Refused("minute", again)
        assert desk.send(desk.elsewhere, at=again - INSTANT) == "sent", "and not of another"
        assert desk.send(at=again) == "sent"

    def test_forty_a_day_of_a_member(self, desk: Desk) -> None:
        for number in range(A_DAY.most):
            assert desk.send(at=NOON + timedelta(minutes=number)) == "sent"
        again = NOON + DAY
        assert desk.send(at=again - INSTANT) == Refused("day", again)
        assert desk.send(desk.diallo, at=again - INSTANT) == "sent", "and not of a colleague"
        assert desk.send(at=again) == "sent"

    def test_so_many_a_day_of_all(self, desk: Desk) -> None:
        desk.settings = replace(desk.settings, invitations_per_day=5)
        for number in range(5):
            who = desk.martin if number % 2 else desk.elsewhere
            assert desk.send(who, at=NOON + timedelta(minutes=number)) == "sent"
        for who in (desk.martin, desk.diallo, desk.elsewhere):
            assert desk.send(who, at=NOON + timedelta(hours=5)) == Refused("service", NOON + DAY)
        assert desk.send(at=NOON + DAY) == "sent"

    def test_none_at_all_where_the_setting_is_zero(self, desk: Desk) -> None:
        desk.settings = replace(desk.settings, invitations_per_day=0)
        assert desk.send() == Refused("service", None)
        assert desk.rows("invited") == []

    @pytest.mark.parametrize(("hour", "minute", "opens"), [(5, 59, 23), (20, 0, 24)])
    def test_none_by_night(self, desk: Desk, hour: int, minute: int, opens: int) -> None:
        opened = NOON.replace(day=opens, hour=6)
        assert desk.send(at=NOON.replace(hour=hour, minute=minute)) == Refused("night", opened)
        assert desk.rows("invited") == []

    def test_a_refusal_is_told_to_who_runs_the_service_without_a_number(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        number = desk.number()
        with caplog.at_level(logging.INFO):
            desk.send(number=number)
            desk.send(number=number)
        (said,) = [record.getMessage() for record in caplog.records]
        assert "number" in said
        assert desk.martin.practice in said
        assert number.removeprefix("+33") not in said
        assert pseudonym("phone", number, desk.settings.pseudonym_pepper) not in said

    def test_what_is_refused_counts_against_nothing(self, desk: Desk) -> None:
        number = desk.number()
        desk.send(number=number)
        for _ in range(30):
            desk.send(number=number)
        assert desk.send() == "sent"
        assert (len(desk.rows("invited")), desk.made(desk.martin)) == (2, 2)


class TestNothingIsLearnt:
    """About a telephone, by whoever invites it."""

    def test_who_said_stop_is_answered_for_as_always(self, desk: Desk) -> None:
        number = desk.number()
        address = pseudonym("phone", number, desk.settings.pseudonym_pepper)
        with desk.database.transaction() as connection:
            consents.stop(connection, address, "sms", NOON)
        assert desk.send(number=number) == "sent"
        assert desk.made(desk.martin) == 1

    def test_who_never_answers_is_answered_for_as_always(self, desk: Desk) -> None:
        """That nothing will leave (channels/outbox.py) shows nowhere: neither in the answer nor in what is counted."""
        numbers = [desk.number(), desk.number()]
        with desk.database.transaction() as connection:
            for _ in range(unanswered.MOST):
                unanswered.note(connection, pseudonym("phone", numbers[0], desk.settings.pseudonym_pepper), NOON)
        assert [desk.send(number=number) for number in numbers] == ["sent", "sent"]
        assert desk.made(desk.martin) == len(desk.rows("invited")) == len(desk.rows("invitations")) == 2
        again = NOON + A_NUMBER.window
        assert {desk.send(number=number, at=NOON + DAY) for number in numbers} == {Refused("number", again)}

    def test_whom_another_practice_invited_is_passed_over_in_silence(self, desk: Desk) -> None:
        number = desk.number()
        desk.send(desk.elsewhere, number)
        assert desk.send(number=number) == "sent"
        assert len(desk.rows("outbox")) == 1, "and is not written to twice"
        assert (desk.made(desk.martin), len(desk.rows("invited"))) == (1, 2), "as if it had left"

    def test_a_second_try_is_refused_as_it_always_is(self, desk: Desk) -> None:
        """Otherwise trying twice would tell the two apart."""
        number = desk.number()
        desk.send(desk.elsewhere, number)
        desk.send(number=number, at=NOON + DAY)
        assert desk.send(number=number, at=NOON + 2 * DAY) == Refused("number", NOON + DAY + A_NUMBER.window)

    def test_passing_over_does_not_begin_the_thirty_days_anew_for_others(self, desk: Desk) -> None:
        number = desk.number()
        desk.send(desk.elsewhere, number)
        desk.send(number=number, at=NOON + 20 * DAY)
        assert desk.send(desk.elsewhere, number, at=NOON + A_NUMBER.window) == "sent"
        assert len(desk.rows("outbox")) == 2

    def test_it_takes_a_place_in_every_cap(self, desk: Desk) -> None:
        numbers = [desk.number() for _ in range(A_MINUTE.most)]
        for number in numbers:
            desk.send(desk.elsewhere, number)
        later = NOON + timedelta(hours=1)
        assert [desk.send(number=number, at=later) for number in numbers] == ["sent"] * A_MINUTE.most
        assert desk.send(at=later) == Refused("minute", later + A_MINUTE.window)

    def test_who_has_herself_erased_is_not_known_to_have_been_invited(self, desk: Desk) -> None:
        number = desk.number()
        desk.send(number=number)
        address = pseudonym("phone", number, desk.settings.pseudonym_pepper)
        with desk.database.transaction() as connection:
            invited.forget(connection, [address])
            assert invited.newest(connection, 1, addresses=[address]) is None
            assert invited.newest(connection, 1, practice=desk.martin.practice) == NOON, "and it still costs a place"


class TestUptake:
    """A practice whose invitations nobody takes up is paused."""

    def fifty(self, desk: Desk, taken: int, at: datetime = NOON) -> None:
        numbers = [desk.number() for _ in range(UPTAKE.most)]
        for index, number in enumerate(numbers):
            who = desk.martin if index % 2 else desk.diallo
            assert desk.send(who, number, at=at + timedelta(minutes=index)) == "sent"
        with desk.database.transaction() as connection:
            some = select(schema.invitations.c.id).where(schema.invitations.c.way == "sms").limit(taken)
            found = connection.execute(some).scalars().all()
            connection.execute(update(schema.invitations).where(schema.invitations.c.id.in_(found)).values(taken=1))

    @pytest.mark.parametrize(("taken", "paused"), [(0, True), (2, True), (3, False), (50, False)])
    def test_fewer_than_one_in_twenty_of_fifty(self, desk: Desk, taken: int, paused: bool) -> None:
        self.fifty(desk, taken)
        later = NOON + timedelta(minutes=49) + TIME_TO_ANSWER
        expected = Refused("uptake", NOON + UPTAKE.window) if paused else "sent"
        assert desk.send(at=later) == expected

    def test_not_before_they_had_the_time_to_answer(self, desk: Desk) -> None:
        self.fifty(desk, 0)
        later = NOON + timedelta(minutes=49) + TIME_TO_ANSWER
        assert desk.send(at=later - INSTANT) == "sent"
        assert isinstance(desk.send(at=later), Refused)

    def test_it_ends_when_the_first_of_them_is_a_month_old(self, desk: Desk) -> None:
        self.fifty(desk, 0)
        assert desk.send(at=NOON + UPTAKE.window - INSTANT) == Refused("uptake", NOON + UPTAKE.window)
        assert desk.send(at=NOON + UPTAKE.window) == "sent"

    def test_it_ends_when_somebody_comes_late_after_all(self, desk: Desk) -> None:
        self.fifty(desk, 2)
        later = NOON + 3 * DAY
        assert isinstance(desk.send(at=later), Refused)
        with desk.database.transaction() as connection:
            connection.execute(update(schema.invitations).values(taken=1))
        assert desk.send(at=later) == "sent"

    def test_another_practice_goes_on(self, desk: Desk) -> None:
        self.fifty(desk, 0)
        assert desk.send(desk.elsewhere, at=NOON + 3 * DAY) == "sent"

    @given(st.lists(st.booleans(), max_size=UPTAKE.most))
    def test_it_takes_fifty_and_less_than_a_twentieth(self, taken: list[bool]) -> None:
        lately = [TakenUp(NOON - timedelta(minutes=index), one) for index, one in enumerate(taken)]
        few = len(taken) == UPTAKE.most and sum(taken) / len(taken) < 1 / LEAST_TAKEN_UP
        assert (ignored(lately) is not None) == few


@given(st.dictionaries(st.sampled_from([A_NUMBER, A_MINUTE, A_DAY]), st.one_of(st.none(), st.integers(-200_000, 0))))
def test_the_cap_that_holds_longest_is_told(found: dict[Cap, int | None]) -> None:
    """Nobody is told to come back at an instant when another cap would still hold."""
    counted = {cap: None if ago is None else NOON + timedelta(seconds=ago) for cap, ago in found.items()}
    ends = [at + cap.window for cap, at in counted.items() if at is not None]
    told = held_back(counted, NOON)
    assert (told.again if told else None) == max([end for end in ends if end > NOON], default=None)


class TestAtOnce:
    """Threads of several processes: each has its own connections."""

    def senders(self, desk: Desk, threads: int) -> tuple[list[Desk], Callable[[], None]]:
        opened = [Database(desk.settings.database_url) for _ in range(threads)]
        each = [replace(desk, database=database) for database in opened]
        for one in each:
            one.numbers, one.forms = desk.numbers, desk.forms
        return each, lambda: [database.close() for database in opened] and None

    def test_one_telephone_is_written_to_once(self, desk: Desk) -> None:
        number = desk.number()
        each, close = self.senders(desk, 8)
        work = [
            lambda one=one, who=who: one.send(who, number)  # type: ignore[misc]
            for one, who in zip(each, [desk.martin, desk.diallo, desk.elsewhere] * 3, strict=False)
        ]
        told = at_once(work)
        close()
        assert len(desk.rows("outbox")) == 1
        # Of each practice one is told that it left: who was second is passed over in silence.
        assert sorted(map(str, told)).count("sent") == 2

    def test_the_last_place_of_the_service_is_one_place(self, desk: Desk) -> None:
        desk.settings = replace(desk.settings, invitations_per_day=3)
        each, close = self.senders(desk, 12)
        work = [
            lambda one=one, who=who: one.send(who)  # type: ignore[misc]
            for one, who in zip(each, [desk.martin, desk.diallo, desk.elsewhere] * 4, strict=True)
        ]
        told = at_once(work)
        close()
        assert (told.count("sent"), len(desk.rows("outbox"))) == (3, 3)

    def test_one_form_pressed_twice_is_one_sending(self, desk: Desk) -> None:
        number = desk.number()
        each, close = self.senders(desk, 6)
        told = at_once([lambda one=one: one.send(number=number, form="same") for one in each])  # type: ignore[misc]
        close()
        assert told == ["sent"] * 6
        with desk.database.transaction() as connection:
            assert connection.execute(select(func.count()).select_from(schema.invited)).scalar_one() == 1
