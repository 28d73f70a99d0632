"""Who may sign in, read out of claims as Pro Santé Connect gives them: whole, partial, strange."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import ROOT
from channels.practice.identity import Identity, Structure, read

PRETEND: list[dict[str, Any]] = json.loads(
    (ROOT / "channels/practice/pretend/identities.json").read_text(encoding="utf-8")
)
CLAIMS: dict[str, Any] = {one["key"]: one["claims"] for one in PRETEND}
PARK = Structure("R10000000001", "CABINET D’ESSAI DU PARC")


def exercise(profession: object = "10", *places: str, **more: Any) -> dict[str, Any]:
    activities = [{"identifiantTechniqueDeLaStructure": place, "raisonSocialeSite": f"À {place}"} for place in places]
    return {"codeProfession": profession, "nomDexercice": "MARTIN", "activities": activities, **more}


def claims(*exercises: object, **more: Any) -> dict[str, Any]:
    return {"sub": "f:1:2", "SubjectRefPro": {"exercices": list(exercises)}, **more}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("medecin", Identity(CLAIMS["medecin"]["sub"], "Le docteur Essai", (PARK,))),
        (
            "medecin-deux-cabinets",
            Identity(
                CLAIMS["medecin-deux-cabinets"]["sub"],
                "Le docteur Essai-Deux",
                (PARK, Structure("R10000000002", "MAISON DE SANTÉ D’ESSAI")),
            ),
        ),
        ("infirmier", "profession"),
        ("sans-exercice", "no_exercise"),
        ("sans-cabinet", "no_practice"),
    ],
)
def test_those_who_do_not_exist(who: str, expected: object) -> None:
    assert read(CLAIMS[who], ("10",)) == expected


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"sub": "f:1:2"},
        {"SubjectRefPro": None},
        {"SubjectRefPro": "10"},
        {"SubjectRefPro": []},
        {"SubjectRefPro": {}},
        {"SubjectRefPro": {"exercices": None}},
        {"SubjectRefPro": {"exercices": {"codeProfession": "10"}}},
        {"SubjectRefPro": {"exercices": []}},
        {"SubjectRefPro": {"exercices": ["10", None, 10]}},
        # A role alone is not an exercise.
        {"SubjectRole": ["10^1.2.250.1.213.1.1.5.5"], "SubjectOrganizationID": "R1"},
    ],
    ids=str,
)
def test_without_an_exercise_nobody_comes_in(given: dict[str, Any]) -> None:
    assert read(given, ("10",)) == "no_exercise"


@pytest.mark.parametrize("profession", ["60", "", "100", " 1 0", None, 10, ["10"], {"10": "10"}, "1０"])
def test_another_profession_does_not(profession: object) -> None:
    assert read(claims(exercise(profession, "R1")), ("10",)) == "profession"


def test_the_professions_are_a_setting() -> None:
    midwife = claims(exercise("50", "R1", prenomDexercice="ANNE-LISE"))
    assert read(midwife, ("10",)) == "profession"
    found = read(midwife, ("10", "50"))
    assert isinstance(found, Identity)
    assert found.shown_as == "Anne-Lise Martin"


class TestPlaces:
    def test_each_place_once_in_the_order_told(self) -> None:
        found = read(claims(exercise("10", "R1", "R2"), exercise("10", "R2", "R3")), ("10",))
        assert isinstance(found, Identity)
        assert [place.id for place in found.structures] == ["R1", "R2", "R3"]

    def test_where_she_works_as_something_else_is_not_for_us(self) -> None:
        found = read(claims(exercise("60", "R9"), exercise("10", "R1")), ("10",))
        assert isinstance(found, Identity)
        assert [place.id for place in found.structures] == ["R1"]

    def test_beside_the_exercises_where_activities_name_none(self) -> None:
        nameless = exercise("10", activities=[{"raisonSocialeSite": "CABINET"}])
        told = claims(nameless, SubjectOrganizationID="R5", SubjectOrganization="CABINET DU PORT")
        found = read(told, ("10",))
        assert isinstance(found, Identity)
        assert found.structures == (Structure("R5", "CABINET DU PORT"),)

    def test_what_stands_beside_may_be_the_other_professions(self) -> None:
        told = claims(exercise("10"), exercise("60", "R9"), SubjectOrganizationID="R9")
        assert read(told, ("10",)) == "no_practice"

    @pytest.mark.parametrize("number", ["", " ", None, 5, []], ids=str)
    def test_a_place_without_a_number_is_none(self, number: object) -> None:
        told = claims({**exercise(), "activities": [{"identifiantTechniqueDeLaStructure": number}]})
        assert read(told, ("10",)) == "no_practice"

    def test_long_numbers_are_never_cut_into_the_same(self) -> None:
        one, other = "R" + "1" * 300, "R" + "1" * 300 + "2"
        found = read(claims(exercise("10", one, other)), ("10",))
        assert isinstance(found, Identity)
        assert [place.id for place in found.structures] == [one, other]


@pytest.mark.parametrize(
    ("family", "shown"),
    [
        ("MARTIN", "Le docteur Martin"),
        ("Martin", "Le docteur Martin"),
        ("DUPONT-MARTIN", "Le docteur Dupont-Martin"),
        ("D'ARC", "Le docteur D'Arc"),
        ("LE GOFF", "Le docteur Le Goff"),
        ("LEFÈVRE ÉVRARD", "Le docteur Lefèvre Évrard"),
        ("de La Tour", "Le docteur de La Tour"),
        ("  MARTIN\n\x07 ", "Le docteur Martin"),
        ("MARTIN\u202e", "Le docteur Martin"),
        ("", "Votre médecin"),
        (None, "Votre médecin"),
        (12, "Votre médecin"),
    ],
    ids=repr,
)
def test_the_name_that_patients_read(family: object, shown: str) -> None:
    found = read(claims({**exercise("10", "R1"), "nomDexercice": family}), ("10",))
    assert isinstance(found, Identity)
    assert found.shown_as == shown


def test_the_name_at_home_where_she_works_under_none() -> None:
    found = read(claims({**exercise("10", "R1"), "nomDexercice": ""}, family_name="BERNARD"), ("10",))
    assert isinstance(found, Identity)
    assert found.shown_as == "Le docteur Bernard"


def test_a_name_fits_its_column() -> None:
    found = read(claims({**exercise("10", "R1"), "nomDexercice": "A" * 5000}), ("10",))
    assert isinstance(found, Identity)
    assert len(found.shown_as) <= 120


def test_the_speciality_is_not_read() -> None:
    """Whatever it is, the identity is the same, and no file of ours names its claim but to say so."""
    told = CLAIMS["medecin"]
    without = json.loads(json.dumps(told).replace('"SM26"', '""'))
    assert read(told, ("10",)) == read(without, ("10",))
    reads = [
        path.name
        for path in (ROOT / "channels").rglob("*.py")
        if "avoirFaire" in "".join(line for line in path.read_text().splitlines() if "`" not in line)
    ]
    assert reads == []


def test_those_who_do_not_exist_are_labelled() -> None:
    assert {Path(one["key"]).name for one in PRETEND} == set(CLAIMS)
    assert all("essai" in one["label"].lower() for one in PRETEND)
