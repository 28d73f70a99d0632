"""`camille doctor`: what is configured, what is missing, in plain words."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from math import inf

from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from assistant.budget import Budget
from assistant.clock import now
from assistant.content.book import read_book
from assistant.distant import DistantMind
from assistant.errors import CamilleError, ModelError, SettingError
from assistant.privacy.retention import LATE
from assistant.settings import Settings, read_settings
from assistant.storage import operator_acts, switches, tallies
from assistant.storage.database import Database
from assistant.training import is_stale
from assistant.waiting import waiting

LONGEST_WAIT = timedelta(minutes=2)
# The law lets an automatic sender write about as much as it is written to, give or take a fifth.
MOST_SENT_FOR_ONE = 1.1
GOOD, NOTE, BAD = "oui", "note", "NON"


def doctor() -> None:
    """Print one line a point. Raises SettingError at the end when something stops Camille from starting."""
    console = Console()
    settings = read_settings()
    found = list(examine(settings))
    for mark, sentence in found:
        console.print(f"[{mark:^4}] {sentence}", markup=False, highlight=False)
    if any(mark == BAD for mark, _ in found):
        raise SettingError("il y a quelque chose à réparer, voir plus haut.")


def examine(settings: Settings) -> Iterator[tuple[str, str]]:
    """(mark, sentence) for each thing that Camille needs."""
    where = "sur cette machine seulement" if settings.local else "pour tout le monde"
    yield GOOD, f"Adresse : {settings.public_base_url} ({where})."
    yield _database(settings)
    yield _content(settings)
    yield _understanding(settings)
    yield _port(settings)
    if settings.twilio:
        yield GOOD, "Twilio : réglé. Les SMS arrivent sur /sms, les appels sur /voice."
        if settings.local:
            yield NOTE, "PUBLIC_BASE_URL est une adresse locale : Twilio ne pourra pas la joindre."
        if not settings.ring_at:
            yield NOTE, "Le numéro à appeler n'est pas réglé (VOICE_NUMBER) : la page ne le montre pas."
    else:
        yield NOTE, "Twilio : pas réglé (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN). /sms et /voice sont fermés."
        yield NOTE, "Le téléphone pour de faux marche sans rien : camille sms, camille call"
    yield from _outgoing(settings)
    yield from _practices(settings)
    yield _published(settings)
    if settings.human_phone_number:
        yield GOOD, "Une personne : les appels sont passés au numéro réglé (HUMAN_PHONE_NUMBER)."
    else:
        yield NOTE, "Une personne : HUMAN_PHONE_NUMBER n'est pas réglé. Camille donne le 34 22."


def _understanding(settings: Settings) -> tuple[str, str]:
    if settings.understanding_url:
        mind = DistantMind(settings.understanding_url, settings.understanding_key)
        try:
            mind.prepare()
            mind.parse("bonjour")
        except ModelError as error:
            return BAD, f"{error} Lancez-y : camille understand, avec le même UNDERSTANDING_KEY."
        finally:
            mind.close()
        return GOOD, f"Comprendre : un autre service le fait, sur {settings.understanding_url}."
    if is_stale(settings):
        return NOTE, "Modèle : à entraîner. « make run » le fera, ou lancez : camille train"
    return GOOD, "Modèle : entraîné et à jour."


def _database(settings: Settings) -> tuple[str, str]:
    try:
        database = Database(settings.database_url)
        database.prepare(here=settings.local, within=0)
        kind = database.engine.url.get_backend_name()
        database.close()
        return GOOD, f"Base de données : {kind}, à jour."
    except CamilleError as error:
        return BAD, f"Base de données : {error}"


def _published(settings: Settings) -> tuple[str, str]:
    """What the law wants on the page: nobody asks for it of a trial on one machine."""
    missing = ", ".join(settings.publisher.missing)
    if not missing:
        return GOOD, f"Mentions légales : {settings.publisher.name}."
    if settings.local:
        return GOOD, f"Mentions légales : un essai sur cet ordinateur ({missing} : pas réglé)."
    return NOTE, f"Mentions légales : il manque {missing}. La loi les demande. La page /mentions dit qu'ils manquent."


def _outgoing(settings: Settings) -> Iterator[tuple[str, str]]:
    """Where messages come from, whether they leave, whether there are too many; and whether what is old goes."""
    told = {
        "none": (NOTE, "Expéditeur : TWILIO_SENDER n'est pas réglé. Camille répond, mais n'écrit pas la première."),
        "short_code": (GOOD, f"Expéditeur : le numéro court {settings.sender.text}. On peut lui répondre."),
        "platform_09": (GOOD, f"Expéditeur : le numéro {settings.sender.text}. On peut lui répondre et l'appeler."),
        "alphanumeric": (NOTE, f"Expéditeur : le nom {settings.sender.text}. Personne ne peut lui répondre."),
    }
    yield told[settings.sender.kind]
    try:
        database = Database(settings.database_url)
        with database.transaction() as connection:
            budget = Budget.of(settings)
            late = waiting(connection, now(), budget)
            ratio, off = tallies.lately(connection, now()), switches.off(connection)
            used = budget.used(connection, now()) if budget else 0.0
            purged = operator_acts.last(connection, "purged")
        database.close()
    except (CamilleError, SQLAlchemyError):
        return  # told above
    for face, since in off.items():
        yield NOTE, f"Canal en pause depuis le {since:%d/%m/%Y} : {face}. Pour le rouvrir : /pilotage/canaux"
    if late is None or late < LONGEST_WAIT:
        yield GOOD, "À envoyer : rien n'attend."
    else:
        minutes = round(late.total_seconds() / 60)
        yield NOTE, f"À envoyer : le plus ancien attend depuis {minutes} minutes. « camille worker » tourne-t-il ?"
    if purged is None:
        yield NOTE, "Effacement : pas encore fait. « camille worker » efface chaque nuit ce qui est trop vieux."
    elif now() - purged > LATE:
        yield NOTE, f"Effacement : rien depuis le {purged:%d/%m/%Y}. « camille worker » tourne-t-il ?"
    else:
        yield GOOD, f"Effacement : ce qui est trop vieux a été effacé le {purged:%d/%m/%Y}."
    if used >= 1:
        yield NOTE, "Budget des SMS : atteint ce mois-ci. Les invitations et les rappels par SMS ne partent plus."
    elif budget:
        yield GOOD, f"Budget des SMS : {used:.0%} ce mois-ci."
    if ratio is None:
        yield GOOD, "SMS sur 30 jours : aucun."
    elif ratio <= MOST_SENT_FOR_ONE:
        yield GOOD, f"SMS sur 30 jours : {_french(ratio)} envoyé pour un reçu."
    else:
        yield (
            NOTE,
            f"SMS sur 30 jours : {_french(ratio)} envoyé pour un reçu, plus que 1,1 : attention au blocage.",
        )


def _practices(settings: Settings) -> Iterator[tuple[str, str]]:
    """How physicians sign in, and what was to be declared to the provider, letter by letter."""
    base = settings.public_base_url
    if settings.psc.configured:
        yield GOOD, f"Pro Santé Connect : réglé, chez {settings.psc.issuer}."
        yield NOTE, f"À y déclarer, à la lettre près : {base}/medecin/retour et {base}/medecin/sortie"
    elif settings.local:
        yield NOTE, "Pro Santé Connect : pas réglé. « make run » ouvre un essai de /medecin, sur cette machine."
    else:
        missing = "PSC_ISSUER, PSC_CLIENT_ID, PSC_CLIENT_SECRET"
        yield NOTE, f"Pro Santé Connect : pas réglé ({missing}). Aucun médecin ne peut entrer."


def _french(ratio: float) -> str:
    return "beaucoup" if ratio == inf else f"{ratio:.2f}".replace(".", ",")


def _content(settings: Settings) -> tuple[str, str]:
    book, problems = read_book(settings.data)
    if problems:
        return BAD, f"Textes : {len(problems)} défaut(s). Lancez : camille check"
    steps = sum(len(journey.steps) for journey in book.journeys.values())
    return GOOD, f"Textes : {len(book.answers)} réponses, {steps} étapes, {len(book.facts)} faits."


def _port(settings: Settings) -> tuple[str, str]:
    with socket.socket() as probe:
        busy = probe.connect_ex(("127.0.0.1", settings.port)) == 0
    if busy:
        return NOTE, f"Port {settings.port} : occupé (Camille y tourne peut-être déjà)."
    return GOOD, f"Port {settings.port} : libre."
