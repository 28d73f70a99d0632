"""A Twilio for the terminal: it signs and posts the same forms to the same webhooks, and reads the same TwiML.

Nothing leaves the machine. The account and the token are made up for one run.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, fromstring

from flask import Flask
from twilio.request_validator import RequestValidator

from assistant.errors import CamilleError
from assistant.privacy.pseudonyms import e164
from assistant.settings import Settings
from channels.providers.signature import HEADER

SERVICE = "+33199000001"  # Arcep keeps 01 99 00 xx xx for fiction

SENDER = "+33937000000"  # of the kind that may write and ring; nothing leaves the machine


class PretendError(CamilleError):
    """The pretend telephone cannot go on; the message says what our own webhook did wrong."""

    code = "pretend"


def pretending(settings: Settings) -> Settings:
    """`settings` with a made-up account, so that the webhooks are open to a pretend Twilio and to nobody else."""
    return replace(
        settings,
        twilio_account_sid=f"AC{secrets.token_hex(16)}",
        twilio_auth_token=secrets.token_hex(16),
        twilio_sender=settings.twilio_sender or SENDER,
    )


def pretend_number(number: str) -> str:
    """`number` as Twilio would write it. Raises PretendError when it is none."""
    found = e164(number)
    if not found:
        raise PretendError(f"« {number} » n'est pas un numéro de téléphone. Exemple : 06 39 98 00 01")
    return found


class PretendTwilio:
    """Posts to the application as Twilio would. `settings` must be those the application was built with."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._client = app.test_client(use_cookies=False)
        self._settings = settings
        self._signer = RequestValidator(settings.twilio_auth_token)

    def post(self, path: str, form: Mapping[str, str]) -> Element | None:
        """The TwiML that `path` answers to a signed `form`; None when it has nothing to say (204).

        `path` may be an action found in earlier TwiML. Raises PretendError for an answer that Twilio would not take.
        """
        base = urlsplit(self._settings.public_base_url)
        path = path.removeprefix(base.path) if base.path else path
        signed = {**form, "AccountSid": self._settings.twilio_account_sid, "ApiVersion": "2010-04-01"}
        signature = self._signer.compute_signature(self._settings.public_base_url + path, signed)
        response = self._client.post(path, data=signed, headers={HEADER: signature})
        if response.status_code == 204:
            return None
        if response.status_code != 200 or response.mimetype != "text/xml":
            raise PretendError(f"{path} a répondu {response.status_code} ({response.mimetype}), pas du TwiML.")
        twiml = fromstring(response.get_data())  # noqa: S314 - our own answer
        if twiml.tag != "Response":
            raise PretendError(f"{path} a répondu <{twiml.tag}>, pas <Response>.")
        return twiml


def sid(kind: str) -> str:
    """A made-up identifier: "SM" for a message, "CA" for a call."""
    return kind + secrets.token_hex(16)
