"""`make audit`: nothing skipped is taken for clean, nothing excused for ever, and what is found is told by its name."""

from __future__ import annotations

import json
import re
import stat
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from security import audit
from security.audit import CLEAN, FOUND, UNPROVED, Finding, UnprovedError, findings, main, unneeded, verdicts
from security.exceptions import LIST, LONGEST, Known, expired, read, too_far

TODAY = date(2026, 11, 26)
REASON = "It is never reached, because nothing here calls it."
KNOWN = Known("CVE-1", "aiohttp", TODAY + timedelta(days=30), REASON)
FINDING = Finding("aiohttp", "3.9.5", ("GHSA-1", "CVE-1"), ("3.10.11",))
SAFE = {"name": "flask", "version": "3.1.3", "vulns": []}
UNSAFE = {
    "name": "aiohttp",
    "version": "3.9.5",
    "vulns": [{"id": "GHSA-new", "aliases": ["CVE-new"], "fix_versions": ["3.10.11"]}],
}


class TestVerdicts:
    def test_what_is_excused_in_time_is_not_told(self) -> None:
        assert list(verdicts([FINDING], [KNOWN], TODAY)) == []

    def test_an_advisory_of_another_library_is_not_excused(self) -> None:
        other = Finding("flask", "3.1.3", ("CVE-1",), ())
        assert list(verdicts([other], [KNOWN], TODAY)) == ["Found: flask 3.1.3: CVE-1 (fixed in nothing)"]

    def test_an_exception_out_of_date_fails_twice(self) -> None:
        """It excuses nothing any more, and is told even when nothing needs it."""
        after = KNOWN.until + timedelta(days=1)
        said = list(verdicts([FINDING], [KNOWN], after))
        assert said[0].startswith("Found: aiohttp 3.9.5: GHSA-1, CVE-1")
        assert said[1].startswith(f"Out of date since {KNOWN.until}: CVE-1")
        assert len(list(verdicts([], [KNOWN], after))) == 1

    def test_on_its_last_day_it_still_holds(self) -> None:
        assert list(verdicts([FINDING], [KNOWN], KNOWN.until)) == []

    def test_the_same_in_both_locks_is_told_once(self) -> None:
        assert len(list(verdicts([FINDING, FINDING], [], TODAY))) == 1


class TestUnneeded:
    def test_what_covered_nothing_is_told(self) -> None:
        other = Known("CVE-2", "aiohttp", KNOWN.until, REASON)
        assert unneeded([FINDING], [KNOWN, other]) == [other]


class TestFindings:
    def test_each_advisory_is_found(self) -> None:
        (found,) = findings({"dependencies": [SAFE, UNSAFE]})
        assert found == Finding("aiohttp", "3.9.5", ("GHSA-new", "CVE-new"), ("3.10.11",))

    @pytest.mark.parametrize(
        "told",
        [
            pytest.param({"dependencies": []}, id="nothing looked at"),
            pytest.param({"dependencies": [SAFE, {"name": "x", "skip_reason": "not found"}]}, id="one skipped"),
        ],
    )
    def test_what_was_skipped_is_not_clean(self, told: Any) -> None:
        with pytest.raises(UnprovedError):
            list(findings(told))


class TestCommand:
    """With a pretend uv: it exports a lock, and says what pip-audit would."""

    def uv(self, tmp_path: Path, said: str, complaint: str = "", code: int = 0) -> str:
        path = tmp_path / "uv"
        lines = (
            f"#!{sys.executable}",
            "import sys",
            "if sys.argv[1] == 'export': print('flask==3.1.3'); sys.exit(0)",
            "assert '--strict' in sys.argv and '--require-hashes' in sys.argv",
            f"print({said!r}); print({complaint!r}, file=sys.stderr); sys.exit({code})",
        )
        path.write_text("\n".join(lines))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    @pytest.fixture(autouse=True)
    def _no_exceptions(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(audit, "read", lambda: ())

    def test_clean(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(self.uv(tmp_path, json.dumps({"dependencies": [SAFE]}))) == CLEAN
        assert capsys.readouterr().out.startswith("Clean")

    def test_found(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(self.uv(tmp_path, json.dumps({"dependencies": [UNSAFE]}), code=1)) == FOUND
        assert "Found: aiohttp 3.9.5: GHSA-new, CVE-new (fixed in 3.10.11)" in capsys.readouterr().out

    def test_a_database_out_of_reach_is_said_and_fails(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        complaint = "ERROR:pip_audit._cli:absl-py: Dependency not found on PyPI and could not be audited: absl-py"
        assert main(self.uv(tmp_path, "", complaint, 1)) == UNPROVED
        said = capsys.readouterr().out
        assert "Dependency not found on PyPI" in said
        assert "Nothing is proved" in said


class TestExceptions:
    def test_each_has_a_reason_and_a_near_day(self) -> None:
        known = read()
        assert known
        written = TODAY  # the day on which the list was last gone through
        assert expired(known, written) == []
        assert too_far(known, written) == []
        assert len({(one.id, one.package) for one in known}) == len(known)

    def test_each_is_about_a_library_of_the_lock(self) -> None:
        lock = (LIST.parents[1] / "uv.lock").read_text(encoding="utf-8")
        names = set(re.findall(r'^name = "([^"]+)"', lock, re.M))
        assert {one.package for one in read()} <= names

    def test_for_ever_is_refused(self) -> None:
        assert too_far([Known("CVE-1", "x", TODAY + timedelta(days=LONGEST + 1), REASON)], TODAY)

    @pytest.mark.parametrize(
        "line",
        [
            pytest.param("- {id: CVE-1, package: x, until: 2027-01-01}", id="no reason"),
            pytest.param('- {id: CVE-1, package: x, until: 2027-01-01, why: "later"}', id="short reason"),
            pytest.param(f'- {{id: CVE-1, package: x, until: "soon", why: "{REASON}"}}', id="no day"),
            pytest.param(f'- {{id: CVE-1, package: x, until: 2027-01-01, why: "{REASON}", x: 1}}', id="more"),
            pytest.param("- CVE-1", id="bare"),
        ],
    )
    def test_what_is_not_reasoned_is_refused(self, tmp_path: Path, line: str) -> None:
        path = tmp_path / "exceptions.yml"
        path.write_text(line, encoding="utf-8")
        with pytest.raises(ValueError, match="CVE-1"):
            read(path)
