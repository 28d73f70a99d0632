"""« Asks back » is what Camille really does: her actions and her guide decide it, not this evaluation."""

from __future__ import annotations

import pytest

from assistant.actions.ask_again import FALLBACK, LIKELY
from assistant.evaluation.hearing import heard
from assistant.guide import Guide

DOUBT = (FALLBACK, 0.35)


def test_what_the_gate_decides_is_said(guide: Guide) -> None:
    found = heard(guide, "stop", [("arreter_messages", 1.0)], decided=True)
    assert (found.said, found.decided, found.first) == ("arreter_messages", True, "arreter_messages")


def test_a_topic_that_is_sure_is_said(guide: Guide) -> None:
    found = heard(guide, "c'est payant", [("cout", 0.9), ("activer", 0.05)], decided=False)
    assert (found.said, found.offered) == ("cout", ())


def test_two_close_topics_are_offered(guide: Guide) -> None:
    found = heard(guide, "c'est payant", [DOUBT, ("cout", 0.34), ("vaccins", 0.3), ("activer", 0.2)], decided=False)
    assert (found.said, found.offered) == ("", ("cout", "vaccins"))
    assert found.ranking[0] == ("cout", 0.34), "the doubt is no topic"


@pytest.mark.parametrize(
    "ranking",
    [
        pytest.param([DOUBT, ("cout", 0.3), ("vaccins", LIKELY / 2)], id="only one is likely"),
        pytest.param([DOUBT, ("cout", 0.3), ("insulter", 0.29)], id="one is no question to ask"),
        pytest.param([DOUBT, ("activer", 0.3)], id="one alone"),
    ],
)
def test_without_two_to_offer_it_is_said_otherwise(guide: Guide, ranking: list[tuple[str, float]]) -> None:
    """The menu that comes with it offers « activer » to everybody: nobody was understood by that."""
    found = heard(guide, "euh", ranking, decided=False)
    assert (found.said, found.offered) == ("", ())


def test_a_guessed_stop_is_asked_back(guide: Guide) -> None:
    found = heard(guide, "arrêtez avec ça", [("arreter_messages", 0.9), ("se_plaindre", 0.05)], decided=False)
    assert (found.said, found.offered) == ("", ("arreter_messages",))


def test_a_private_number_that_was_not_sent_is_asked_back(guide: Guide) -> None:
    ranking = [("donnee_sensible", 0.9), ("cout", 0.05)]
    assert heard(guide, "je vous donne mon numéro", ranking, decided=False).said == ""
    assert heard(guide, "mon numéro [numéro]", ranking, decided=False).said == "donnee_sensible"


def test_no_words_are_asked_about(guide: Guide) -> None:
    found = heard(guide, "", [(FALLBACK, 1.0)], decided=False)
    assert (found.said, found.ranking, found.first, found.sure) == ("", (), "", 0.0)
