"""Settings: each refusal names its variable and says what to do; secrets are made once, for this machine alone."""

from __future__ import annotations

import os
import stat
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.errors import SettingError
from assistant.settings import ROOT, Settings, read_settings
from tests.support.at_once import at_once

SECRETS = {"SECRET_KEY": "s" * 40, "PSEUDONYM_PEPPER": "p" * 40}
PUBLIC = {"PUBLIC_BASE_URL": "https://camille.example", **SECRETS}
NAMES = ("secret_key.secret", "pseudonym_pepper.secret")


def read(tmp_path: Path, **given: str) -> Settings:
    return read_settings({"CAMILLE_VAR": str(tmp_path / "var"), **given})


def refusal(tmp_path: Path, **given: str) -> str:
    with pytest.raises(SettingError) as refused:
        read(tmp_path, **given)
    assert "\n" not in str(refused.value)
    return str(refused.value)


class TestOneMachine:
    def test_nothing_is_needed(self, tmp_path: Path) -> None:
        settings = read(tmp_path)
        assert settings.local
        assert not settings.twilio
        assert (settings.port, settings.public_base_url) == (8000, "http://127.0.0.1:8000")
        assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'camille.sqlite'}"

    def test_nothing_stands_in_var_without_a_variable(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr("assistant.settings.ROOT", tmp_path)
        assert read_settings(SECRETS).var == tmp_path / "var"

    def test_the_port_is_in_the_address(self, tmp_path: Path) -> None:
        assert read(tmp_path, PORT="8001").public_base_url == "http://127.0.0.1:8001"

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
    def test_what_is_local(self, tmp_path: Path, host: str) -> None:
        assert read(tmp_path, PUBLIC_BASE_URL=f"http://{host}:8000").local

    @pytest.mark.parametrize("host", ["camille.example", "localhost.example", "127.0.0.1.example", "192.168.1.2"])
    def test_what_is_not(self, tmp_path: Path, host: str) -> None:
        assert not read(tmp_path, PUBLIC_BASE_URL=f"https://{host}", **SECRETS).local

    def test_an_empty_variable_is_one_that_is_not_set(self, tmp_path: Path) -> None:
        """A compose file passes on what it has not."""
        empty = dict.fromkeys(
            "PORT PUBLIC_BASE_URL DATABASE_URL REDIS_URL SECRET_KEY PSEUDONYM_PEPPER TWILIO_ACCOUNT_SID "
            "TWILIO_AUTH_TOKEN TWILIO_SENDER HUMAN_PHONE_NUMBER".split(),
            "",
        )
        assert read(tmp_path, **empty) == read(tmp_path)

    def test_the_process_environment_is_the_default(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name, value in {"CAMILLE_VAR": str(tmp_path), "PORT": "8123", **PUBLIC}.items():
            monkeypatch.setenv(name, value)
        assert (read_settings().port, read_settings().public_base_url) == (8123, "https://camille.example")


class TestLocalSecrets:
    def test_they_are_made_once(self, tmp_path: Path) -> None:
        first = read(tmp_path)
        again = read(tmp_path)
        assert (first.secret_key, first.pseudonym_pepper) == (again.secret_key, again.pseudonym_pepper)

    def test_they_are_long_and_not_the_same(self, tmp_path: Path) -> None:
        settings = read(tmp_path)
        assert min(len(settings.secret_key), len(settings.pseudonym_pepper)) >= 43  # 256 bits and more
        assert settings.secret_key != settings.pseudonym_pepper

    def test_each_machine_has_its_own(self, tmp_path: Path) -> None:
        assert read(tmp_path / "one").secret_key != read(tmp_path / "other").secret_key

    @pytest.mark.parametrize("mask", [0o022, 0o000, 0o077])
    def test_nobody_else_may_read_them(self, tmp_path: Path, mask: int) -> None:
        before = os.umask(mask)
        try:
            read(tmp_path)
        finally:
            os.umask(before)
        assert [stat.S_IMODE((tmp_path / "var" / name).stat().st_mode) for name in NAMES] == [0o600, 0o600]

    def test_a_secret_of_the_environment_wins_and_makes_no_file(self, tmp_path: Path) -> None:
        settings = read(tmp_path, **SECRETS)
        assert (settings.secret_key, settings.pseudonym_pepper) == ("s" * 40, "p" * 40)
        assert not (tmp_path / "var").exists()

    def test_an_empty_file_is_no_secret(self, tmp_path: Path) -> None:
        """The first start was cut off between making the file and writing it. An empty pepper would protect nobody."""
        (tmp_path / "var").mkdir()
        for name in NAMES:
            (tmp_path / "var" / name).touch(mode=0o600)
        settings = read(tmp_path)
        assert min(len(settings.secret_key), len(settings.pseudonym_pepper)) >= 32

    def test_two_processes_that_start_at_once_have_the_same(self, tmp_path: Path) -> None:
        for attempt in range(20):

            def start(place: Path = tmp_path / str(attempt)) -> tuple[str, str]:
                settings = read(place)
                return settings.secret_key, settings.pseudonym_pepper

            found = at_once([start] * 4)
            assert len(set(found)) == 1, found
            assert len(found) == 4

    def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(self, tmp_path: Path) -> None:
        (tmp_path / "var").touch()
        assert "CAMILLE_VAR" in refusal(tmp_path)


class TestForEverybody:
    def test_with_both_secrets_and_https(self, tmp_path: Path) -> None:
        settings = read(tmp_path, **PUBLIC)
        assert not settings.local
        assert settings.public_base_url == "https://camille.example"

    @pytest.mark.parametrize("name", SECRETS)
    def test_a_secret_is_needed(self, tmp_path: Path, name: str) -> None:
        given = {key: value for key, value in PUBLIC.items() if key != name}
        assert refusal(tmp_path, **given).startswith(f"Il manque {name}")
        assert not (tmp_path / "var").exists()

    @pytest.mark.parametrize("name", SECRETS)
    def test_a_short_secret_is_none(self, tmp_path: Path, name: str) -> None:
        told = refusal(tmp_path, **PUBLIC | {name: "x" * 31})
        assert name in told
        assert "32" in told
        assert "xxx" not in told, "a refusal must not print the secret"

    @pytest.mark.parametrize("name", SECRETS)
    def test_a_secret_made_for_one_machine_is_not_taken(self, tmp_path: Path, name: str) -> None:
        read(tmp_path)
        refusal(tmp_path, **{key: value for key, value in PUBLIC.items() if key != name})

    def test_https_is_needed(self, tmp_path: Path) -> None:
        told = refusal(tmp_path, **PUBLIC | {"PUBLIC_BASE_URL": "http://camille.example"})
        assert "PUBLIC_BASE_URL" in told
        assert "https" in told

    @pytest.mark.parametrize("url", ["https://camille.example/", "https://camille.example///"])
    def test_a_slash_at_the_end_is_taken_away(self, tmp_path: Path, url: str) -> None:
        """Twilio signs the whole address: « //sms » would never match."""
        assert read(tmp_path, **PUBLIC | {"PUBLIC_BASE_URL": url}).public_base_url == "https://camille.example"


@pytest.mark.parametrize(
    "url",
    [
        "camille.example",
        "ftp://camille.example",
        "https://",
        "//camille.example",
        "https:camille.example",
        "https://[camille",
        "https://camille.example:port",
        "https://camille.example?a=b",
        "https://camille.example#a",
    ],
)
def test_an_address_that_cannot_be_one(tmp_path: Path, url: str) -> None:
    assert "PUBLIC_BASE_URL" in refusal(tmp_path, **PUBLIC | {"PUBLIC_BASE_URL": url})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000.5", "huit mille", "8 000", "²", "٨٠٠٠"])
def test_a_port_that_cannot_be_one(tmp_path: Path, port: str) -> None:
    assert "PORT" in refusal(tmp_path, PORT=port)


@pytest.mark.parametrize("port", ["1", "65535"])
def test_a_port_at_the_edge(tmp_path: Path, port: str) -> None:
    assert read(tmp_path, PORT=port).port == int(port)


@pytest.mark.parametrize("number", ["0199000001", "01 99 00 00 01", "01.99.00.00.01"])
def test_a_person_to_hand_calls_to(tmp_path: Path, number: str) -> None:
    assert read(tmp_path, HUMAN_PHONE_NUMBER=number).human_phone_number == "0199000001"


@pytest.mark.parametrize(
    "number", ["3422", "34 22", "15", "0099000001", "019900000", "01990000012", "quelqu'un", "٠١٩٩٠٠٠٠٠١"]
)
def test_a_number_that_calls_cannot_be_handed_to(tmp_path: Path, number: str) -> None:
    assert "HUMAN_PHONE_NUMBER" in refusal(tmp_path, HUMAN_PHONE_NUMBER=number)


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ({}, False),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, False),
        ({"TWILIO_AUTH_TOKEN": "t"}, False),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"}, True),
    ],
    ids=["nothing", "account", "token", "both"],
)
def test_the_lines_are_open_with_the_whole_account_only(tmp_path: Path, given: dict[str, str], whole: bool) -> None:
    assert read(tmp_path, **given).twilio is whole


def test_the_folders_are_those_of_the_repository(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert (settings.data, settings.models) == (ROOT / "data", ROOT / "models")
    assert (settings.data / "journeys").is_dir()


def test_a_sender_is_kept_as_the_provider_wants_it(tmp_path: Path) -> None:
    settings = read(tmp_path, TWILIO_SENDER="09 37 00 00 01")
    assert settings.twilio_sender == "+33937000001"
    assert settings.sender.kind == "platform_09"
    assert read(tmp_path).sender.kind == "none"


@pytest.mark.parametrize("sender", ["0639980001", "+447400123456", "Ameli", "Rdv", "81212"])
def test_a_sender_that_may_not_be_used(tmp_path: Path, sender: str) -> None:
    assert "TWILIO_SENDER" in refusal(tmp_path, TWILIO_SENDER=sender)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/0", "rediss://:secret@redis.example:6380"])
def test_where_the_time_is_kept(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, REDIS_URL=url).redis_url == url


@pytest.mark.parametrize("url", ["127.0.0.1:6379", "http://:hush@redis.example", "redis://", "redis://:hush@a b"])
def test_a_redis_that_cannot_be_one(tmp_path: Path, url: str) -> None:
    told = refusal(tmp_path, REDIS_URL=url)
    assert "REDIS_URL" in told
    assert "hush" not in told, "it may hold a password"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ()),
        ("https://www.mairie.example", ("https://www.mairie.example",)),
        (
            "  https://Mairie.example\n https://cabinet.example:8443 https://mairie.example",
            ("https://mairie.example", "https://cabinet.example:8443"),
        ),
    ],
    ids=["none", "one", "several, one of them twice"],
)
def test_sites_that_may_show_the_button(tmp_path: Path, given: str, kept: tuple[str, ...]) -> None:
    assert read(tmp_path, **PUBLIC | {"EMBED_ORIGINS": given}).embed_origins == kept


@pytest.mark.parametrize(
    "origin",
    [
        "mairie.example",
        "http://mairie.example",
        "https://",
        "https://*.example",
        "*",
        "'self'",
        "https://mairie.example/",
        "https://mairie.example/page",
        "https://mairie.example?a",
        "https://moi@mairie.example",
        "https://mairie.example:0",
        "https://mairie.example:65536",
        "https://mairie.example;script-src",
        "https://mairie.example,https://autre.example",
        "https://mairie..example",
        "https://évêché.example",
        "http://127.0.0.1:8080",
    ],
)
def test_sites_that_cannot_be_named_so(tmp_path: Path, origin: str) -> None:
    told = refusal(tmp_path, **PUBLIC | {"EMBED_ORIGINS": f"https://bon.example {origin}"})
    assert told.startswith("EMBED_ORIGINS doit donner")


def test_two_servers_of_one_machine_may_try_the_button(tmp_path: Path) -> None:
    assert read(tmp_path, EMBED_ORIGINS="http://localhost:8080").embed_origins == ("http://localhost:8080",)
    assert "EMBED_ORIGINS" in refusal(tmp_path, EMBED_ORIGINS="http://mairie.example")


@pytest.mark.parametrize(("given", "found"), [("", 2000), ("0", 0), ("50", 50)])
def test_how_many_invitations_may_leave(tmp_path: Path, given: str, found: int) -> None:
    assert read(tmp_path, INVITATIONS_PER_DAY=given).invitations_per_day == found


@pytest.mark.parametrize("given", ["-1", "2 000", "1e3", "beaucoup", "٢٠", "99999999"])
def test_a_number_that_is_none(tmp_path: Path, given: str) -> None:
    assert refusal(tmp_path, INVITATIONS_PER_DAY=given).startswith("INVITATIONS_PER_DAY doit être un nombre")


class TestBudget:
    @pytest.mark.parametrize(("given", "found"), [("", None), ("150", "150"), (" 99,50 ", "99.50"), ("0", "0")])
    def test_in_euros_for_a_month(self, tmp_path: Path, given: str, found: str | None) -> None:
        budget = read(tmp_path, SEGMENT_PRICE="0.07", SMS_BUDGET_EUROS=given).sms_budget
        assert budget == (None if found is None else Decimal(found))

    @pytest.mark.parametrize("given", ["-1", "1e3", "beaucoup", "150 EUR", "1.234", "10 000", "nan"])
    def test_anything_else_stops_the_start(self, tmp_path: Path, given: str) -> None:
        assert refusal(tmp_path, SEGMENT_PRICE="0.07", SMS_BUDGET_EUROS=given).startswith("SMS_BUDGET_EUROS")

    def test_without_a_price_nothing_can_be_reckoned(self, tmp_path: Path) -> None:
        assert "SEGMENT_PRICE" in refusal(tmp_path, SMS_BUDGET_EUROS="150")


class TestSegmentPrice:
    @pytest.mark.parametrize(("given", "price"), [("", None), ("0.07", "0.07"), (" 0,0735 ", "0.0735"), ("0", "0")])
    def test_in_euros_with_a_point_or_a_comma(self, tmp_path: Path, given: str, price: str | None) -> None:
        found = read_settings({"CAMILLE_VAR": str(tmp_path), "SEGMENT_PRICE": given}).segment_price
        assert found == (None if price is None else Decimal(price))

    @pytest.mark.parametrize("given", ["7 centimes", "-0.07", "0.0700001", "12.50", "nan", "0.07 EUR", "1e-2"])
    def test_anything_else_stops_the_start(self, tmp_path: Path, given: str) -> None:
        with pytest.raises(SettingError, match="SEGMENT_PRICE"):
            read_settings({"CAMILLE_VAR": str(tmp_path), "SEGMENT_PRICE": given})
