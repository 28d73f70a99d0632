"""What may go wrong when something is sent, in words of our own: no provider's type leaves its file.

None of them holds a number or a text: only the provider's code, for operators.
"""

from __future__ import annotations

from datetime import timedelta

from assistant.errors import CamilleError


class CarrierError(CamilleError):
    """It was not sent, or nobody knows. `provider_code` is the provider's own code."""

    code = "carrier"

    def __init__(self, provider_code: str) -> None:
        super().__init__(f"{type(self).__name__} ({provider_code})")
        self.provider_code = provider_code


class RetryLater(CarrierError):  # noqa: N818 - what is to be done, not what it is
    """It surely did not go out, and may later. `after` is how long the provider asks to be left alone."""

    def __init__(self, provider_code: str, after: timedelta | None = None) -> None:
        super().__init__(provider_code)
        self.after = after


class Unheard(RetryLater):
    """Nobody knows whether it went out: the answer was lost. It must be looked up before it is tried again."""


class Refused(CarrierError):  # noqa: N818
    """It will never be taken."""


class OptedOut(Refused):
    """The person told the provider STOP."""


class InvalidNumber(Refused):
    """There is no such number, or it takes no messages."""
