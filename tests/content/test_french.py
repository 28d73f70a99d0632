"""Sentences, words and syllables, as a French reader counts them."""

from __future__ import annotations

import pytest

from assistant.content.french import measure, sentences, syllables, words

# Counted by hand. An « e » inside a word counts; a final « e », « es » or a verb's « ent » does not.
SYLLABLES = {
    1: "vous votre pour carte code peut puis rien caisse passe plus autre sans tout comme deux page elle fait sont "
    "lettre faut bien quand nous france porte haut jour dites près sert chiffre aide garde fois prix dire montre chez "
    "heure place compte mais ligne suis temps seul même mots part faites proche doit signe lire grave droits très lien "
    "points gros vieille pièce pied œil chaque êtes peuvent trouvent fille ville taille nuit lui moins mieux cœur sœur "
    "août droit choix doivent restent voient servent gardent pleine roue yeux vieux lieu gens tiennent signent mènent "
    "soignent cent aident",
    2: "espace écran santé pouvez avec vitale aussi avez prenez personne ensuite adresse service enfant message appuie "
    "accord gratuit ouvrez profil lundi gardez parent soignant cela accès déjà nouveau série encore étape question "
    "fermer devant papiers toujours données mobile urgence lisez naissance aucun début avis dossier moment cherchez "
    "réponse crédit client voyage conseil travail guichet fenêtre pays créer créé triés crier patient argent accent "
    "souvent moyen crayon bouton jumeaux ancien entendre changeons reviennent répondent écrivent expliquent naïf avril "
    "prière récent comment vieillit asseoir journée bouteille beaucoup vraiment",
    3: "numéro appelez téléphone revenez écrivez activer demandez choisissez appuyez vendredi regardez pharmacie "
    "médecin documents commencer paramètres maintenant accepté ajouter essayer assurance connexion reprendrons "
    "maladie autorise effacer vérifiez traitement ordonnance création oublié employez document réunir météo vidéo "
    "février ouvrier imprimée doucement autrement seulement forcément accident différent quatrième internet "
    "quotidien appareil inquiétude clairement oublions",
    4: "application ordinateur activation sécurité obligatoire autorisés confirmera opérateur représentant "
    "consultation original anticipées européen mégaoctet propriétaire bibliothèque gratuitement secrétariat "
    "identifiant dermatologue messagerie",
    5: "administrateur identifiera",
    6: "authentification kinésithérapeute confidentialité",
}
COUNTED = {word: count for count, line in SYLLABLES.items() for word in line.split()}


def test_syllables() -> None:
    wrong = {word: f"{syllables(word)} for {count}" for word, count in COUNTED.items() if syllables(word) != count}
    assert len(COUNTED) >= 150
    assert wrong == {}


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("l'espace", 2),
        ("d'appel", 2),
        ("qu'elle", 1),
        ("aujourd'hui", 3),
        ("l’écran", 2),
        ("8", 1),
        ("15", 1),
        ("17", 2),
        ("21", 3),
        ("34", 2),
        ("46", 3),
        ("71", 4),
        ("80", 3),
        ("90", 4),
        ("112", 2),
        ("3422", 4),
        ("e-mail", 2),
        ("SMS", 3),
        ("MSA", 3),
        ("SAMU", 2),
        ("lorsqu'il", 2),
        ("c'est", 1),
        ("avez-vous", 3),
        ("porte-monnaie", 3),
    ],
)
def test_syllables_of_what_is_not_a_plain_word(word: str, count: int) -> None:
    """Numbers are read as words, by pairs when long; spelt letters one by one; an elided word with the next."""
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        pytest.param("Prenez la carte. Posez-la.", ["Prenez la carte.", "Posez-la."], id="two"),
        pytest.param("Est-ce fait ? Oui ! Bien…", ["Est-ce fait ?", "Oui !", "Bien…"], id="marks"),
        pytest.param(
            "Appelez de 8 h 30 à 17 h. Faites le 34 22.", ["Appelez de 8 h 30 à 17 h.", "Faites le 34 22."], id="hours"
        ),
        pytest.param("Allez sur ameli.fr, puis lisez.", ["Allez sur ameli.fr, puis lisez."], id="an-address"),
        pytest.param("Voici : prenez la carte.", ["Voici : prenez la carte."], id="a-colon-inside"),
        pytest.param("Il dit « Venez. » Puis il part.", ["Il dit « Venez.", "Puis il part."], id="quoted"),
        pytest.param("« Venez. » « Oui. »", ["« Venez.", "« Oui. »"], id="both-quoted"),
        pytest.param("Un.\nDeux\n\nTrois.", ["Un.", "Deux", "Trois."], id="lines"),
        pytest.param("À vous. Écrivez.", ["À vous.", "Écrivez."], id="accented-capitals"),
        pytest.param("Un...", ["Un..."], id="an-ellipsis"),
        pytest.param("... !", [], id="no-words"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_sentences(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L'application est là.", ["L'application", "est", "là"]),
        ("L’application est-elle là ?", ["L’application", "est-elle", "là"]),
        ("Votre e-mail, s'il vous plaît", ["Votre", "e-mail", "s'il", "vous", "plaît"]),
        ("FranceConnect+ ou non", ["FranceConnect+", "ou", "non"]),
        ("Le 34 22 : œil", ["Le", "34", "22", "œil"]),
        ("... — !", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_measures() -> None:
    found = measure("Prenez la carte. Posez-la sur la table.")
    assert (found.words, found.sentences, found.longest) == (7, 2, 4)
    # prenez 2, la 1, carte 1, posez-la 3, sur 1, la 1, table 1: ten syllables in seven words, one of them long.
    assert found.kandel_moles == pytest.approx(207 - 1.015 * 3.5 - 73.6 * 10 / 7)
    assert found.lix == pytest.approx(3.5 + 100 / 7)


def test_measures_of_nothing() -> None:
    assert measure("...") == measure("") == type(measure(""))(0, 0, 0, 0.0, 0.0)


def test_easy_reads_easier_than_hard() -> None:
    easy = measure("Prenez la carte. Posez-la sur la table. Lisez le mot.")
    hard = measure("L'authentification administrative nécessite préalablement l'identification numérique.")
    assert easy.kandel_moles > 90
    assert hard.kandel_moles < 0
    assert easy.lix < 30 < hard.lix
