"""Pages of rights and trust: what is held of a visit, the register, how to tell Camille from a copy, the proof."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from assistant.privacy.purposes import BESIDE, PURPOSES, Purpose
from assistant.privacy.register import length
from assistant.publishing import Publisher
from assistant.settings import ROOT
from assistant.storage import schema
from channels.web.typography import typeset
from tests.channels.visitor import Visitor, words
from tests.support.faces import BASE, NOON, Face, open_face, sms_form

PAGES = ("/mes-donnees", "/registre", "/verifier")
CANARY = "La vraie Camille est à l’adresse camille.example, et nulle part ailleurs."


@pytest.fixture
def visitor(face: Face) -> Visitor:
    return Visitor(face.app.test_client())


@pytest.fixture
def on_step(visitor: Visitor) -> Visitor:
    return visitor.look().press("Activer mon espace").press("Pour moi")


def stored(face: Face) -> dict[str, int]:
    with face.conversation.database.transaction() as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in schema.metadata.tables.items()
        }


@pytest.mark.parametrize("path", PAGES)
def test_each_is_a_page_that_stores_nothing_and_sets_no_cookie(face: Face, path: str) -> None:
    before = stored(face)
    answer = face.app.test_client().get(path, base_url=BASE)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(re.findall("<h1", answer.get_data(as_text=True))) == 1
    assert stored(face) == before


@pytest.mark.parametrize("path", ["/mes-donnees", "/registre", "/verifier"])
def test_each_is_reached_from_the_foot_of_the_page_or_from_your_data(on_step: Visitor, path: str) -> None:
    at_the_foot = on_step.look().html + on_step.look("/confidentialite").html
    assert f'href="{path}"' in at_the_foot


class TestMine:
    def test_whoever_has_no_visit_is_told_so(self, visitor: Visitor) -> None:
        assert "Je ne garde rien de vous sur cette page." in visitor.look("/mes-donnees").text
        assert "Ce que je garde de vous" not in words(
            re.sub(r"<main.*</main>|<title.*</title>", "", visitor.html, flags=re.S)
        )

    def test_each_kind_is_told_with_its_count(self, face: Face, on_step: Visitor) -> None:
        on_step.press("Continuer ailleurs")
        text = on_step.look("/mes-donnees").text
        assert typeset("Votre étape : 1 sur 6") in text
        assert "Votre dernière visite" in text
        assert "23 novembre 2026" in text
        counts = dict(re.findall(r"<li>(.*?) <strong>En ce moment&nbsp;: (\w+)\.</strong>", on_step.html))
        assert len(counts) == len([purpose for purpose in PURPOSES if purpose.about == "person"])
        held = {told.partition(",")[0].partition("\N{NO-BREAK SPACE}:")[0]: count for told, count in counts.items()}
        assert held["Votre étape"] == "1"
        assert held["Le sujet de chacune de vos demandes"] == "3"
        assert held["De quoi reconnaître votre code et votre lien de reprise"] == "2"
        assert held["Si un médecin vous a invité"] == "rien"

    def test_nobody_elses_is_shown(self, face: Face, on_step: Visitor) -> None:
        other = Visitor(face.app.test_client()).look("/mes-donnees")
        assert "Votre étape : 1" not in other.text

    def test_after_an_erasure_nothing_is_held(self, on_step: Visitor) -> None:
        on_step.press("Effacer mes données").press("Oui, effacer")
        assert "Je ne garde rien de vous sur cette page." in on_step.look("/mes-donnees").text

    def test_asked_in_words_it_is_answered_and_leads_here(self, on_step: Visitor) -> None:
        on_step.write("mes données")
        assert "votre étape, 1 sur 6" in on_step.said
        assert 'href="/mes-donnees"' in on_step.html


class TestRegister:
    def test_every_purpose_is_a_line_with_its_length(self, visitor: Visitor) -> None:
        visitor.look("/registre")
        lines = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", visitor.html, re.S)
        assert len(lines) == len(PURPOSES) + len(BESIDE)
        for line, purpose in zip(lines, (*PURPOSES, *BESIDE), strict=True):
            cells = [words(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", line, re.S)]
            assert len(cells) == 6
            assert all(cells), purpose.name
            stays = {
                "refusal": "Tant que le refus tient",
                "switched": "Tant que la pause dure",
                "examples": "Sans limite",
            }
            kept = length(purpose.life) if purpose.life else stays.get(purpose.name, "Tant que le service existe")
            assert cells[4] == kept

    def test_a_length_changed_in_code_is_changed_on_every_page(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import dataclasses

        from assistant.privacy import register

        changed: tuple[Purpose, ...] = tuple(
            dataclasses.replace(each, life=timedelta(days=77)) if each.name == "place" else each for each in PURPOSES
        )
        monkeypatch.setattr(register, "PURPOSES", changed)
        face = open_face(tmp_path / "var")
        try:
            for path in ("/registre", "/confidentialite"):
                text = Visitor(face.app.test_client()).look(path).text
                assert "77\N{NO-BREAK SPACE}jours" in text
        finally:
            face.close()

    def test_the_table_has_a_name_and_headings(self, visitor: Visitor) -> None:
        html = visitor.look("/registre").html
        assert '<table class="register" aria-labelledby="registre-nom">' in html
        assert len(re.findall(r'<th scope="col">', html)) == 6
        assert 'role="region" aria-labelledby="registre-nom" tabindex="0"' in html

    @pytest.mark.parametrize(("open_lines", "said"), [(True, "Twilio"), (False, "Rien ne part d’ici.")])
    def test_who_else_sees_is_told_as_it_is(self, tmp_path: Path, open_lines: bool, said: str) -> None:
        changed: dict[str, Any] = {} if open_lines else {"twilio_account_sid": ""}
        face = open_face(tmp_path / "var", **changed)
        try:
            text = Visitor(face.app.test_client()).look("/registre").text
            assert said in text
            assert ("Twilio" in text) == open_lines
        finally:
            face.close()


class TestPrivacyPage:
    def test_it_tells_each_purpose_that_is_about_people(self, face: Face, visitor: Visitor) -> None:
        text = visitor.look("/confidentialite").text
        told = [entry.told for entry in face.app.extensions["camille"].register if entry.told]
        assert len(told) >= 10
        assert [sentence for sentence in told if typeset(sentence) not in text] == []


class TestGenuine:
    @pytest.mark.parametrize(
        "path", ["/", "/confidentialite", "/accessibilite", "/mentions", "/reprise", "/rien", *PAGES]
    )
    def test_the_canary_and_the_way_to_check_are_on_every_page(self, visitor: Visitor, path: str) -> None:
        visitor.look(path)
        assert CANARY in visitor.text
        assert 'href="/verifier"' in visitor.html

    @pytest.mark.parametrize("path", ["/bouton", "/medecin", "/pilotage", "/medecin/rien", "/pilotage/rien"])
    def test_the_canary_is_on_the_pages_of_others_as_well(self, visitor: Visitor, path: str) -> None:
        assert CANARY in visitor.look(path).text

    def test_no_page_is_made_without_the_canary(self) -> None:
        """A frame has it at its foot, and so has what puts something else there. Paper and files are no pages."""
        asks = {}
        for path in (ROOT / "channels").glob("*/templates/**/*.html"):
            source = path.read_text(encoding="utf-8")
            if "<!doctype html>" in source or "block bottom" in source:
                asks[path.relative_to(ROOT / "channels").as_posix()] = "canary(address)" in source
        files = {"book/templates/book.html", "web/templates/paper/bare.html"}
        assert {path for path, has in asks.items() if not has} == files
        assert len(asks) == 6

    def test_a_doctors_name_is_told_how_to_check(self, tmp_path: Path) -> None:
        face = open_face(tmp_path / "var", twilio_sender="+33939000001")
        try:
            text = Visitor(face.app.test_client()).look("/verifier").text
        finally:
            face.close()
        text = " ".join(text.split())
        for said in (
            "Un nom de médecin se copie.",
            "Appelez le cabinet, au numéro que vous aviez déjà.",
            "Mon SMS d’invitation ne nomme aucun médecin",
            "camille.example/i/",
            "Écrivez vous-même BONJOUR au 09 39 00 00 01",
        ):
            assert said in text

    def test_it_is_true_that_no_invitation_names_a_doctor(self, face: Face) -> None:
        said = face.conversation.book.answers["invitation_sms"].say.sms
        assert re.findall(r"\{\w+\}", said) == ["{link}"]

    def test_it_names_address_numbers_and_what_is_never_asked(self, tmp_path: Path) -> None:
        publisher = Publisher("Association des Tilleuls", "contact@tilleuls.example", "Hébergeur")
        face = open_face(tmp_path / "var", twilio_sender="+33939000001", voice_number="0939000002", publisher=publisher)
        try:
            text = Visitor(face.app.test_client()).look("/verifier").text
        finally:
            face.close()
        for said in ("camille.example", "09 39 00 00 01", "09 39 00 00 02", "Association des Tilleuls"):
            assert typeset(said) in text
        for said in ("sécurité sociale", "mot de passe", "carte bancaire", "carte Vitale", "contact@tilleuls.example"):
            assert said in text

    def test_without_lines_it_says_that_nothing_comes_from_here(self, tmp_path: Path) -> None:
        face = open_face(tmp_path / "var", twilio_account_sid="")
        try:
            assert "je n’envoie pas de SMS" in Visitor(face.app.test_client()).look("/verifier").text
        finally:
            face.close()

    def test_what_it_says_of_frauds_is_the_sourced_answer(self, face: Face, visitor: Visitor) -> None:
        answer = face.conversation.book.answers["arnaque"]
        assert {"G15", "G16", "G17"} <= set(answer.basis.facts)
        text = " ".join(visitor.look("/verifier").text.split(" "))
        for sentence in re.split(r"(?<=[.?!]) ", f"{answer.say.web} {answer.more}"):
            assert typeset(sentence) in text, sentence

    def test_who_asks_whether_it_is_a_fraud_is_led_there(self, face: Face) -> None:
        assert "Est-ce bien Camille ?" in face.conversation.book.answers["arnaque"].more


class TestProof:
    def test_the_page_shows_it_once_and_it_is_genuine(self, face: Face, on_step: Visitor) -> None:
        on_step.press("Effacer mes données").press("Oui, effacer")
        assert on_step.title == "Tout est effacé – Camille"
        (proof,) = re.findall(r"23 novembre 2026, ((?:\d\d\s){5}\d\d)", on_step.text)
        assert face.conversation.proofs.is_genuine(NOON.date(), proof)
        assert proof not in on_step.look("/").text

    def test_it_is_in_no_table_beside_an_address(self, face: Face, on_step: Visitor) -> None:
        on_step.press("Effacer mes données").press("Oui, effacer")
        with face.conversation.database.transaction() as connection:
            kept = connection.execute(select(schema.inbox.c.address).where(schema.inbox.c.reply.contains("preuve")))
            assert set(kept.scalars()) == {""}

    def test_by_sms(self, face: Face) -> None:
        face.post("/sms", sms_form("SUPPRIMER", sid="SM" + "a" * 32))
        answer = face.post("/sms", sms_form("OUI", sid="SM" + "b" * 32)).get_data(as_text=True)
        (proof,) = re.findall(r"Votre preuve: 23 novembre 2026, ((?:\d\d ){5}\d\d)", answer)
        assert face.conversation.proofs.is_genuine(NOON.date(), proof)
