"""The courier of a process, made from its settings; and the loop that has it look every few seconds."""

from __future__ import annotations

import logging
from threading import Event
from time import monotonic

from assistant.budget import Budget
from assistant.clock import now
from assistant.conversation import Conversation
from assistant.errors import SettingError
from assistant.outage import AWAY
from assistant.privacy.sealing import Sealer
from assistant.reminders.hours import allowed
from assistant.settings import Settings
from channels.outbox import Courier
from channels.providers.port import Carrier
from channels.providers.twilio import TwilioCarrier

log = logging.getLogger("camille.outbox")

EVERY = 3.0  # seconds


def carrier_of(settings: Settings) -> Carrier:
    """Twilio, as it is set. Raises SettingError, in one sentence, when messages could not leave."""
    if not settings.twilio:
        raise SettingError("rien ne peut partir : il manque TWILIO_ACCOUNT_SID et TWILIO_AUTH_TOKEN.")
    if settings.sender.kind == "none":
        raise SettingError("rien ne peut partir : il manque TWILIO_SENDER, d'où viennent les messages.")
    if settings.local:
        log.warning("PUBLIC_BASE_URL is local: Twilio can tell nothing of what it was given.")
    return TwilioCarrier(
        settings.twilio_account_sid, settings.twilio_auth_token, settings.sender, settings.public_base_url
    )


def courier_of(conversation: Conversation, carrier: Carrier) -> Courier:
    """A courier over the database of `conversation`, which finds the words of reminders."""
    return Courier(
        conversation.database,
        Sealer(*conversation.settings.secret_keys),
        carrier,
        now,
        words=conversation.reminder,
        allowed=allowed,
        budget=Budget.of(conversation.settings),
        stopping=conversation.unstored.take_left,
    )


def carry(courier: Courier, stopped: Event, seconds: float | None = None) -> None:
    """Look every few seconds until `stopped` is set, or `seconds` are over. A database that is away is waited for."""
    end = None if seconds is None else monotonic() + seconds
    while not stopped.is_set() and (end is None or monotonic() < end):
        try:
            courier.run_once(going=lambda: not stopped.is_set())
        except AWAY as error:
            log.error("Nothing could be sent just now: %s", type(error).__name__)
        stopped.wait(EVERY)
