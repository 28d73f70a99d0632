"""The nightly purge of a process: at its hour, or as soon as it can when that hour was missed."""

from __future__ import annotations

import logging
from threading import Event, Thread

from assistant.clock import now
from assistant.outage import AWAY
from assistant.privacy.retention import is_due, purge_all
from assistant.storage.database import Database

log = logging.getLogger("camille")

EVERY = 60.0  # seconds


def purge_nightly(database: Database, stopped: Event) -> Thread:
    """Keep `database` purged until `stopped` is set, behind whatever else the process does."""
    thread = Thread(target=_keep, args=(database, stopped), name="purge", daemon=True)
    thread.start()
    return thread


def _keep(database: Database, stopped: Event) -> None:
    while not stopped.is_set():
        try:
            if is_due(database, now()):
                gone = purge_all(database, now())
                log.info("Purged: %s rows were past their time.", sum(gone.values()))
        except AWAY as error:
            # It is due still: the next minute tries again.
            log.error("The purge did not happen: %s", type(error).__name__)
        stopped.wait(EVERY)
