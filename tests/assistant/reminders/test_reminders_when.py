"""When people want to be reminded, as they write and say it: a table of sentences, and what may never be heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant.reminders.hours import PARIS, instant
from assistant.reminders.times import Times, usual_times
from assistant.reminders.when import FARTHEST, When, heard
from tests.support.counting import calls

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "moments.yml").read_text(encoding="utf-8"))
THURSDAY = datetime(2026, 11, 26, 11, 7, tzinfo=PARIS)
TIMES = usual_times()
ANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# One message on a busy machine; the promise is a millisecond (measured: 0.1).
# Numbers that are no time.
COUNTED = [
    *("l'étape {}", "étape {}", "j'ai {} ans", "{} euros", "à {} €", "mon code {}", "{} ans", "le {} euros", "le {}e"),
    *("tapez {}", "tapez le {}", "touche {}", "{} km", "numéro {}", "le {} rue", "{}", "la {}", "c'est {0} ou {0}"),
]
# Every word and phrase of the file, and what may stand between.
SAID = sorted(" ".join(key) for phrases in TIMES.meanings.values() for key, _ in phrases)
SAID += ["3", "31", "h", "/", "2/3", "30/2", "99", "9999", ",", "zut", "un", "vingt", "quatre"]


def local(said: str, again: bool = False) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS, fold=int(again))


def rows() -> Iterator[Any]:
    for group in TABLE["moments"]:
        now = local(group["now"], group.get("again", False))
        for expected, texts in group["said"].items():
            at, named = local(expected.removesuffix(" !")), expected.endswith("!")
            for text in texts:
                yield pytest.param(text, now, at, named, id=f"{group['now']} {text}")


class TestTable:
    @pytest.mark.parametrize(("text", "now", "at", "named"), rows())
    def test_moment(self, text: str, now: datetime, at: datetime, named: bool) -> None:
        found = heard(text, now)
        assert found is not None
        assert found.at is not None, found.reason
        assert (found.at.astimezone(PARIS).isoformat(), found.hour) == (at.isoformat(), named)
        assert found.at.tzinfo is timezone.utc
        assert found.reason == ""

    @pytest.mark.parametrize("reason", ["event", "vague", "far"])
    def test_no_instant_and_why(self, reason: str) -> None:
        found = {text: heard(text, THURSDAY) for text in TABLE[reason]}
        assert {text: one for text, one in found.items() if one != When(None, False, reason)} == {}  # type: ignore[arg-type]

    @pytest.mark.parametrize("text", TABLE["nothing"])
    def test_nothing(self, text: str) -> None:
        assert heard(text, THURSDAY) is None

    def test_the_table_is_long(self) -> None:
        assert len(list(rows())) >= 150
        assert len(TABLE["nothing"]) >= 60
        assert len(TABLE["moments"]) >= 5

    @pytest.mark.parametrize("dressed", ["{}!!!", "  {}  ", "Bonjour, {}, merci", "{} svp", "{}\u200b", "euh {}"])
    def test_dress_changes_nothing(self, dressed: str) -> None:
        """Not for « tantôt », which would be « bon tantôt »; what is polite says no time."""
        texts = ["demain matin", "lundi en huit", "le 3 décembre", "dans 3 jours", "à 14h30", "ce soir", "après Noël"]
        assert [heard(dressed.format(text), THURSDAY) for text in texts] == [heard(text, THURSDAY) for text in texts]

    def test_case_and_accents_change_nothing(self) -> None:
        plain = str.maketrans("éèêàâùûîïôç", "eeeaauuiioc")
        for one in rows():
            text, now = one.values[:2]
            if "é" in text or "è" in text or "ô" in text or "û" in text:
                assert heard(text.translate(plain), now) == heard(text, now), text
            assert heard(text.upper(), now) == heard(text, now), text


class TestAnyDay:
    """Rules against plain arithmetic, on any day."""

    days = st.dates(date(2024, 1, 1), date(2040, 12, 31))
    hours = st.times()

    @ANY
    @given(days, hours)
    def test_tomorrow(self, today: date, hour: Any) -> None:
        now = datetime.combine(today, hour, PARIS)
        assert heard("demain", now) == When(instant(today + timedelta(days=1), datetime.min.time().replace(hour=10)))

    @ANY
    @given(days, hours, st.integers(0, 6))
    def test_a_weekday_is_never_today(self, today: date, hour: Any, weekday: int) -> None:
        now = datetime.combine(today, hour, PARIS)
        found = heard(TIMES.weekdays[weekday], now)
        assert found is not None
        assert found.at is not None
        day = found.at.astimezone(PARIS).date()
        assert day.weekday() == weekday
        assert 1 <= (day - today).days <= 7

    @ANY
    @given(days, hours, st.integers(2, 90))
    def test_in_days(self, today: date, hour: Any, many: int) -> None:
        now = datetime.combine(today, hour, PARIS)
        found = heard(f"rappelez moi dans {many} jours", now)
        assert found is not None
        assert found.at is not None
        expected = {8: 7, 15: 14}.get(many, many)
        assert (found.at.astimezone(PARIS).date() - today).days == expected

    @ANY
    @given(days, hours, st.integers(1, 20_000))
    def test_in_minutes_is_time_that_passes(self, today: date, hour: Any, many: int) -> None:
        """Clocks that change take nothing from it."""
        now = datetime.combine(today, hour, PARIS).astimezone(timezone.utc)
        found = heard(f"dans {many} minutes", now)
        if many >= 10_000:
            assert found is None
            return
        assert found is not None
        assert found.at is not None
        assert timedelta(0) <= found.at - now - timedelta(minutes=many) < timedelta(minutes=1)

    @ANY
    @given(days, hours, st.integers(0, 400))
    def test_a_date(self, today: date, hour: Any, ahead: int) -> None:
        now = datetime.combine(today, hour, PARIS)
        wanted = today + timedelta(days=ahead)
        found = heard(f"le {wanted.day} {TIMES.months[wanted.month - 1]} {wanted.year} à 23h59", now)
        if ahead > FARTHEST:
            assert found == When(None, reason="far")
        elif ahead:
            assert found is not None
            assert found.at is not None
            assert found.at.astimezone(PARIS).date() == wanted

    @ANY
    @given(st.sampled_from([one.values[0] for one in rows()]), days, hours)
    def test_never_in_the_past_never_too_far(self, text: str, today: date, hour: Any) -> None:
        now = datetime.combine(today, hour, PARIS).astimezone(timezone.utc)
        found = heard(text, now)
        if found and found.at:
            assert found.at > now
            assert (found.at.astimezone(PARIS).date() - today).days <= FARTHEST


class TestNeverADate:
    @ANY
    @given(st.lists(st.integers(0, 9), min_size=5, max_size=21), st.sampled_from(["", " ", "-", ".", "  "]))
    def test_a_secret(self, digits: list[int], between: str) -> None:
        """Numbers of cards, of social security, of telephones and codes, said whole or in pairs."""
        whole = "".join(map(str, digits))
        pairs = [whole[place : place + 2] for place in range(0, len(whole), 2)]
        for said in (whole, between.join(pairs) if between and len(pairs) > 3 else whole):
            assert heard(f"mon numéro est le {said}", THURSDAY) is None
            assert heard(said, THURSDAY) is None

    @ANY
    @given(st.integers(0, 9999), st.sampled_from(COUNTED))
    def test_what_is_counted(self, number: int, written: str) -> None:
        assert heard(written.format(number), THURSDAY) is None

    @pytest.mark.parametrize("said", ["le 12, 34, 56", "le 6 12 34 56 78", "le 06.12.34.56.78", "le 1, 48, 05"])
    def test_numbers_in_a_row(self, said: str) -> None:
        assert heard(said, THURSDAY) is None

    def test_a_secret_beside_a_day_is_not_in_the_way(self) -> None:
        alone = heard("demain à 10h", THURSDAY)
        assert heard("demain à 10h au 06 12 34 56 78", THURSDAY) == alone
        assert heard("demain à 10h, carte 8025 0000 1234 5678 9012", THURSDAY) == alone


class TestNoException:
    words = st.lists(st.sampled_from(SAID), max_size=14)
    moments = st.datetimes(timezones=st.just(timezone.utc))

    @ANY
    @given(st.text(max_size=200), moments)
    @example("le 3 décembre 9999", datetime.max.replace(tzinfo=timezone.utc))
    @example("demain", datetime.max.replace(tzinfo=timezone.utc))
    @example("lundi dernier", datetime.min.replace(tzinfo=timezone.utc))
    def test_any_text(self, text: str, now: datetime) -> None:
        found = heard(text, now)
        assert found is None or (found.at is None) == bool(found.reason)

    @ANY
    @given(words, moments)
    def test_any_words_of_time(self, words: list[str], now: datetime) -> None:
        found = heard(" ".join(words), now)
        assert found is None or found.at is None or found.at > now

    @pytest.mark.parametrize("text", ["dans 9999 ans", "dans 9999 mois", "dans 9999 semaines", "le 3 mai 9999"])
    def test_beyond_the_calendar(self, text: str) -> None:
        assert heard(text, THURSDAY) == When(None, reason="far")

    def test_the_end_of_the_calendar(self) -> None:
        last = datetime(9999, 12, 20, tzinfo=timezone.utc)
        for text in ("dans un mois", "après Noël", "à Pâques", "lundi en quinze", "le mois prochain"):
            assert heard(text, last) == When(None, reason="far")

    @pytest.mark.parametrize("piece", ["lundi ", "un ", "12 ", "dans ", "quand ", "pas ", "[", "le 3 ", "x"])
    def test_a_paste_does_not_hold_a_turn(self, piece: str) -> None:
        """Twice as long takes twice as much work, not four times: counted in calls, which no busy machine changes."""
        heard(piece, THURSDAY)
        once, twice = (calls(lambda times=times: heard(piece * times, THURSDAY)) for times in (1000, 2000))
        assert twice < 2.5 * once + 1000


def test_other_words_may_be_given() -> None:
    none = Times(**{**TIMES.__dict__, "meanings": {}, "sounds": {}})
    assert heard("demain", THURSDAY, none) is None
