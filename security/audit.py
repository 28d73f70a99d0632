"""`make audit`: the two locks against the advisory database, by pip-audit in an environment of its own.

Exit code 0: every library was looked up, and what was found is in exceptions.yml, in time. 1: something was found, or
an exception is out of date. 2: not everything could be looked up, so nothing is proved. pip-audit alone ends with « No
known vulnerabilities found » when it skipped every library: --strict makes that an error.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from security.exceptions import Known, expired, read, too_far

ROOT = Path(__file__).resolve().parent.parent
FACES = ROOT / "docker" / "channels" / "requirements.txt"
# Which lines of a lock count depends on the Python that reads it: Rasa's is 3.10, that of the faces is newer.
RASA_PYTHON, FACES_PYTHON = "3.10", "3.12"
TOOL = "pip-audit>=2.10,<3"
CLEAN, FOUND, UNPROVED = 0, 1, 2
WITHIN = 900  # seconds


@dataclass(frozen=True)
class Finding:
    """One advisory on one library; `names` are its id and its aliases."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.package} {self.version}: {', '.join(self.names)} (fixed in {', '.join(self.fixed) or 'nothing'})"


class UnprovedError(Exception):
    """Not every library could be looked up."""


def main(uv: str) -> int:
    """Audit, and print what a person must know. `uv` is the command that exports locks and runs tools."""
    today, known = datetime.now(timezone.utc).date(), read()
    with tempfile.TemporaryDirectory() as folder:
        lock = Path(folder) / "lock.txt"
        export = [uv, "export", "--frozen", "--no-emit-project", "--no-dev", "--no-annotate", "--no-header", "--quiet"]
        lock.write_text(subprocess.run(export, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
        found: list[Finding] = []
        for path, python in ((lock, RASA_PYTHON), (FACES, FACES_PYTHON)):
            try:
                found += findings(audited(uv, path, python))
            except UnprovedError as error:
                print(f"Not audited: {error}")
                print(
                    "The advisory database could not tell of every library. Nothing is proved: run this again online."
                )
                return UNPROVED
    for one in unneeded(found, known):
        print(f"Nothing needs the exception {one.id} ({one.package}): drop it.")
    said = list(verdicts(found, known, today))
    print("\n".join(said) or f"Clean: nothing but what {len(known)} dated exceptions tell.")
    return FOUND if said else CLEAN


def audited(uv: str, lock: Path, python: str) -> Any:
    """What pip-audit says of `lock`, as data. Raises UnprovedError when it did not look everything up."""
    command = [uv, "tool", "run", "--python", python, "--from", TOOL, "pip-audit", "--strict", "--disable-pip"]
    command += ["--require-hashes", "--requirement", str(lock), "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=WITHIN)
    except subprocess.TimeoutExpired as error:
        raise UnprovedError(f"no answer within {WITHIN} seconds") from error
    try:
        return json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        raise UnprovedError(last) from None


def findings(told: Any) -> Iterator[Finding]:
    """The advisories in what pip-audit said. Raises UnprovedError for a library that it skipped, or for none at all."""
    libraries = told["dependencies"]
    if not libraries:
        raise UnprovedError("no library was looked at")
    for library in libraries:
        if "vulns" not in library:
            raise UnprovedError(f"{library['name']}: {library.get('skip_reason', 'skipped')}")
        for advisory in library["vulns"]:
            names = (advisory["id"], *advisory.get("aliases", ()))
            yield Finding(library["name"], library["version"], names, tuple(advisory.get("fix_versions", ())))


def verdicts(found: Sequence[Finding], known: Sequence[Known], today: Any) -> Iterator[str]:
    """One line for each advisory that no exception covers, and for each exception that is out of date."""
    good = [one for one in known if one.until >= today]
    for finding in dict.fromkeys(found):
        if not any(one.covers(finding.package, finding.names) for one in good):
            yield f"Found: {finding}"
    for one in expired(known, today):
        yield f"Out of date since {one.until}: {one.id} ({one.package}). Look again, then change or drop the exception."
    for one in too_far(known, today):
        yield f"Too long: {one.id} ({one.package}) is excused until {one.until}."


def unneeded(found: Sequence[Finding], known: Sequence[Known]) -> list[Known]:
    """The exceptions that covered none of what was found: the library was raised, or the advisory withdrawn."""
    return [one for one in known if not any(one.covers(finding.package, finding.names) for finding in found)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
