"""The bad days of the REST interface: planned answers, in the order in which requests will meet them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Twilio's own numbers and words (docs/api/errors); only the ones that a plan may ask for by number.
MESSAGES = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    21205: "Url is not a valid URL",
    21210: "'From' phone number not verified",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid 'From' Number (caller ID)",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required",
    21606: "The 'From' phone number provided is not a valid, message-capable Twilio phone number",
    21609: "Invalid 'StatusCallback' URL",
    21610: "Attempt to send to unsubscribed recipient",
    21612: "The 'To' phone number provided is not currently reachable using the 'From' phone number",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
}
STATUSES = {20003: 401, 20404: 404, 20429: 429, 20500: 500}

Kind = Literal["error", "dropped", "hang", "garbage"]


@dataclass(frozen=True)
class Fault:
    """One planned answer. `done`: the message or call was taken all the same, only the answer is lost or wrong.

    "error" answers `code`; "dropped" closes the connection; "hang" answers after `seconds`; "garbage" is the page of
    a proxy that lost Twilio. `retry_after` is a header in seconds.
    """

    kind: Kind = "error"
    code: int = 20500
    done: bool = False
    seconds: float = 15
    retry_after: int | None = None

    @property
    def status(self) -> int:
        return STATUSES.get(self.code, 400)


class Refusal(Exception):  # noqa: N818 - what it is called on the telephone
    """Twilio says no to a request, by a number of its own."""

    def __init__(self, code: int) -> None:
        super().__init__(MESSAGES.get(code, "Error"))
        self.code = code
