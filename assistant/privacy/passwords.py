"""Takes out the passwords that are said to be one, as far as the sentence goes."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.privacy.codes import ordinary

Put = Callable[[str], str]

CUE = (
    r"(?:mots?\s+(?:(?:de?|2)\s+)?pass\w*|mots?\s+(?:de?|2)\s+p(?:as|ss)\w*|mot2passe|motdepasse|mdpasse|mdp|mpd|"
    r"pass\s?word|codes?\s+secrets?)"
)
CUED = re.compile(rf"\b{CUE}\b", re.I)
# « mon mot de passe c'est... », « mdp : ... », « mot de passe pour le site = ... », up to the end of the sentence.
SAID = re.compile(
    rf"\b({CUE}(?:\s+(?:de|du|des|pour|sur)\s+(?:(?:mon|le|la|ma|mes)\s+)?[\w'’]+){{0,2}}"
    r"\s*(?:(?:est|c['’]?\s?est|sest|[cs]é|c|sera|[ée]tait)\b|:|=|->|>)(?:\s*(?:c['’]?\s?est\b|:))?\s*)"
    r"(\S[^.!?]*(?:[.!?]+(?!\s|$)[^.!?]*)*)",
    re.I,
)
# « j'ai mis ... comme mot de passe ».
BEFORE = re.compile(
    r"\b((?:mis|mets|mettre|choisis?|pris|prends|utilise|tap[ée]|[ée]crit|rentr[ée]|essay[ée])\s+)"
    rf"(\S{{3,40}}(?:\s\S{{1,40}})?)(\s+(?:comme?|kom+e?|en|pour|pr|dans|ds)\s+(?:(?:le|mon|ma)\s+)?{CUE})\b",
    re.I,
)
# How a sentence about a password goes on when it does not give it: beginnings of words, then whole words.
NO_PASSWORD = re.compile(
    r"\W*(?:(?:toujours|encore|d[ée]j[àa]|oubli|perdu|refus|rejet|mauvais|correct|incorrect|invalid|valid|expir|p[ée]rim|"
    r"bloqu|difficil|facile|compliqu|obligatoir|n[ée]cessaire|demand|impossible|comment|combien|pourquoi|not[ée]|[ée]crit|"
    r"chang|modifi|enregistr|accept|reconnu|inconnu|diff[ée]rent|personnel|secret|priv[ée]|s[ée]curis|introuvable|donn|effac|dispar|affich|"
    r"autres?|choisi|commen|r[ée]initialis|supprim|cach[ée]|visible|obsol|inutil|p[ée]nible|normal|possible|grave|redemand|recommenc)\w*"
    r"|(?:pas|plus|jamais|trop|faux|fausse|bon|bonne|dur|nul|long|court|faible|fort|quoi|quels?|quelles?|lequel|quand|qui|"
    r"que|qu|o[uù]|[àa]|au|dans|sur|pour|en|de|du|le|la|les|l|un|une|ce|celui|celle|mon|ma|mes|son|votre|rouge|vert|vide|"
    r"fait|ok|bien|mieux|tr[eè]s|si|il|elle|je|j|on|vous|tout|rien|ici|l[àa]|utile|mis|chez|avec|sans|et|ou|mais|car|donc|"
    r"parce|merci|svp|aide|comme|n|d|sa|ton|leur)\b|\w+\s(?:caract[èe]res|lettres|chiffres|signes|mots)\b)",
    re.I,
)
TOKEN = re.compile(r"\S+")
EDGES = ".,;:!?)(«»\"'’"
SIGNS = "@#$%&*!?_=+^~§£"
SHORTEST = 6


def without_passwords(text: str, put: Put) -> str:
    """`text` without them. « mot de passe oublié » stays."""

    def said(match: re.Match[str]) -> str:
        return match.group() if NO_PASSWORD.match(match.group(2)) else match.group(1) + put("mot de passe")

    def before(match: re.Match[str]) -> str:
        lead, secret, trail = match.groups()
        return match.group() if NO_PASSWORD.match(secret) else lead + put("mot de passe") + trail

    def beside(match: re.Match[str]) -> str:
        return put("mot de passe") if _like_a_password(match.group()) else match.group()

    text = BEFORE.sub(before, SAID.sub(said, text))
    return TOKEN.sub(beside, text) if CUED.search(text) else text


def _like_a_password(token: str) -> bool:
    """Whether `token`, beside the word « mot de passe », mixes what no ordinary word does."""
    core = token.strip(EDGES)
    if len(core) < SHORTEST or "[" in token or ordinary(core) or not any(map(str.isalpha, core)):
        return False
    # A sign at the end is punctuation, or « FranceConnect+ ».
    return any(map(str.isdigit, core)) or any(sign in core[:-1] for sign in SIGNS)
