"""Secrets handed over as files, as Docker, Kubernetes and systemd do."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingError
from assistant.secret_files import SECRETS, WithFiles
from assistant.settings import read_settings

HELD = "h" * 40
ADDRESSES = {"DATABASE_URL": "postgresql://camille:hush@store/camille", "REDIS_URL": "redis://:hush@quick:6379/0"}
PUBLIC = {"PUBLIC_BASE_URL": "https://camille.example", "SECRET_KEY": "s" * 40, "PSEUDONYM_PEPPER": "p" * 40}


def handed(folder: Path, name: str, text: str) -> dict[str, str]:
    """`text` in a file, and the variable that says where."""
    path = folder / name.lower()
    path.write_text(text, encoding="utf-8")
    return {f"{name}_FILE": str(path)}


def refusal(given: dict[str, str]) -> str:
    with pytest.raises(SettingError) as refused:
        WithFiles(given)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"], ids=["nothing", "line", "windows", "two lines"])
def test_each_secret_may_come_from_a_file(tmp_path: Path, name: str, end: str) -> None:
    assert WithFiles(handed(tmp_path, name, HELD + end)).get(name, "") == HELD


def test_the_settings_are_the_same_from_files_and_from_variables(tmp_path: Path) -> None:
    secrets = {**dict.fromkeys(SECRETS, HELD), **ADDRESSES}
    plain = {"CAMILLE_VAR": str(tmp_path), "PUBLIC_BASE_URL": "https://camille.example", "TWILIO_ACCOUNT_SID": "AC1"}
    plain |= {"PSC_ISSUER": "bac-a-sable", "PSC_CLIENT_ID": "camille"}
    files = {key: value for name in SECRETS for key, value in handed(tmp_path, name, f"{secrets[name]}\n").items()}
    settings = read_settings({**plain, **files})
    assert settings == read_settings({**plain, **secrets})
    assert (settings.secret_key, settings.database_url) == (HELD, ADDRESSES["DATABASE_URL"])
    assert settings.twilio


def test_a_secret_from_a_file_must_be_long_enough_too(tmp_path: Path) -> None:
    given = {name: value for name, value in PUBLIC.items() if name != "SECRET_KEY"}
    with pytest.raises(SettingError, match="SECRET_KEY est trop court") as refused:
        read_settings({**given, **handed(tmp_path, "SECRET_KEY", "x" * 31)})
    assert "xxx" not in str(refused.value)


def test_both_are_one_too_many(tmp_path: Path) -> None:
    """Nobody could say which of the two is in force."""
    told = refusal({"SECRET_KEY": "x" * 40, **handed(tmp_path, "SECRET_KEY", HELD)})
    assert "SECRET_KEY_FILE" in told
    assert HELD not in told
    assert "xxx" not in told


@pytest.mark.parametrize("text", ["", "\n", "  \n"], ids=["empty", "a line end", "spaces"])
def test_an_empty_file_is_no_secret(tmp_path: Path, text: str) -> None:
    assert "vide" in refusal(handed(tmp_path, "PSEUDONYM_PEPPER", text))


def test_several_lines_are_no_secret(tmp_path: Path) -> None:
    told = refusal(handed(tmp_path, "SECRET_KEY", f"{HELD}\n{HELD}\n"))
    assert "SECRET_KEY_FILE" in told
    assert HELD not in told


def test_a_file_that_is_not_there_is_told_by_its_variable(tmp_path: Path) -> None:
    told = refusal({"REDIS_URL_FILE": str(tmp_path / "none")})
    assert told.startswith("REDIS_URL_FILE")
    assert "none" in told


def test_a_folder_is_told_too(tmp_path: Path) -> None:
    assert refusal({"REDIS_URL_FILE": str(tmp_path)}).startswith("REDIS_URL_FILE")


def test_bytes_that_are_no_text_are_told_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"\xff\xfe\x00hush")
    told = refusal({"SECRET_KEY_FILE": str(tmp_path / "raw")})
    assert "hush" not in told


def test_an_empty_variable_names_no_file(tmp_path: Path) -> None:
    """A compose file passes on what it has not."""
    given = {f"{name}_FILE": "" for name in SECRETS}
    assert read_settings({**given, "CAMILLE_VAR": str(tmp_path)}) == read_settings({"CAMILLE_VAR": str(tmp_path)})


def test_what_is_no_secret_is_not_read_from_a_file(tmp_path: Path) -> None:
    given = WithFiles(handed(tmp_path, "PUBLIC_BASE_URL", "https://camille.example"))
    assert given.get("PUBLIC_BASE_URL", "") == ""


def test_it_is_an_environment_like_another(tmp_path: Path) -> None:
    given = WithFiles({"PORT": "8001", **handed(tmp_path, "SECRET_KEY", HELD)})
    assert set(given) == {"PORT", "SECRET_KEY", "SECRET_KEY_FILE"}
    assert len(given) == 3
    assert "PSEUDONYM_PEPPER" not in given
