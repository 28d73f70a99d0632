"""The whole of what Camille can say, read once and checked: topics, answers, journeys, facts, word lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from assistant.content.abbreviations import read_abbreviations, spelled
from assistant.content.advice import NO_ADVICE, Advice, read_advice
from assistant.content.answers import Answer, read_answers
from assistant.content.document import Document, Place, Problem, read
from assistant.content.facts import Fact, read_facts
from assistant.content.glossary import read_glossary
from assistant.content.leaflets import Leaflet, read_leaflets
from assistant.content.topics import Topic, read_topics
from assistant.content.wording import CHANNELS
from assistant.errors import ContentError
from assistant.glossary import NO_WORDS, Glossary
from assistant.journeys.loader import read_journey
from assistant.journeys.model import RETURN, Journey
from assistant.reminders.when import heard
from assistant.turns import Choice

# Phrases that the guide says by name. A missing one would be found in front of a person.
PHRASES = (
    "premiers_mots menu reprise pas_compris_1 pas_compris_2 pas_compris_3 lequel choisir sans_mots trop_long "
    "silence_1 silence_2 silence_3 pause debut daccord continuer humain humain_local progres deja_fini "
    "effacer_confirmer effacer_fait effacer_garde code_demander code_faux code_bloque code_trouve "
    "stop_revenir stop_fini en_preparation panne lire_reponse au_revoir "
    "au_retour pas_encore menu_suite menu_espace plutot danger_peut_etre "
    "rappel_quand rappel_confirmer rappel_note_sms rappel_note_voice rappel_annule rappel_jours rappel_trop_loin "
    "rappel_redire rappel_sms rappel_appel rappel_repondeur rappel_entendez pause_rappel "
    "par_sms par_sms_offre par_sms_impossible par_sms_texte "
    "qui_parle qui_place qui_premiere qui_deuxieme qui_troisieme qui_autre qui_bienvenue "
    "entendu entendu_oui entendu_non entendu_autre image code_donner appel_long appel_fini "
    "premiers_mots_courts invitation_activer invitation_partager invitation_ecrire invitation_inconnue "
    "invitation_plus_tard invitation_demander invitation_commencer invitation_a_qui dire_activer dire_partager "
    "dire_ecrire ne_pas_compter "
    "mes_donnees mes_donnees_rien mes_donnees_etape mes_donnees_fini mes_donnees_sujets mes_donnees_rappel "
    "mes_donnees_stop effacer_preuve "
    "violences violences_et_detresse deuil ne_lit_pas ne_lit_pas_appel est_ce_camille est_ce_camille_appel "
    "autre_langue limite canal_ferme"
).split()
# Where those phrases stand.
CONVERSATION = "data/answers/conversation.yml"
# What a choice may do beside leading to a step or a topic.
MOVES = frozenset("resume restart menu more owned code erase keep return other later remind when text genuine".split())
# The words of a choice that sets a reminder are understood on any day.
ANY_DAY = datetime(2026, 1, 5, 12, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Book:
    """Content that passed every structural check. `read` is the only way to get one."""

    topics: dict[str, Topic]
    answers: dict[str, Answer]
    journeys: dict[str, Journey]
    facts: dict[str, Fact]
    glossary: Glossary = NO_WORDS
    leaflets: dict[str, Leaflet] = field(default_factory=dict)
    advice: Advice = NO_ADVICE

    def journey_for(self, topic: str) -> Journey | None:
        """The journey that a topic starts: they share their name."""
        return self.journeys.get(topic)

    def entry(self, target: str) -> tuple[Journey, str]:
        """The journey and the step that a choice "journey:`target`" leads to: a name, or a name and a step."""
        name, _, step = target.partition("/")
        journey = self.journeys[name]
        return journey, step or journey.start


def open_book(data: Path) -> Book:
    """The content of `data`. Raises ContentError with one line a problem."""
    book, problems = read_book(data)
    if problems:
        raise ContentError("\n".join(str(problem) for problem in sorted(problems)))
    return book


def read_book(data: Path) -> tuple[Book, list[Problem]]:
    """The content of `data` and everything that is wrong with its structure."""
    root, problems = data.parent, []
    unread: list[str] = []

    def documents(pattern: str) -> list[Document]:
        found = []
        for path in sorted(data.glob(pattern)):
            document, wrong = read(path, root)
            problems.extend(wrong)
            if wrong and not document.data:
                unread.append(document.file)
            else:
                found.append(document)
        return found

    topics: dict[str, Topic] = {}
    facts: dict[str, Fact] = {}
    topic_file = Document("data/domain/topics.yml", {}, {})
    for topic_file in documents("domain/topics.yml"):
        topics |= read_topics(topic_file, problems)
    for document in documents("sources.yml"):
        facts |= read_facts(document, problems)
    for document in documents("lexicon/abbreviations.yml"):
        facts = spelled(facts, read_abbreviations(document, problems))
    word_files = documents("lexicon/glossary.yml")
    glossary = Glossary(tuple(term for document in word_files for term in read_glossary(document, problems)))
    answer_files = documents("answers/*.yml")
    answers = read_answers(answer_files, problems)
    journeys: dict[str, Journey] = {}
    journey_files = documents("journeys/*.yml")
    walked: list[tuple[Journey, Document]] = []
    named = {str(document.data.get("journey")) for document in journey_files if isinstance(document.data, dict)}
    for document in journey_files:
        before = len(problems)
        journey = read_journey(document, problems)
        walked.append((journey, document))
        problems += _named_twice(journey, document, journeys)
        if len(problems) == before:  # nobody walks a broken one, but its links are read in the same run
            journeys[journey.name] = journey
    # What leads into a journey that was told to be broken is not told as well.
    broken = named - set(journeys)
    leaflets = read_leaflets(documents("leaflets/*.yml"), journeys, broken, problems)
    advice = NO_ADVICE
    for document in documents("practice/advice.yml"):
        advice = read_advice(document, facts, problems)
    book = Book(topics, answers, journeys, facts, glossary, leaflets, advice)
    for journey, document in walked:
        problems += _journey_links(journey, document, book, broken)
    for document in answer_files:
        problems += _answer_links(document, book, broken)
    for document in word_files:
        problems += _word_links(document, book)
    if unread:  # what is missing is in there: the rest would only drown it
        return book, problems
    covered = set(answers) | named
    problems += [
        topic_file.problem((topic.group, name), f"Le thème « {name} » n'a pas de réponse.")
        for name, topic in topics.items()
        if name not in covered
    ]
    problems += [
        Problem(CONVERSATION, 1, f"Il manque la phrase « {name} ».") for name in PHRASES if name not in answers
    ]
    return book, problems


def _named_twice(journey: Journey, document: Document, journeys: dict[str, Journey]) -> list[Problem]:
    """`camille check --show` and the trace of a turn know a step by its name alone."""
    taken = {name: other.name for other in journeys.values() for name in other.steps}
    return [
        document.problem(("steps", name), f"L'étape « {name} » existe déjà dans le parcours « {taken[name]} ».")
        for name in journey.steps
        if name in taken
    ]


def _answer_links(document: Document, book: Book, broken: set[str]) -> list[Problem]:
    problems = []
    for name in document.data if isinstance(document.data, dict) else {}:
        answer = book.answers[name]
        for choice in answer.choices:
            if not _leads_somewhere(choice, book, broken):
                problems.append(document.problem((name,), f"Le choix « {choice.label} » ne mène nulle part."))
        for fact in answer.basis.facts:
            if fact not in book.facts:
                problems.append(document.problem((name, "facts"), f"Le fait « {fact} » n'existe pas."))
        if name in book.topics and answer.simpler is None:
            problems.append(document.problem((name,), "Il manque « simpler », la deuxième façon de le dire."))
    return problems


def _word_links(document: Document, book: Book) -> Iterator[Problem]:
    for term in book.glossary.terms:
        for fact in term.basis.facts:
            if fact not in book.facts:
                yield document.problem((term.name, "facts"), f"Le fait « {fact} » n'existe pas.")
        if term.topic and term.topic not in book.topics:
            yield document.problem((term.name, "topic"), f"Le thème « {term.topic} » n'existe pas.")


def _leads_somewhere(choice: Choice, book: Book, broken: set[str]) -> bool:
    if not choice.goes:
        return True  # told already: the field is missing
    kind, _, target = choice.goes.partition(":")
    if kind == "journey":
        name, _, step = target.partition("/")
        return not target or name in broken or (name in book.journeys and step in {"", *book.journeys[name].steps})
    if kind == "when":
        found = heard(target, ANY_DAY)
        return found is not None and found.at is not None
    return (kind == "topic" and target in book.topics) or (kind == "move" and target in MOVES)


def _journey_links(journey: Journey, document: Document, book: Book, broken: set[str]) -> list[Problem]:
    problems = []
    heard: list[tuple[Place, str]] = [(("anywhere", topic), topic) for topic in journey.anywhere]
    for fact in journey.helping.basis.facts if journey.helping else ():
        if fact not in book.facts:
            problems.append(document.problem(("beside", "facts"), f"Le fait « {fact} » n'existe pas."))
    for name, step in journey.steps.items():
        heard += [(("steps", name, "hears", topic), topic) for topic in step.hears]
        for fact in step.basis.facts:
            if fact not in book.facts:
                problems.append(document.problem(("steps", name, "facts"), f"Le fait « {fact} » n'existe pas."))
        for choice in step.choices:
            for meaning in choice.means:
                heard.append((("steps", name, "choices"), meaning))
            if choice.goes.startswith("topic:"):
                heard.append((("steps", name, "choices"), choice.goes.removeprefix("topic:")))
            if choice.goes.startswith("journey:") and not _leads_somewhere(choice, book, broken):
                at: Place = ("steps", name, "choices")
                problems.append(document.problem(at, f"Le choix « {choice.label} » ne mène nulle part."))
    for place, topic in heard:
        if topic and topic not in book.topics:  # an empty one was told already: the field is missing
            problems.append(document.problem(place, f"Le thème « {topic} » n'existe pas."))
    return problems


__all__ = ["CHANNELS", "MOVES", "PHRASES", "RETURN", "Book", "open_book", "read_book"]
