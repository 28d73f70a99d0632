"""Days, hours and months as a French reader has them, in Paris."""

from __future__ import annotations

from datetime import datetime

from assistant.reminders.hours import PARIS
from assistant.reminders.spoken import dated
from assistant.reminders.times import usual_times

SHORT = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()


def month_name(month: datetime) -> str:
    """« novembre 2026 ». A month is named by its first day, in its own zone."""
    return f"{usual_times().months[month.month - 1]} {month.year}"


def short_name(month: datetime) -> str:
    """« nov. », where twelve stand side by side."""
    return SHORT[month.month - 1]


def day_name(at: datetime) -> str:
    """« jeudi 26 novembre 2026 »."""
    return f"{usual_times().weekdays[at.astimezone(PARIS).weekday()]} {dated(at)}"


def hour_name(at: datetime) -> str:
    """« 14 h 05 », « 7 h »."""
    there = at.astimezone(PARIS)
    return f"{there.hour} h {there.minute:02d}" if there.minute else f"{there.hour} h"


def when_name(at: datetime, now: datetime) -> str:
    """« à 14 h 05 » today, « demain à 7 h », « le jeudi 26 novembre 2026 » later. Never earlier than `at`."""
    days = (at.astimezone(PARIS).date() - now.astimezone(PARIS).date()).days
    if days == 0:
        return f"à {hour_name(at)}"
    return f"demain à {hour_name(at)}" if days == 1 else f"le {day_name(at)}"
