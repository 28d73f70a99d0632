"""data/lexicon/times.yml: what a writer may get wrong is told with the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ContentError
from assistant.folding import fold
from assistant.reminders.times import LEXICON, Times, open_times, usual_times

TEXT = (LEXICON / "times.yml").read_text(encoding="utf-8")


def opened(folder: Path, text: str) -> Times:
    lexicon = folder / "data" / "lexicon"
    lexicon.mkdir(parents=True)
    (lexicon / "times.yml").write_text(text, encoding="utf-8")
    return open_times(lexicon)


def test_the_file_that_comes_with_camille_is_read(tmp_path: Path) -> None:
    assert opened(tmp_path, TEXT).sentences == usual_times().sentences
    assert usual_times().weekdays[0] == "lundi"
    assert usual_times().months[7] == "août"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param(TEXT, "", "Ce fichier est vide", id="empty"),
        pytest.param(TEXT, "- lundi\n", "Il manque « jours »", id="a list"),
        pytest.param("jours:\n", "jours: [\n", "ne se lit pas", id="no YAML"),
        pytest.param("  mardi: [", "  # mardi: [", "Il faut ici 7 noms", id="a day missing"),
        pytest.param("  mai: []", "  mai: 5", "liste de textes", id="not a list"),
        pytest.param("[lundis,", "[on,", "liste de textes", id="not a text"),
        pytest.param("[lundis,", "[mardi,", "déjà dit ailleurs", id="two meanings"),
        pytest.param("[lundis,", '["!!",', "n'a pas de mot", id="no word"),
        pytest.param('heure: "9:30"', 'heure: "25:00"', "n'est pas une heure", id="no such hour"),
        pytest.param('    fin: "11:00"\n', "", "n'est pas une heure", id="an hour missing"),
        pytest.param('"18:30": [', '"midi": [', "n'est pas une heure", id="an hour in words"),
        pytest.param("{du: 25/12,", "{du: 32/12,", "n'est pas un jour", id="no such day"),
        pytest.param("{du: 25/12,", "{", "« du » ou « paques »", id="a feast without a day"),
        pytest.param("paques: 39", "paques: jeudi", "n'est pas un nombre", id="not a number"),
        pytest.param("  huitaine: 8", "  huitaine: huit", "n'est pas un nombre", id="a number in words"),
        pytest.param("  entre: [entre]\n", "", "Il manque entre", id="a small word missing"),
        pytest.param("evenements:\n", "evenement:\n", "Il manque « evenements »", id="a group missing"),
        pytest.param("  futur: [", "  futurs: [", "Il manque futur", id="a part missing"),
        pytest.param('  midi: "midi"\n', "", "« midi » est un texte", id="a sentence missing"),
        pytest.param('vers {heure}"', 'vers {quand}"', "accolade", id="an unknown brace"),
        pytest.param("  minute: [m,", "  siecle: [m,", "n'a pas sa place", id="an unknown unit"),
    ],
)
def test_a_fault_is_told_with_its_file(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(ContentError, match=r"^data/lexicon/times\.yml:\d+: ") as caught:
        opened(tmp_path, TEXT.replace(old, new, 1))
    assert told in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"times\.yml"):
        open_times(tmp_path / "data" / "lexicon")


def test_the_line_of_a_fault(tmp_path: Path) -> None:
    line = next(number for number, row in enumerate(TEXT.splitlines(), 1) if row.startswith("  jeudi:"))
    with pytest.raises(ContentError, match=rf"^data/lexicon/times\.yml:{line}: "):
        opened(tmp_path, TEXT.replace("  jeudi: [", "  jeudi: [3, ", 1))


def test_no_everyday_word_sounds_like_a_day() -> None:
    """« mais », « demande », « maman » must not be heard as « mai », « demain » or « matin »."""
    from wordfreq import top_n_list

    from assistant.folding import sound

    times = usual_times()
    alike = {
        word: times.sounds[sound(word)]
        for word in map(fold, top_n_list("fr", 20_000))
        if word.isalpha() and len(word) >= 5 and (word not in times.meanings) and sound(word) in times.sounds
    }
    assert {word: meaning for word, meaning in alike.items() if meaning.kind != "prochain"} == {}
