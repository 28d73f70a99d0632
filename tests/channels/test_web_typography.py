"""How French is set on the page: one sentence a line, no sign or number left alone."""

from __future__ import annotations

import pytest

from channels.web.typography import sentences, typeset


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Un. Deux ? Trois !", ["Un.", "Deux ?", "Trois !"]),
        ("Dites : « Je veux. » Puis venez.", ["Dites : « Je veux. »", "Puis venez."]),
        ("Du lundi au vendredi, de 8 h 30 à 17 h. Appelez.", ["Du lundi au vendredi, de 8 h 30 à 17 h.", "Appelez."]),
        ("Ouvrez monespacesante.fr. À droite, lisez.", ["Ouvrez monespacesante.fr.", "À droite, lisez."]),
        ("Voulez-vous dire :", ["Voulez-vous dire :"]),
        ("", []),
    ],
)
def test_one_sentence_a_line(text: str, cut: list[str]) -> None:
    assert [sentence.replace("\N{NO-BREAK SPACE}", " ") for sentence in sentences(text)] == cut


@pytest.mark.parametrize(
    ("text", "set_"),
    [
        ("le 34 22", "le 34_22"),
        ("01 02 03 04 05", "01_02_03_04_05"),
        ("de 8 h 30 à 17 h", "de 8_h_30 à 17_h"),
        ("Est-ce fait ?", "Est-ce fait_?"),
        ("« J'ai tout »", "«_J’ai tout_»"),
        ("l'étape 2 sur 6", "l’étape 2 sur 6"),
    ],
)
def test_french_spaces_and_apostrophes(text: str, set_: str) -> None:
    assert typeset(text) == set_.replace("_", "\N{NO-BREAK SPACE}")
