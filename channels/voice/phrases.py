"""The spoken medium itself, as a template: the few French words that only the telephone needs, and how signs are read.

What Camille has to say lives in data/. Here is only what turns it into speech: how a key is offered, what to expect
to hear, and which signs a voice would stumble on (docs/architecture.md, « The telephone »).
"""

from __future__ import annotations

LANGUAGE = "fr-FR"
VOICE = "Polly.Lea-Neural"

# The choice first, its key last: the key must still be in mind when the finger moves.
OFFER = "{label} : tapez {key}."
NO_ANSWER = "Personne n'a pu répondre."
# Said in turn while someone looks for a card or writes on a screen. The key that repeats comes where it may help.
WAITING = (
    "Prenez votre temps, je vous attends.",
    "Je suis toujours là.",
    "Pour réécouter, tapez étoile.",
    "Je vous attends.",
    "Je suis toujours là. Pour une personne, tapez zéro.",
)

# How whoever is asked « Vous m'entendez ? » says yes; what only the rest of a recorded greeting says.
HERE = frozenset("oui ouais allo entends entend ecoute bonjour si".split())
RECORDED = frozenset(
    "message messages messagerie repondeur bip signal sonore indisponible indisponibles absent absente absents "
    "numero coordonnees correspondant joindre rappellerai rappellerons rappelons laissez laisser".split()
)

# What the recogniser may expect at any turn, besides the choices on offer.
HINTS = (
    "oui",
    "non",
    "c'est fait",
    "répéter",
    "plus lentement",
    "retour",
    "aide",
    "une personne",
    "un conseiller",
    "au revoir",
    "carte Vitale",
    "numéro de série",
    "mot de passe",
    "code",
    "Mon espace santé",
    "un",
    "deux",
    "trois",
)

# Signs, as they are said. What is not here and is no word, digit or stop is left out.
READ_AS = {
    "€": " euros ",
    "%": " pour cent ",
    "&": " et ",
    "+": " plus ",
    "=": " égale ",
    "@": " arobase ",
    "n°": "numéro ",
    "N°": "numéro ",
    "°": " degrés ",
}
HOUR = "heures"
