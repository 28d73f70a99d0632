"""The form that sends an invitation by SMS: what it asks, what it refuses kindly, and that nothing comes back."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from assistant.content.book import open_book
from assistant.inviting import LIVES
from assistant.inviting_by_sms import A_DAY, A_MINUTE
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.sealing import Sealer
from assistant.settings import ROOT, Settings
from assistant.storage import consents, patience, tallies
from channels.cli.invitation import LONG_HOST, TOKEN, invitation, review_invitation
from channels.practice.moments import when_name
from channels.practice.texting import open_here
from channels.services import Services
from channels.sms.segments import Segments
from channels.web.once import one_time_id
from channels.web.typography import typeset
from tests.support.at_once import at_once
from tests.support.desk import Desk, faults, open_desk
from tests.support.faces import NOON, open_face
from tests.support.postgres import KINDS, on
from tests.support.practice import Browser

TYPED, NUMBER = "06 39 98 00 23", "+33639980023"
SEND = "Envoyer le SMS"
NIGHT = datetime(2026, 11, 23, 20, tzinfo=timezone.utc)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return desk.browser().look("/medecin/sms")


def send(browser: Browser, number: str = TYPED, **more: str) -> Browser:
    return browser.press(SEND, **{"numero": number, "accord": "oui", **more})


class TestSent:
    def test_it_left_and_the_number_is_told_by_four_digits(self, desk: Desk, browser: Browser) -> None:
        send(browser)
        assert browser.status == 200
        assert browser.path.startswith("/medecin/sms/parti")
        assert "06 •• •• •• 23" in browser.main
        assert "numéro qui commence par 06 et finit par 23" in browser.main
        (row,) = desk.rows("outbox")
        assert row.address == pseudonym("phone", NUMBER, desk.face.settings.pseudonym_pepper)
        assert (row.kind, row.state) == ("sms", "due")
        assert desk.acts() == ["texted"]

    def test_a_reload_sends_nothing_and_shows_nothing(self, desk: Desk, browser: Browser) -> None:
        path = send(browser).path
        browser.look(path)
        assert browser.status == 200
        assert "••" not in browser.html
        assert "23" not in browser.main
        assert len(desk.rows("outbox")) == 1

    def test_no_page_lists_it_afterwards(self, desk: Desk, browser: Browser) -> None:
        send(browser)
        for path in ("/medecin", "/medecin/sms", "/medecin/sms/parti", "/medecin/journal", "/medecin/journal.csv"):
            answer = browser.client.get(path, base_url=browser.base)
            assert answer.status_code == 200
            shown = re.sub(r"\s", "", answer.get_data(as_text=True))
            assert "639980023" not in shown
            assert "••" not in shown or path == "/medecin/sms/parti"

    def test_the_same_form_again_is_the_same_sending(self, desk: Desk, browser: Browser) -> None:
        form = browser.html
        send(browser)
        browser.html = form
        send(browser)
        assert browser.path.startswith("/medecin/sms/parti")
        assert len(desk.rows("outbox")) == 1

    def test_what_it_is_for_and_in_whose_name(self, desk: Desk) -> None:
        browser = desk.browser(desk.practice.desk).look("/medecin/sms?pour=ecrire")
        send(browser, pour="partager", chez=desk.practice.diallo.id)
        (made,) = desk.rows("invitations")
        assert (made.way, made.aim, made.physician) == ("sms", "partager", desk.practice.diallo.id)

    def test_the_way_from_the_one_screen_keeps_what_was_chosen(self, desk: Desk) -> None:
        browser = desk.browser().look("/medecin").press("Envoyer un SMS", pour="ecrire")
        assert browser.path == "/medecin/sms?pour=ecrire"
        assert re.search(r'value="ecrire" checked', browser.html)

    def test_the_text_is_the_neutral_one(self, desk: Desk, browser: Browser) -> None:
        send(browser)
        (row,) = desk.rows("outbox")
        text = Sealer(desk.face.settings.secret_key).open(row.body, row.address)
        assert re.fullmatch(
            r"On vous propose une aide gratuite, par un robot, pour ouvrir Mon espace santé. Lien: "
            r"https://camille\.example/i/[\w-]{22} Rappel: aucun\. Refus: STOP",
            text,
        )
        for word in ("docteur", "Martin", "cabinet", "médecin", "Tilleuls"):
            assert word.lower() not in text.lower()

    def test_its_link_says_who_invites_and_ends_after_its_week(self, desk: Desk, browser: Browser) -> None:
        send(browser)
        (row,) = desk.rows("outbox")
        text = Sealer(desk.face.settings.secret_key).open(row.body, row.address)
        link = re.search(r"/i/[\w-]{22}", text)
        assert link
        desk.clock.at = NOON + LIVES["sms"][0] - timedelta(seconds=1)
        assert "Le docteur Martin" in desk.stranger().look(link.group()).main.replace("\u00a0", " ")
        desk.clock.later(seconds=1)
        assert "Martin" not in desk.stranger().look(link.group()).main


class TestBudget:
    def test_once_it_is_used_up_the_form_says_what_to_do_instead(self, desk: Desk, browser: Browser) -> None:
        services: Services = desk.face.app.extensions["camille"]
        priced = replace(services.settings, segment_price=Decimal("0.10"), sms_budget=Decimal(1))
        desk.face.app.extensions["camille"] = replace(services, settings=priced)
        send(browser)
        assert len(desk.rows("outbox")) == 1, "not before"
        browser.look("/medecin/sms")
        with desk.face.conversation.database.transaction() as connection:
            tallies.count(connection, "sms", "out", 10, desk.clock())
        send(browser, "06 39 98 00 24")
        assert browser.status == 422
        assert "Montrez le carré, ou donnez une feuille" in browser.main
        assert len(desk.rows("outbox")) == 1
        assert "n’envoie pas de SMS" in browser.look("/medecin/sms").main


class TestTyped:
    @pytest.mark.parametrize(
        ("number", "words"),
        [
            ("", "Écrivez le numéro du patient."),
            ("06 12", "Ce numéro n’est pas un mobile connu."),
            ("bonjour", "Ce numéro n’est pas un mobile connu."),
            ("01 23 45 67 89", "C’est un téléphone fixe"),
            ("09 37 00 00 01", "C’est un téléphone fixe"),
            ("08 99 12 34 56", "C’est un numéro spécial"),
            ("34 22", "C’est un numéro spécial"),
            ("+32 470 12 34 56", "Camille écrit seulement aux mobiles de métropole"),
        ],
    )
    def test_each_refusal_is_one_sentence_beside_the_field(
        self, desk: Desk, browser: Browser, number: str, words: str
    ) -> None:
        send(browser, number)
        assert browser.status == 422
        assert faults(browser)["numero"].startswith(f"À revoir&nbsp;: {words}")
        assert desk.rows("invited") == []
        assert desk.rows("outbox") == []

    def test_what_was_typed_stays_and_is_only_shown(self, browser: Browser) -> None:
        send(browser, '"><script>alert(1)</script>', pour="ecrire", accord="oui")
        assert 'value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in browser.html
        assert "<script>alert" not in browser.html
        assert re.search(r'value="ecrire" checked', browser.html)
        assert re.search(r'id="accord"[^>]* checked', browser.html)

    def test_the_field_and_the_summary_point_at_each_other(self, browser: Browser) -> None:
        send(browser, "06 12")
        field = re.search(r'<input class="number"[^>]*>', browser.html)
        assert field
        assert 'aria-invalid="true"' in field.group()
        assert 'aria-describedby="numero-aide numero-erreur"' in field.group()
        summary = re.search(r'<div class="notice faults"[^>]*>', browser.html)
        assert summary
        assert 'tabindex="-1" autofocus' in summary.group()
        assert '<a href="#numero">' in browser.html
        assert browser.html.index('id="erreurs"') < browser.html.index('id="numero"')
        assert re.search(r"<title>À revoir", browser.html)

    def test_a_good_field_is_not_marked(self, browser: Browser) -> None:
        assert "aria-invalid" not in browser.html
        assert 'aria-describedby="numero-aide"' in browser.html

    @pytest.mark.parametrize("number", [TYPED, "06 12"])
    def test_nothing_leaves_without_the_patients_yes(self, desk: Desk, browser: Browser, number: str) -> None:
        box = re.search(r'<input type="checkbox"[^>]*>', browser.html)
        assert box
        assert "checked" not in box.group(), "never ticked beforehand"
        browser.press(SEND, numero=number)
        assert browser.status == 422
        assert "Cochez la case" in faults(browser)["accord"]
        assert f'value="{number}"' in browser.html
        assert desk.rows("outbox") == []

    def test_browsers_do_not_keep_what_is_typed(self, browser: Browser) -> None:
        field = re.search(r'<input class="number"[^>]*>', browser.html)
        assert field
        assert 'autocomplete="off"' in field.group()
        answer = browser.client.get("/medecin/sms", base_url=browser.base)
        assert answer.headers["Cache-Control"] == "no-store"

    def test_numbers_of_films_are_for_one_machine(self, tmp_path: Path) -> None:
        with open_desk(tmp_path, local=False) as desk:
            browser = desk.browser().look("/medecin/sms")
            send(browser)
            assert browser.status == 422
            assert desk.rows("outbox") == []

    def test_nothing_typed_is_in_the_log(self, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            send(browser)
            send(browser.look("/medecin/sms"))
            send(browser.look("/medecin/sms"), "08 99 12 34 56")
        told = re.sub(r"[\s.]", "", caplog.text)
        assert "39980023" not in told
        assert "899123456" not in told


class TestRefused:
    """What a limit says: when it will go again, and what to do meanwhile."""

    def test_the_same_number(self, desk: Desk, browser: Browser) -> None:
        send(browser)
        send(browser.look("/medecin/sms"))
        assert browser.status == 429
        assert faults(browser)["numero"].endswith(f"pourra partir {typeset('le mercredi 23 décembre 2026')}.")
        assert f'value="{TYPED}"' in browser.html
        assert len(desk.rows("outbox")) == 1

    def test_the_same_number_by_a_colleague_of_the_practice(self, desk: Desk, browser: Browser) -> None:
        send(browser)
        other = send(desk.browser(desk.practice.diallo).look("/medecin/sms"))
        assert other.status == 429

    def test_the_same_number_by_another_practice_looks_as_always(self, desk: Desk, browser: Browser) -> None:
        send(browser)
        other = send(desk.browser(desk.practice.elsewhere).look("/medecin/sms"))
        first = send(desk.browser(desk.practice.elsewhere).look("/medecin/sms"), "06 39 98 00 99")
        assert (other.status, other.path) == (first.status, first.path)
        assert other.main.replace("23", "99") == first.main
        assert len(desk.rows("outbox")) == 2

    def test_who_said_stop_looks_as_always(self, desk: Desk, browser: Browser) -> None:
        address = pseudonym("phone", NUMBER, desk.face.settings.pseudonym_pepper)
        with desk.face.conversation.database.transaction() as connection:
            consents.stop(connection, address, "sms", NOON)
        send(browser)
        assert browser.status == 200
        assert "06 •• •• •• 23" in browser.main

    def test_ten_a_minute(self, desk: Desk, browser: Browser) -> None:
        for number in range(A_MINUTE.most):
            assert send(browser.look("/medecin/sms"), f"063998{number:04d}").status == 200
        send(browser.look("/medecin/sms"), "0639989999")
        assert browser.status == 429
        assert typeset("Le suivant partira à 13 h 01.") in browser.main
        assert faults(browser) == {}, "nothing is wrong with what was typed"
        desk.clock.later(minutes=1)
        assert send(browser, "0639989999").status == 200

    def test_forty_a_day(self, desk: Desk, browser: Browser) -> None:
        for number in range(A_DAY.most):
            assert send(browser.look("/medecin/sms"), f"063998{number:04d}").status == 200
            desk.clock.later(seconds=10)
        send(browser.look("/medecin/sms"), "0639989999")
        assert browser.status == 429
        assert typeset("Le suivant partira demain à 13 h.") in browser.main

    def test_the_whole_service(self, tmp_path: Path) -> None:
        with open_desk(tmp_path, invitations_per_day=1) as desk:
            send(desk.browser(desk.practice.elsewhere).look("/medecin/sms"), "06 39 98 00 01")
            browser = send(desk.browser().look("/medecin/sms"))
            assert browser.status == 429
            assert typeset("Le suivant partira demain à 13 h.") in browser.main

    def test_by_night_the_page_says_when(self, desk: Desk) -> None:
        desk.clock.at = NIGHT
        browser = desk.browser().look("/medecin/sms")
        assert typeset("Ils repartent demain à 7 h.") in browser.main
        send(browser)
        assert browser.status == 429
        assert typeset("Celui-ci peut partir demain à 7 h.") in browser.main
        assert f'value="{TYPED}"' in browser.html
        assert desk.rows("outbox") == []

    @pytest.mark.parametrize(
        ("again", "said"),
        [
            ("2026-11-23T13:04", "à 14 h 04"),
            ("2026-11-24T06:00", "demain à 7 h"),
            ("2026-12-01T08:30", "le mardi 1er décembre 2026"),
        ],
    )
    def test_when_is_said_as_people_do(self, again: str, said: str) -> None:
        assert when_name(datetime.fromisoformat(again).replace(tzinfo=timezone.utc), NOON) == said


class TestOpen:
    @pytest.mark.parametrize(
        ("changed", "opened"),
        [
            ({}, True),
            ({"twilio_sender": "0937000001"}, True),
            # Nobody could answer STOP to a name.
            ({"twilio_sender": "CAMILLE"}, False),
            ({"twilio_sender": ""}, False),
            ({"twilio_auth_token": "", "local": False}, False),
            ({"twilio_auth_token": "", "twilio_sender": ""}, True),
            ({"invitations_per_day": 0}, False),
        ],
        ids=["short code", "09", "a name", "none", "no account", "one machine", "closed"],
    )
    def test_where_messages_leave_and_can_be_answered(
        self, tmp_path: Path, changed: dict[str, Any], opened: bool
    ) -> None:
        with open_desk(tmp_path, **changed) as desk:
            assert open_here(desk.face.settings) is opened
            browser = desk.browser().look("/medecin/sms")
            assert ("Numéro du patient" in browser.main) is opened
            assert ("n’envoie pas de SMS" in browser.main) is not opened

    def test_a_form_that_was_open_sends_nothing_once_it_is_closed(self, desk: Desk, browser: Browser) -> None:
        services: Services = desk.face.app.extensions["camille"]
        closed = replace(services.settings, invitations_per_day=0)
        desk.face.app.extensions["camille"] = replace(services, settings=closed)
        send(browser)
        assert browser.status == 422
        assert desk.rows("invited") == []


class TestWhose:
    def test_nobody_invites_in_the_name_of_somebody_elsewhere(self, desk: Desk) -> None:
        for who in (desk.practice.martin, desk.practice.desk):
            browser = desk.browser(who).look("/medecin/sms")
            send(browser, chez=desk.practice.elsewhere.id)
            assert browser.status == 422
            assert "Choisissez un médecin du cabinet." in faults(browser)["chez"]
        assert desk.rows("outbox") == []

    def test_a_physician_invites_in_her_own_name_only(self, desk: Desk, browser: Browser) -> None:
        send(browser, chez=desk.practice.diallo.id)
        assert browser.status == 422
        assert desk.rows("outbox") == []

    def test_nor_does_anybody_without_being_signed_in(self, desk: Desk) -> None:
        stranger = desk.stranger()
        assert stranger.look("/medecin/sms").path == "/medecin/entrer"
        answer = stranger.client.post("/medecin/sms", data={"numero": TYPED, "accord": "oui"}, base_url=stranger.base)
        assert answer.status_code in (303, 400)
        assert desk.rows("outbox") == []

    def test_a_form_that_is_not_ours_is_refused(self, desk: Desk, browser: Browser) -> None:
        form = {"numero": TYPED, "accord": "oui", "id": one_time_id()}
        answer = browser.client.post("/medecin/sms", data=form, base_url=browser.base)
        assert answer.status_code == 400
        assert desk.rows("outbox") == []


class TestText:
    def test_one_segment_on_a_short_address_two_on_a_long_one(self) -> None:
        book = open_book(ROOT / "data")
        assert Segments.of(invitation(book, "https://exemple.fr")) == Segments("GSM-7", 155, 1)
        assert Segments.of(invitation(book)).count == 2
        assert len(LONG_HOST) > 50
        assert len(TOKEN) == 22

    @pytest.mark.parametrize(
        ("words", "fault"),
        [
            ("Une aide pour Mon espace santé. Refus: STOP", "{link}"),
            ("Une aide pour Mon espace santé: {link}", "STOP"),
            ("Une aide ☺ {link} STOP", "coûtent cher"),
            ("Une aide. " * 30 + "{link} STOP", "SMS au lieu de 2"),
        ],
    )
    def test_camille_check_names_what_is_wrong_with_it(self, words: str, fault: str) -> None:
        book = open_book(ROOT / "data")
        answer = book.answers["invitation_sms"]
        changed = replace(answer, say=replace(answer.say, sms=words))
        broken = replace(book, answers={**book.answers, "invitation_sms": changed})
        from assistant.content.entries import Places

        told = [str(problem) for problem in review_invitation(broken, Places(ROOT / "data"))]
        assert len(told) == 1
        assert fault in told[0]
        assert told[0].startswith("data/answers/texting.yml:")


class Ticking:
    """A clock that goes on by some seconds each time somebody looks at it."""

    def __init__(self, seconds: float) -> None:
        self._at, self._step, self._lock = NOON, timedelta(seconds=seconds), Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self._at += self._step
            return self._at


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("seconds", "per_day", "most"),
    [
        pytest.param(0, 2_000, A_MINUTE.most, id="within a minute"),
        pytest.param(7, 2_000, A_DAY.most, id="within a day"),
        pytest.param(7, 17, 17, id="the whole service"),
    ],
)
def test_five_hundred_posts_from_twenty_threads_cost_what_the_caps_say(
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    seconds: float,
    per_day: int,
    most: int,
) -> None:
    """Each with another number, by one member: exactly as many leave as may, and not one more."""
    threads, each = 20, 25
    for limit in ("STATEMENT", "LOCK", "ANSWER"):  # all of them want one row: a busy machine takes seconds over it
        monkeypatch.setattr(patience, limit, 60.0)
    with on(kind, settings) as kept:
        more = {"database_url": kept.database_url} if kind == "postgresql" else {}
        with open_desk(tmp_path / "var", invitations_per_day=per_day, **more) as desk:
            services: Services = desk.face.app.extensions["camille"]
            desk.face.app.extensions["camille"] = replace(services, clock=Ticking(seconds))
            numbers = count()
            browsers = [desk.browser().look("/medecin/sms") for _ in range(threads)]

            def hammer(browser: Browser) -> list[int]:
                form = browser.html
                told = []
                for _ in range(each):
                    browser.html = form
                    send(browser, f"063998{next(numbers):04d}", id=one_time_id())
                    told.append(browser.status)
                return told

            told = [status for one in at_once([lambda one=one: hammer(one) for one in browsers]) for status in one]  # type: ignore[misc]
            assert len(told) == threads * each
            assert sorted(set(told)) == [200, 429]
            assert told.count(200) == most
            assert len(desk.rows("outbox")) == len(desk.rows("invited")) == len(desk.rows("invitations")) == most
            assert desk.acts() == ["texted"] * most


def test_a_service_without_practices_opens_as_well(tmp_path: Path) -> None:
    face = open_face(tmp_path)
    assert face.app.test_client().get("/medecin/sms", base_url="https://camille.example").status_code == 303
    face.close()
