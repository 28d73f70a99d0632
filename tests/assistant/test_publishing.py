"""Who puts the service online: words that can be read on a page, and a plain sentence for those that cannot."""

from __future__ import annotations

import pytest

from assistant.errors import SettingError
from assistant.publishing import LONGEST, Publisher

TOWN = {
    "PUBLISHER": "  Mairie d'Exemple, M. le maire, 1 place de la Mairie, 00000 Exemple, 01 99 00 00 01 ",
    "CONTACT": "camille@mairie.example",
    "HOSTED_BY": "Hébergeur d'Exemple (SAS) & fils, 2 rue Haute, 00000 Exemple",
}


def refusal(name: str, words: str) -> str:
    with pytest.raises(SettingError) as refused:
        Publisher.of(TOWN | {name: words})
    told = str(refused.value)
    assert told.startswith(name)
    assert "\n" not in told
    assert len(told) < 120, "what was given is not told back"
    return told


def test_all_three() -> None:
    town = Publisher.of(TOWN)
    assert town.name == TOWN["PUBLISHER"].strip()
    assert (town.email, town.missing) == ("camille@mairie.example", ())


def test_nothing_is_given_on_one_machine() -> None:
    assert Publisher.of({}) == Publisher.of({"PUBLISHER": " ", "CONTACT": "", "HOSTED_BY": ""}) == Publisher()
    assert Publisher().missing == ("PUBLISHER", "CONTACT", "HOSTED_BY")
    assert Publisher(name="Mairie").missing == ("CONTACT", "HOSTED_BY")


def test_the_name_of_the_machine_is_no_host() -> None:
    """Some shells and tools set HOST by themselves."""
    assert Publisher.of({"HOST": "x86_64-linux-gnu"}) == Publisher()


@pytest.mark.parametrize("name", TOWN)
@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Mairie\r\nSet-Cookie: a=b", id="header"),
        pytest.param("Mairie\nBcc: a", id="line"),
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("Mairie <b>", id="tag"),
        pytest.param("Mai\x00rie", id="null"),
        pytest.param("Mai\trie", id="tab"),
        pytest.param("Mai\x1b[31mrie", id="terminal"),
        pytest.param("Mairie\u202e elpmexe", id="right to left"),
        pytest.param("Mai\u200brie", id="no width"),
        pytest.param("Mairie\u2028suite", id="line separator"),
        pytest.param("Mai\ud800rie", id="half a character"),
    ],
)
def test_what_has_no_place_on_a_page(name: str, words: str) -> None:
    assert "une seule ligne" in refusal(name, words)


@pytest.mark.parametrize("name", TOWN)
def test_absurd_lengths(name: str) -> None:
    longest = "é" * LONGEST
    assert longest in (Publisher.of({name: longest}).name, *vars(Publisher.of({name: longest})).values())
    assert str(LONGEST) in refusal(name, longest + "é")
    refusal(name, "a" * 1_000_000)


@pytest.mark.parametrize("name", TOWN)
@pytest.mark.parametrize("words", ["-", "?", "0", "12345", "...", "x"])
def test_what_is_no_name(name: str, words: str) -> None:
    assert "ne se lit pas" in refusal(name, words)


@pytest.mark.parametrize(
    "contact",
    [
        "a@b",
        "@mairie.example",
        "mairie@",
        "mairie@exemple..example",
        "mairie@-exemple.example",
        "a@mairie.example, b@mairie.example",
        "a@mairie.example?bcc=b@mairie.example",
        "a%0abcc@mairie.example",
        "javascript:alert(1)@mairie.example",
        "Mairie (a@mairie.example)",
        "mairie@exemple.1234",
    ],
)
def test_an_e_mail_that_cannot_be_written_to(contact: str) -> None:
    assert "e-mail" in refusal("CONTACT", contact)


@pytest.mark.parametrize("contact", ["camille+aide@mairie.example", "A.B_c-d@xn--vch-bma8c.example"])
def test_an_e_mail(contact: str) -> None:
    assert Publisher.of({"CONTACT": contact}).email == contact


def test_a_postal_address() -> None:
    place = Publisher.of({"CONTACT": "1 place de la Mairie, 00000 Exemple"})
    assert (place.contact, place.email) == ("1 place de la Mairie, 00000 Exemple", "")
