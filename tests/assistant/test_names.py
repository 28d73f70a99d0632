"""A name that is said to be one is kept nowhere; ordinary words beside the same beginnings stay."""

from __future__ import annotations

import re
import time

import pytest

from assistant.folding import clean
from assistant.privacy.masking import mask
from assistant.privacy.names import TAKEN, without_names
from assistant.settings import ROOT

MESSAGE = re.compile(r"^\s+- (.+)$", re.M)
# Of all that is learnt from, so few messages hold what looks like a name; most of it is one.
MOST_CHANGED = 0.004


@pytest.mark.parametrize(
    ("written", "left"),
    [
        pytest.param("je m'appelle jean dupont et j'arrive pas", f"je m'appelle {TAKEN} et j'arrive pas", id="small"),
        pytest.param("Je m'appelle Marie de La Tour", f"Je m'appelle {TAKEN}", id="particles"),
        pytest.param("jmappelle fatima j'ai 72 ans", f"jmappelle {TAKEN} j'ai 72 ans", id="in a hurry"),
        pytest.param("je mappelle ben ali mohamed", f"je mappelle {TAKEN}", id="a name that begins with a particle"),
        pytest.param("JE M'APPELLE LUCIE MARTIN", f"JE M'APPELLE {TAKEN}", id="in capitals"),
        pytest.param("je me nomme n'diaye", f"je me nomme {TAKEN}", id="with an apostrophe"),
        pytest.param("je m'appelle Marie", f"je m'appelle {TAKEN}", id="a name that is nearly a word"),
        pytest.param("mon nom est Petit", f"mon nom est {TAKEN}", id="a name that is a word"),
        pytest.param("nom : ZBIGNIEW prénom : Ola", f"nom : {TAKEN} prénom : {TAKEN}", id="as on a form"),
        pytest.param("c'est Madame Leblanc à l'appareil", f"c'est Madame {TAKEN} à l'appareil", id="Madame"),
        pytest.param("c'est monsieur leblanc", f"c'est monsieur {TAKEN}", id="monsieur, in small letters"),
        pytest.param("je suis mme leblanc", f"je suis mme {TAKEN}", id="mme"),
        pytest.param("bonjour mme petit pour ma carte", f"bonjour mme {TAKEN} pour ma carte", id="mme and a word"),
        pytest.param("j'ai vu la mme leblanc", f"j'ai vu la mme {TAKEN}", id="la mme"),
        pytest.param("le Dr Martin m'a dit de le faire", f"le Dr {TAKEN} m'a dit de le faire", id="a doctor"),
        pytest.param("M. Lefort m'a écrit", f"M. {TAKEN} m'a écrit", id="an initial"),
        pytest.param("moi c'est Fatima", f"moi c'est {TAKEN}", id="moi c'est"),
        pytest.param("je suis Jean-Paul Morel", f"je suis {TAKEN}", id="je suis"),
        pytest.param("C'est Gaston, comment va ?", f"C'est {TAKEN}, comment va ?", id="c'est"),
    ],
)
def test_a_name_is_taken_out(written: str, left: str) -> None:
    assert without_names(written) == left


@pytest.mark.parametrize(
    "written",
    [
        "je m'appelle pas comme ça",
        "comment je m'appelle",
        "on m'appelle tous les jours",
        "mon docteur m'a dit de le faire",
        "oui madame",
        "bonjour madame je n'arrive pas",
        "madame vite je vous en supplie mon bébé a avalé une bille",
        "le monsieur utilise son espace",
        "un docteur regarde mon dossier",
        "moi c'est fini",
        "c'est moi",
        "C'EST FAIT",
        "c'est bon",
        "c'est Orange ou SFR",
        "c'est Microsoft qui garde mes papiers",
        "je suis à la MSA",
        "je suis bloqué",
        "mon nom est mal écrit",
        "mme mot de passe",
        "le mme mot de passe que ameli",
        "c'est la mme page",
        "au mme endroit",
        "quand mme rien compris",
        "moi mme je comprends pas",
        "en mme temps",
        "mon nom de famille est dedans",
        "le nom est faux",
        "mon prénom est inversé",
    ],
)
def test_what_is_no_name_stays(written: str) -> None:
    assert without_names(written) == written


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("madame petit voudrait son code", f"madame {TAKEN} voudrait son code"),
        ("le docteur regarde mon dossier", f"le docteur {TAKEN} mon dossier"),
        ("oui madame", "oui madame"),
        ("mon docteur m'a dit de le faire", "mon docteur m'a dit de le faire"),
        ("je m'appelle jean dupont", f"je m'appelle {TAKEN}"),
    ],
)
def test_the_wary_take_out_more(written: str, left: str) -> None:
    assert without_names(written, wary=True) == left


def test_nobody_is_told_that_a_name_was_taken_out() -> None:
    """It is no fault to say who one is, and no number is to be warned of."""
    masked = mask("je m'appelle Jean Dupont")
    assert masked.found == ()
    assert not masked.only_secret


def test_what_stands_for_a_name_is_no_word() -> None:
    assert not any(map(str.isalpha, TAKEN))


def test_few_of_the_messages_that_are_learnt_from_change() -> None:
    said = [clean(line) for path in ROOT.glob("data/nlu/**/*.yml") for line in MESSAGE.findall(path.read_text())]
    changed = [line for line in said if without_names(line) != line]
    assert len(said) > 25_000
    assert 0 < len(changed) < len(said) * MOST_CHANGED


def test_it_takes_no_longer_than_the_text_is_long() -> None:
    begun = time.perf_counter()
    for text in ("je m'appelle " * 120, "madame " * 220, "c'est " * 260, "nom : " * 260, "a" * 1_600):
        without_names(text)
    assert time.perf_counter() - begun < 1
