"""docker/kubernetes: what kustomize makes of it, Kubernetes' own schemas, and that what it names exists here."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.secret_files import SECRETS
from assistant.settings import ROOT, read_settings
from assistant.storage import patience
from assistant.storage.database import MIGRATED_WITHIN
from tests.support import tool
from tests.test_house import Read, commands

FOLDER = ROOT / "docker" / "kubernetes"
# The oldest that is still looked after somewhere, and the newest that the checker knows.
RELEASES = ("1.31", "1.37")


@pytest.fixture(scope="module", params=["base", "example"])
def made(request: pytest.FixtureRequest) -> str:
    """What would be applied."""
    for command in (["kustomize", "build"], ["kubectl", "kustomize"]):
        if shutil.which(command[0]):
            said = subprocess.run([*command, FOLDER / request.param], capture_output=True, text=True, check=False)
            assert said.returncode == 0, said.stderr
            return said.stdout
    pytest.skip("neither kustomize nor kubectl is installed here")


@pytest.fixture(scope="module")
def things() -> list[dict[str, Any]]:
    """Every object of the base, read from its own files: kustomize is not needed for these."""
    return [
        thing
        for path in sorted((FOLDER / "base").glob("*.yaml"))
        if path.name != "kustomization.yaml"
        for thing in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def of(things: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {thing["metadata"]["name"]: thing for thing in things if thing["kind"] == kind}


def pods(things: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        name: thing["spec"]["template"]["spec"]
        for kind in ("Deployment", "Job")
        for name, thing in of(things, kind).items()
    }


@pytest.mark.parametrize("release", RELEASES)
def test_it_is_what_kubernetes_takes(made: str, tmp_path: Path, release: str) -> None:
    (tmp_path / "made.yaml").write_text(made)
    said = tool.run("kubernetes-validate", "--strict", "--kubernetes-version", release, tmp_path / "made.yaml")
    assert said.returncode == 0, said.stdout + said.stderr


def test_the_checker_finds_a_fault(made: str, tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_text(made.replace("readOnlyRootFilesystem", "readOnlyRootFileSystem"))
    said = tool.run("kubernetes-validate", "--strict", "--kubernetes-version", RELEASES[-1], tmp_path / "made.yaml")
    assert said.returncode != 0


def test_every_file_is_listed() -> None:
    for folder in ("base", "example"):
        listed = yaml.safe_load((FOLDER / folder / "kustomization.yaml").read_text())
        named = {*listed["resources"], *(patch["path"] for patch in listed.get("patches", []))}
        found = {path.name for path in (FOLDER / folder).glob("*.yaml")} - {"kustomization.yaml"}
        assert named - {"../base"} == found


def test_it_sets_only_what_the_settings_read(things: list[dict[str, Any]], tmp_path: Path) -> None:
    environment = Read({"CAMILLE_VAR": str(tmp_path)})
    read_settings(environment)
    known = environment.asked | {f"{name}_FILE" for name in SECRETS}
    assert set(of(things, "ConfigMap")["camille-settings"]["data"]) - known == set()
    for name, pod in pods(things).items():
        assert {entry["name"] for entry in pod["containers"][0].get("env", [])} - known == set(), name
    example = yaml.safe_load((FOLDER / "example" / "settings.yaml").read_text())["data"]
    assert set(example) - known == set()


def test_no_secret_is_a_variable(things: list[dict[str, Any]]) -> None:
    assert "Secret" not in {thing["kind"] for thing in things}
    for pod in pods(things).values():
        assert {entry["name"] for entry in pod["containers"][0].get("env", [])} & set(SECRETS) == set()


def test_it_starts_a_command_that_exists(things: list[dict[str, Any]]) -> None:
    assert {pod["containers"][0]["args"][0] for pod in pods(things).values()} == {
        "serve",
        "understand",
        "worker",
        "migrate",
    }
    assert {pod["containers"][0]["args"][0] for pod in pods(things).values()} <= set(commands())


def test_every_pod_can_do_little(things: list[dict[str, Any]]) -> None:
    for name, pod in pods(things).items():
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] == 10001, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["automountServiceAccountToken"] is False, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert "memory" in container["resources"]["limits"], name
        assert {"cpu", "memory"} == set(container["resources"]["requests"]), name


def test_each_volume_is_mounted_and_writable_ones_are_memory(things: list[dict[str, Any]]) -> None:
    for name, pod in pods(things).items():
        mounted = {mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}, name
        assert all(volume["emptyDir"]["medium"] == "Memory" for volume in pod["volumes"] if "emptyDir" in volume), name


def test_labels_lead_to_what_they_mean(things: list[dict[str, Any]]) -> None:
    label = "app.kubernetes.io/name"
    for name, thing in of(things, "Deployment").items():
        assert thing["spec"]["selector"]["matchLabels"] == {label: name}
        assert thing["spec"]["template"]["metadata"]["labels"][label] == name
    for name, thing in of(things, "Service").items():
        assert thing["spec"]["selector"] == {label: name}
        ports = pods(things)[name]["containers"][0]["ports"]
        assert [port["targetPort"] for port in thing["spec"]["ports"]] == [port["name"] for port in ports]
    for kind in ("PodDisruptionBudget", "HorizontalPodAutoscaler"):
        assert set(of(things, kind)) == {"assistant", "channels"}


def test_probes_ask_what_exists(things: list[dict[str, Any]]) -> None:
    routes = (ROOT / "channels" / "operations" / "health.py").read_text() + (
        ROOT / "channels" / "understanding" / "service.py"
    ).read_text()
    for name in ("assistant", "channels"):
        container = pods(things)[name]["containers"][0]
        for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = container[kind].get("httpGet", {}).get("path")
            assert asked is None or f'"{asked}"' in routes, (name, kind)


def test_a_migration_is_given_its_time_and_a_face_the_time_to_wait_for_it(things: list[dict[str, Any]]) -> None:
    """A job that is ended in the middle of a great index begins it anew, and a face says why it did not start."""
    assert of(things, "Job")["migrate"]["spec"]["activeDeadlineSeconds"] > patience.BEHIND
    probe = pods(things)["channels"]["containers"][0]["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= MIGRATED_WITHIN + 20


def test_a_release_takes_nobody_away_before_another_is_there(things: list[dict[str, Any]]) -> None:
    for name in ("assistant", "channels"):
        found = of(things, "Deployment")[name]["spec"]
        assert found["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert "replicas" not in found, "the autoscaler says how many"
        assert of(things, "HorizontalPodAutoscaler")[name]["spec"]["minReplicas"] >= 2


def test_the_worker_runs_wherever_the_faces_do(things: list[dict[str, Any]]) -> None:
    """Without Twilio's account too: it deletes each night what is too old."""
    assert of(things, "Deployment")["worker"]["spec"]["replicas"] >= 1
    patched = list(yaml.safe_load_all((FOLDER / "example" / "twilio.yaml").read_text()))
    assert [patch["metadata"]["name"] for patch in patched if "replicas" in patch["spec"]] == []


def test_who_speaks_to_whom(things: list[dict[str, Any]]) -> None:
    policies = of(things, "NetworkPolicy")
    assert policies["nothing"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    mind = policies["assistant"]["spec"]
    assert "egress" not in mind
    assert [way["podSelector"]["matchLabels"] for rule in mind["ingress"] for way in rule["from"]] == [
        {"app.kubernetes.io/name": "channels"}
    ]
    for name in ("stores", "outside"):
        chosen = policies[name]["spec"]["podSelector"]["matchExpressions"][0]["values"]
        assert "assistant" not in chosen


def test_the_example_names_images_by_digest() -> None:
    images = yaml.safe_load((FOLDER / "example" / "kustomization.yaml").read_text())["images"]
    assert {image["name"] for image in images} == {"camille-channels", "camille-assistant"}
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", image["digest"]) for image in images)
