"""`camille worker` as it is, but for two things: where Twilio is, and what time it is.

`python -m tests.support.nearby_worker URL FILE`: Twilio is at URL, and the outbox believes that it is as many seconds
later as FILE says, each time that it looks. Nothing else of the process sees that clock.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from assistant.clock import now
from channels.cli import carrying
from channels.cli.worker import worker
from channels.providers.twilio import TwilioCarrier


def later(ahead: Path) -> datetime:
    """Now, and the seconds that stand in `ahead`; a file that is not there is none."""
    return now() + timedelta(seconds=float(ahead.read_text()) if ahead.exists() else 0.0)


def be(ahead: Path, seconds: float) -> None:
    """Have it be so many seconds later for whoever looks in `ahead`, here or through libfaketime. At once, or not."""
    written = ahead.with_suffix(".new")
    written.write_text(f"{seconds:+f}")
    written.replace(ahead)


if __name__ == "__main__":
    url, ahead = sys.argv[1:]
    carrying.TwilioCarrier = partial(TwilioCarrier, api=url)  # type: ignore[assignment, misc]
    carrying.now = partial(later, Path(ahead))  # type: ignore[assignment]
    worker()
