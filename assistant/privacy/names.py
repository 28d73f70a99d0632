"""Takes out the names that people say they have, or call others by: « je m'appelle … », « c'est Madame … ».

What is put in their place is no word, so that what is understood of the rest stays the same. A name that nothing
announces is not seen: no list of names is kept, and anybody's may be an ordinary word.
"""

from __future__ import annotations

import re

from assistant.folding import fold

# Not a word: « nom » would be understood as a question about a name.
TAKEN = "[…]"
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*(?!\w)")
# Parts of a name that stand between two others, and those that a name begins with: « Marie de Lattre », « Ben Ali ».
BETWEEN = frozenset("de du d la le ben el al van von der den da dos di".split())
FIRST = frozenset("ben el al abd van von mc mac saint sainte st ste le la".split())
IN_SMALL_LETTERS = frozenset("de du d ben el al van von".split())
TITLE = r"(?:madame?|mme|m[ao]nsieur|mr|mademoiselle|mlle|docteure?|dr|professeur|ma[iî]tre)"
# Who speaks says her name, or whose call it is: it may be in small letters.
SAID = re.compile(
    r"(?:\bj(?:e|['’])?\s?m(?:e\s|['’]\s?|\s)?ap+el+(?:es|e)?\b"
    r"|(?:^|[.,!?:;]\s?)m['’\s]?ap+el+e?\b"
    r"|\bj(?:e|['’])?\s?m(?:e\s|['’])nom+e?\b"
    r"|\b(?:mon|ma|son|sa|le|votre|notre)\s(?:pr[ée])?nom"
    r"(?:\s(?:de\s(?:famille|jeune\s?fille|naissance|mariage)|d['’\s]usage|complet))?"
    r"\s?(?:est|c['’]?\s?est|cest)(?!\w)"
    r"|\b(?:pr[ée])?nom(?:\sde\s(?:famille|jeune\s?fille|naissance))?\s?[:=]"
    rf"|\b(?:c(?:['’]?\s?est)?|s['’]est|je\ssuis|chui|ici|appel(?:le|ez))\s(?:l[ae]\s)?{TITLE}\.?(?!\w)"
    # « mme » is « même » as well: « quand mme », « le mme ».
    r"|(?<!\w)(?<!\b(?:le|du|au|en)\s)(?<!\bmoi\s)(?<!\bquand\s)(?:mme|mr|mlle|dr)\.?(?!\w))[\s:,«\"]*",
    re.I,
)
# After these in small letters a name is seen by the wary only: « le docteur regarde », « le nom marche » are as likely.
WARILY = re.compile(rf"(?<!\w)(?:{TITLE}\.?|(?:pr[ée])?nom(?:\sde\sfamille)?)[\s:,]+", re.I)
# After these a capital alone tells a name from a word: « le docteur Martin », « je suis Jean Martin », « ici Paul ».
CAPITAL = re.compile(
    rf"(?:(?<!\w){TITLE}\.?|(?<!\w)(?:M|Pr)\.|\bje\ssuis|\bmoi,?\s(?:c['’\s]?est|je\ssuis)"
    r"|(?:^|[.!,]\s?|\b(?:bonjour|bonsoir|all[ôo]|euh)\s)(?:ici|c['’\s]?est)|\bsign[ée]e?\s?:?"
    r"|\bappel(?:le|ez)-moi)\s",
    re.I,
)
# « C'est Gaston, comment va ? », « c'est Odette à l'appareil », « c'est Roy avec un y »; not « c'est Orange ou SFR ».
AFTER_IT_IS = re.compile(r"\s?(?:[,.!?;]|$|(?:à|au|avec|de|la|le)\s)", re.I)
IT_IS = re.compile(r"c['’\s]?est\s$", re.I)
MOST, MOST_SMALL = 4, 2
# « MSA », « AME »: in capitals, and no name.
LONGEST_INITIALS = 4
# How a sentence goes on after such words when it gives no name.
OTHERS = frozenset(
    fold(word)
    for word in (
        "je j tu il elle on nous vous ils elles me m te t se s y en lui leur moi toi soi eux c ça ce cela ceci "
        "cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leurs le la les l un une des du de d "
        "au aux à a et ou où mais donc or ni car dans sur sous pour par avec sans chez vers entre depuis pendant "
        "avant après puis ensuite alors que qu qui quoi quel quelle quels quelles dont quand comment combien "
        "pourquoi parce puisque si comme lorsque ne n pas plus jamais rien personne aucun aucune non oui ok bien "
        "mal mieux trop très peu beaucoup assez encore toujours déjà souvent aussi même seulement juste presque "
        "environ ici là voici voilà maintenant aujourd hui demain hier tard tôt est es suis sont sommes êtes "
        "était étaient étais été être serai sera serait ai as avons avez ont avait avais avaient eu avoir aura "
        "aurait fait faire fais faites font fera va vas vais allez aller vont ira peut peux pouvez peuvent "
        "pouvait pourrait pourriez pouvoir veut veux voulez veulent voulait voudrais voudrait vouloir dois doit "
        "devez doivent devait devrait devoir dit dis dites disent disait dire sais sait savez savoir faut "
        "faudrait vient viens venez venu venir prend prends prenez pris prendre met mets mettez mis mettre voit "
        "vois voyez vu voir demande demandé demander veuillez donne donné donner donnez envoie envoyé envoyer "
        "reçu reçue reçois recevoir appelle appelé appeler appelez aide aidez aider excusez excuse pardon merci "
        "stop stopp stoppe stoppez arret arrets arrete arretes arretez arreter desinscrire desabonner resilier effacer "
        "efface effacez supprimer supprime supprimez annuler annule annulez activer active activez bizarre complique "
        "compliquee erreur bloque bloquee errone erronee incomplet incomplete manquant manquante introuvable illisible "
        "vide souci soucis urgent urgence grave tombe tombee gratuit payant infirmiere medecin sourd sourde aveugle "
        "svp stp bonjour bonsoir bjr bsr slt salut bonne bon revoir allô allo coucou s'il plaît plait attendez "
        "attends écoutez regardez perdu perdue oublié oubliée cherche essaie essayé essayer tape tapé arrive "
        "arrivé arriver marche marché marcher comprends compris comprendre refuse refusé parle parlé parler écrit "
        "écris écrire lit lis lire passe passé passer reste resté fini finie terminé prêt prête malade âgé âgée "
        "veuf veuve né née seul seule content contente sûr sûre pareil pareille faux fausse vrai vraie mauvais "
        "mauvaise mal-entendant malvoyant handicapé retraité retraitée différent différente écorché inexact "
        "inexacte incorrect correct connu inconnu changé accepté affiché obligatoire traitant traitante "
        "généraliste spécialiste habituel habituelle remplaçant remplaçante scolaire hospitalier libéral dentiste "
        "cardiologue référent conseil confiance monsieur madame mme mr mlle docteur dr chers chère cher celui "
        "celle ceux autre autres marital complet exact usage famille jeune fille naissance usuel code carte "
        "lettre courrier numéro mail sms téléphone ordinateur compte espace santé ameli vitale mutuelle camille "
        "robot français française franceconnect doctolib google android iphone samsung windows identité site "
        "appli nom prénom adresse date ans dedans devenu possible impossible autrement inversé massacré "
        "mot mots mdp page message réponse phrase erreur étape dossier document temps fois endroit lien bouton écran "
        "application photo question problème urgence rdv chose ordonnance résultats proche aidant aidante tutelle "
        "curatelle "
    ).split()
)
# « j'ai », « t'arrive » are written in one word with what follows; « D'Angelo », « N'Diaye » are names.
ELIDED = frozenset("j c n m t s l qu jusqu lorsqu puisqu quelqu aujourd".split())
ELIDED_IN_NAMES = frozenset("n d l o".split())


def without_names(text: str, *, wary: bool = False) -> str:
    """`text` without them. « je m'appelle pas comme ça », « oui madame », « mon docteur m'a dit » stay.

    `wary`, where nothing has to be understood any more: « madame petit » goes as well, and so does « docteur regarde »;
    a capital tells a name then even where the word is one that a sentence goes on with: « je m'appelle Carte ».
    """
    shouted = text.isupper()
    for cue, small in ((SAID, True), (CAPITAL, False), *([(WARILY, True)] if wary else [])):
        kept, last = [], 0
        for found in cue.finditer(text):
            end = _end(text, found.end(), small=small, shouted=shouted, wary=wary) if found.start() >= last else 0
            if end and (small or not IT_IS.search(found.group()) or AFTER_IT_IS.match(text, end)):
                kept += [text[last : found.end()], TAKEN]
                last = end
        text = "".join([*kept, text[last:]])
    return text


def _end(text: str, start: int, *, small: bool, shouted: bool, wary: bool) -> int:
    """Where the name that begins at `start` ends; 0 where there is none. `small`: it may be in small letters."""
    end, names, seen = 0, 0, start
    for word in WORD.finditer(text, start):
        if text[seen : word.start()].strip(" -") or names == MOST:
            break
        seen = word.end()
        plain, capital = fold(word.group()), word.group()[0].isupper() and not shouted
        if plain in (BETWEEN if names else FIRST) and (capital or plain in IN_SMALL_LETTERS):
            continue
        goes_on = plain in OTHERS and not (wary and capital)
        if goes_on or _is_elided(plain, first=small and not names, capital=capital):
            break
        initials = word.group().isupper() and len(plain) <= LONGEST_INITIALS
        if not ((capital and (small or not initials)) or (small and names < MOST_SMALL)):
            break
        end, names = word.end(), names + 1
    return end


def _is_elided(plain: str, *, first: bool, capital: bool) -> bool:
    start, joined, _ = plain.partition(" ")
    return bool(joined) and start in ELIDED and not capital and not (first and start in ELIDED_IN_NAMES)
