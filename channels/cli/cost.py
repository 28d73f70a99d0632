"""Why an SMS costs more than it may, in words that a writer understands."""

from __future__ import annotations

from channels.sms.segments import GSM, Segments


def too_dear(sent: str, most: int) -> str:
    """The fault of `sent`, an SMS as it leaves: letters outside GSM-7, or more than `most` segments; "" for none."""
    size = Segments.of(sent)
    if size.encoding != "GSM-7":
        return f"ces lettres coûtent cher en SMS : {' '.join(sorted(set(sent) - GSM))}"
    return f"{size.count} SMS au lieu de {most} : « {sent} »" if size.count > most else ""
