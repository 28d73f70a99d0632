"""Takes private numbers, codes, passwords and addresses out of what people write, before anything else sees it.

Recall comes first: a masked order number costs nothing, a kept social security number is a fault.
Formats: shared facts B15-B20 and E93; official NIR rule (assurance-maladie-digital/nir-validation),
widened to temporary numbers and unknown months.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Between digits: spaces of every kind, dots, dashes, slashes; twice at most, so that « 12 rue, 75015 » stays apart.
SEPARATOR = r"[\s.,;:\-_/·'’*+()]{0,3}"

# Short public numbers are the help we give: never masked. 3422, 3646, 3114, 3919, 114, 119...
PUBLIC_NUMBERS = frozenset("15 17 18 112 114 115 119 3114 3422 3646 3919 3939 33700".split())

NIR = re.compile(
    r"(?<![0-9A-Za-z])[1-478]" + SEPARATOR + r"\d{2}" + SEPARATOR + r"\d{2}" + SEPARATOR + r"(?:\d{2}|2\s?[AB])"
    + SEPARATOR + r"\d{3}" + SEPARATOR + r"\d{3}(?:" + SEPARATOR + r"(?:cl[eé]\s*)?\d{2})?(?![0-9A-Za-z])",
    re.IGNORECASE,
)
CORSICAN = re.compile(r"(?<![0-9A-Za-z])(?:\d" + SEPARATOR + r"){4,5}2\s?[AB]" + SEPARATOR + r"(?:\d" + SEPARATOR + r"){2,8}", re.I)
EMAIL = re.compile(r"[^\s@<>()]{1,64}\s?(?:@|\(at\)|\s(?:arobase|arobaz|arobas)\s)\s?[A-Za-z0-9\-]{1,63}(?:\s?(?:\.|\spoint\s)\s?[A-Za-z0-9\-]{1,63}){1,4}", re.I)
PHONE = re.compile(r"(?<!\d)(?:\+|00)?(?:33|0)" + SEPARATOR + r"[1-9](?:" + SEPARATOR + r"\d{2}){4}(?!\d)")
LONG = re.compile(r"\d(?:" + SEPARATOR + r"\d){6,}")
BIRTH = re.compile(r"(?<!\d)\d{1,2}\s?[/.\- ]\s?\d{1,2}\s?[/.\- ]\s?(?:19|20)\d{2}(?!\d)")
# Twelve letters and digits mixed: the temporary code (fact B20). Nine or more: a serial number typed with its letters.
MIXED = re.compile(r"(?<![0-9A-Za-z])(?=[A-Za-z\-]*\d)(?=[\d\-]*[A-Za-z])(?:[A-Za-z0-9]-?){7,20}[A-Za-z0-9](?![0-9A-Za-z])")
GROUPED = re.compile(r"(?<![0-9A-Za-z])(?:(?=[A-Za-z]*\d)[A-Za-z0-9]{3,4}[ \-]){2,3}(?=[A-Za-z]*\d)[A-Za-z0-9]{3,4}(?![0-9A-Za-z])")
CODE = re.compile(r"(?<![0-9A-Za-z])\d(?:[ .\-]?\d){3,7}(?![0-9A-Za-z])")
CODE_CUE = re.compile(r"\b(?:codes?|otp|pin|sms|re[cç]u|chiffres?|num[eé]ros?|num|n°|s[eé]cu|s[eé]rie|cl[eé])\b", re.I)
TOKEN_CUE = re.compile(r"\b(code|s[eé]rie)\b(\s*(?:provisoire|re[cç]u|d'activation|est|c'est|c est|:|=|,|-)*\s*)([A-Za-z0-9\-]{5,20})\b", re.I)
PASSWORD = re.compile(
    r"\b(mots?\s+de\s+passes?|mdp|motdepasse|mot\s+2\s+passe|password|passe)\b"
    r"(\s*(?:de|du|pour|sur)\s+(?:mon|l[ea']?|ma)\s*\S+)?"
    r"(\s*(?:est|c'est|c est|cest|sera|:|=|->|,)\s*)(\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
QUESTION = re.compile(r"^(?:pas|oubli|perdu|refus|trop|faux|bon|quoi|mauvais|incorrect|invalide|difficile|obligatoire|compliqu|où|ou\b|dur|nul|long|bloqu|expir|invalid|le\s+m[eê]me|demand)", re.I)
MIXED_WORD = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])(?=\S*[^\sA-Za-z0-9À-ÿ'’.,;:!?])\S{8,64}")


@dataclass(frozen=True)
class Masked:
    """`text` is safe to store, log and classify. `found` names the kinds taken out, in order, without repeats."""

    text: str
    found: tuple[str, ...]

    @property
    def only_secret(self) -> bool:
        """Whether nothing but the secret was written."""
        return bool(self.found) and not re.sub(r"\[[^\]]*\]|\W|\d", "", self.text)


def mask(text: str) -> Masked:
    """`text` with every secret replaced by its kind in brackets. Linear in the length of `text`; never raises."""
    found: list[str] = []

    def put(kind: str) -> str:
        if kind not in found:
            found.append(kind)
        return f"[{kind}]"

    def run(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group())
        return match.group() if digits in PUBLIC_NUMBERS else put("numéro")

    def spoken(match: re.Match[str]) -> str:
        lead, secret = "".join(filter(None, match.groups()[:3])), match.group(4)
        return match.group() if QUESTION.match(secret) else f"{lead}{put('mot de passe')}"

    def cued(match: re.Match[str]) -> str:
        token = match.group(3)
        if not any(character.isdigit() for character in token) or token in PUBLIC_NUMBERS:
            return match.group()
        return f"{match.group(1)}{match.group(2)}{put('code')}"

    def code(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group())
        if digits in PUBLIC_NUMBERS:
            return match.group()
        alone = not re.search(r"[A-Za-zÀ-ÿ]", text)
        near = text[max(0, match.start() - 60) : match.end() + 40]
        return put("code") if alone or len(digits) >= 6 or CODE_CUE.search(near) else match.group()

    text = EMAIL.sub(lambda match: put("e-mail"), text)
    text = PASSWORD.sub(spoken, text)
    text = MIXED_WORD.sub(lambda match: match.group() if match.group().startswith("[") else put("mot de passe"), text)
    text = NIR.sub(lambda match: put("numéro"), text)
    text = CORSICAN.sub(lambda match: put("numéro"), text)
    text = PHONE.sub(lambda match: put("téléphone"), text)
    text = BIRTH.sub(lambda match: put("date"), text)
    text = LONG.sub(run, text)
    text = TOKEN_CUE.sub(cued, text)
    text = MIXED.sub(lambda match: put("code"), text)
    text = GROUPED.sub(lambda match: put("code"), text)
    text = CODE.sub(code, text)
    return Masked(text, tuple(found))
