"""What is read back: the same words for the ear and the eye, and heard again it is the same instant."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.reminders.hours import PARIS, allowed
from assistant.reminders.spoken import spoken
from assistant.reminders.times import usual_times
from assistant.reminders.when import When, heard
from channels.sms.segments import GSM

ANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MOMENTS = st.integers(1_735_000_000, 2_367_000_000).map(lambda second: datetime.fromtimestamp(second, timezone.utc))
NOW = datetime(2026, 11, 26, 11, 7, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-11-27 10:00", "demain, vendredi 27 novembre, vers 10 heures"),
        ("2026-11-26 18:00", "aujourd'hui vers 18 heures"),
        ("2026-11-30 09:30", "lundi 30 novembre vers 9 heures 30"),
        ("2026-11-28 12:00", "samedi 28 novembre vers midi"),
        ("2026-12-01 14:05", "mardi 1er décembre vers 14 heures 5"),
        ("2027-01-02 09:00", "samedi 2 janvier vers 9 heures"),
        ("2026-11-27 12:30", "demain, vendredi 27 novembre, vers 12 heures 30"),
        ("2026-11-28 00:00", "samedi 28 novembre vers minuit"),
        ("2026-11-28 01:00", "samedi 28 novembre vers 1 heure"),
        ("2026-11-28 00:15", "samedi 28 novembre vers 0 heure 15"),
    ],
)
def test_words(at: str, said: str) -> None:
    assert spoken(datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=PARIS), NOW) == said


def test_days_are_those_of_paris() -> None:
    """At 23:30 in London's winter it is already tomorrow in Paris."""
    now = datetime(2026, 11, 26, 23, 30, tzinfo=timezone.utc)
    at = datetime(2026, 11, 27, 9, 0, tzinfo=timezone.utc)
    assert spoken(at, now) == "aujourd'hui vers 10 heures"
    assert spoken(at, now - timedelta(hours=1)) == "demain, vendredi 27 novembre, vers 10 heures"


@ANY
@given(MOMENTS, st.integers(1, 88 * 24 * 60))
def test_heard_again_it_is_the_same(now: datetime, minutes: int) -> None:
    at = allowed((now + timedelta(minutes=minutes)).replace(second=0, microsecond=0))
    said = spoken(at, now)
    if at > now:
        assert heard(said, now) == When(at, hour=True), said
        assert heard(f"Je vous rappelle {said}. C'est bon ?", now) == When(at, hour=True), said


@ANY
@given(MOMENTS, st.integers(0, 90 * 24 * 60))
def test_nothing_that_a_voice_spells_or_an_sms_pays_for(now: datetime, minutes: int) -> None:
    said = spoken(now + timedelta(minutes=minutes), now)
    assert not re.search(r"\d+ ?h\b|:|\b0\d|/|\d{3}", said)
    # One letter of the twelve months is not in GSM-7: the sanitiser pays for it when it must.
    assert {letter for letter in said if letter not in GSM} <= {"û"}


def test_other_words_may_be_given() -> None:
    times = usual_times()
    sentences = {**times.sentences, "aujourd_hui": "tout bientôt, {heure}"}
    assert spoken(NOW, NOW, type(times)(**{**times.__dict__, "sentences": sentences})) == "tout bientôt, 11 heures 7"
