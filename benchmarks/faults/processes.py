"""The processes break: faces are killed while they answer, whole or by half; two deploys at once; a rolling restart."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from contextlib import suppress
from os import kill

from benchmarks.faults.house import House
from benchmarks.faults.ledger import Row

KILLS = 4
READY_WITHIN = 60.0


def _children(process: int) -> list[int]:
    told = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in told.split()]


def faces_killed(house: House, _row: Row) -> None:
    """One after the other, whole, at a random moment of whatever turn; the other one answers meanwhile."""
    chance = random.Random(11)
    for number in range(KILLS):
        time.sleep(chance.uniform(0.5, 1.5))
        house.again(number % len(house.deployment.faces), signal.SIGKILL)


def workers_killed(house: House, _row: Row) -> None:
    """Of a face, only the process that answers: its master starts another."""
    chance = random.Random(12)
    for number in range(KILLS):
        time.sleep(chance.uniform(0.5, 1.5))
        name = f"channels-{number % len(house.deployment.faces)}"
        for child in _children(house.deployment.running[name].pid):
            with suppress(ProcessLookupError):
                kill(child, signal.SIGKILL)
        house.ready()


def master_killed(house: House, row: Row) -> None:
    """Only the master: what it started must not keep the port, or the next one does not start."""
    time.sleep(1.0)
    process = house.deployment.running.pop("channels-0")
    children = _children(process.pid)
    process.kill()
    process.wait()
    begun = time.monotonic()
    while [child for child in children if _alive(child)]:
        if time.monotonic() - begun > 5:
            row.wrong.append("an orphan keeps the port")
            break
        time.sleep(0.05)
    row.notes.append(f"the port was free after {time.monotonic() - begun:.1f} s")
    house.deployment.face(0)
    house.ready()


def rolling_restart(house: House, row: Row) -> None:
    """Two deploys at once: both migrate, and every face is told to end and started again, one after the other."""
    time.sleep(0.5)
    for number in range(2):
        house.deployment.start(f"migrate-{number}", "migrate")
    for number, _ in enumerate(house.deployment.faces):
        house.again(number, signal.SIGTERM)
    for number in range(2):
        code = house.deployment.running.pop(f"migrate-{number}").wait(READY_WITHIN)
        row.check(code == 0, f"a migration ended with {code}: {house.deployment.said(f'migrate-{number}')[-200:]}")


def _alive(process: int) -> bool:
    try:
        kill(process, 0)
    except ProcessLookupError:
        return False
    return True


FAULTS = {
    "faces killed": faces_killed,
    "workers killed": workers_killed,
    "master killed": master_killed,
    "two deploys at once": rolling_restart,
}
