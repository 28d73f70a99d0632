"""`make attack`: every attack on the real processes, on SQLite, then on PostgreSQL and Redis where they are installed.

Writes reports/attack.md and reports/attack.jsonl. Exit code 0: everything held. 1: something got through.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from assistant.settings import ROOT
from security.attack.addresses import addresses
from security.attack.crowding import crowd
from security.attack.fuzzing import fuzz, fuzz_understanding
from security.attack.guessing import guess
from security.attack.injection import inject
from security.attack.ledger import Ledger
from security.attack.planting import plant
from security.attack.roles import roles
from security.attack.shutting_out import shut_out
from security.attack.sites import other_sites
from security.attack.stores import stores
from security.attack.target import served, understood
from security.attack.webhooks import webhooks
from security.leaks.search import search

SEED = 9


def attack(ledger: Ledger, folder: Path, *, whole: bool, apart: bool = False, **given: str) -> None:
    """One service, started and attacked. Not `whole`: some of each, in a minute. `apart`: another one understands."""
    random.seed(SEED)
    with ExitStack() as stack:
        known = {"UNDERSTANDING_URL": "", "UNDERSTANDING_KEY": ""}
        if apart:
            other = stack.enter_context(understood(folder))
            fuzz_understanding(other, ledger, folder, 50)
            known = {"UNDERSTANDING_URL": other.base, **other.secrets}
        target = stack.enter_context(served(folder, **known, **given))
        fuzz(target, ledger, folder, 25 if whole else 2)
        webhooks(target, ledger, 5 if whole else 1)
        guess(target, ledger, 40 if whole else 9)
        shut_out(target, ledger)
        roles(target, ledger, folder)
        inject(target, ledger, folder, whole=whole)
        plant(target, ledger)
        other_sites(target, ledger, whole=whole)
        addresses(target, ledger)
        crowd(target, ledger, 300 if whole else 100)


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m security.attack", description=__doc__)
    reader.add_argument("--short", action="store_true", help="some of each attack, on SQLite alone")
    given = reader.parse_args()
    ledger = Ledger()
    with tempfile.TemporaryDirectory() as folder:
        for name, variables in stores(Path(folder), everywhere=not given.short):
            print(f"Attacking: {name}", flush=True)
            (Path(folder) / name).mkdir()
            attack(ledger, Path(folder) / name, whole=not given.short, apart=name != "sqlite", **variables)
        print("Looking for leaks", flush=True)
        search(ledger, Path(folder) / "leaks", 200 if given.short else 2_000, SEED)
    report = ledger.write(ROOT / "reports")
    print(ledger.told())
    print(f"Written: {report.relative_to(ROOT)}")
    return 1 if ledger.through else 0


if __name__ == "__main__":
    sys.exit(main())
