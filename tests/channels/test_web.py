"""The page, as a browser without JavaScript meets it: shown, pressed, pressed twice, left open, come back to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Blueprint, Flask, render_template
from itsdangerous import TimestampSigner
from sqlalchemy import func, select
from werkzeug.exceptions import InternalServerError

from assistant.journeys.progress import Progress
from assistant.privacy.pseudonyms import pseudonym
from assistant.privacy.purposes import PLACE_IN_A_JOURNEY
from assistant.storage.resume_codes import LIFE
from assistant.storage.schema import metadata, persons
from assistant.turns import Reply
from channels.web.once import one_time_id
from channels.web.origin import in_words, origins
from channels.web.pages import protect
from channels.web.screen import show
from channels.web.typography import sentences, typeset
from tests.channels.visitor import Visitor, words
from tests.support.faces import BASE, NOON, Face, open_face, sms_form

HUGE = 200 * 1024
INFORMATION = ("/confidentialite", "/accessibilite", "/mentions", "/mes-donnees", "/registre", "/verifier")


@pytest.fixture
def visitor(face: Face) -> Visitor:
    """Somebody new, on the first page."""
    return Visitor(face.app.test_client()).look()


@pytest.fixture
def on_step(visitor: Visitor) -> Visitor:
    """Somebody at the first real instruction."""
    return visitor.press("Activer mon espace").press("Pour moi")


def on_step_address(face: Face, visitor: Visitor) -> str:
    """The pseudonym of a visitor."""
    with visitor.client.session_transaction(base_url=BASE) as session:
        return pseudonym("web", session["visit"], face.settings.pseudonym_pepper)


def stored(face: Face) -> int:
    with face.conversation.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(persons)).scalar_one())


# Arriving.


def test_first_page_greets_and_stores_nothing(face: Face) -> None:
    before = stored(face)
    visitor = Visitor(face.app.test_client()).look()
    assert visitor.status == 200
    assert visitor.title == "Bienvenue – Camille"
    assert "assistant automatique, pas une personne" in visitor.text
    assert visitor.said == typeset("Que voulez-vous faire ?")
    assert stored(face) == before


def test_the_cookie_is_signed_long_lived_and_closed_to_scripts(face: Face) -> None:
    answer = face.app.test_client().get("/", base_url=BASE)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-camille=")
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Expires="):
        assert part in cookie
    assert face.app.permanent_session_lifetime == PLACE_IN_A_JOURNEY == timedelta(days=90)


def test_visits_are_random_and_only_their_pseudonym_is_stored(face: Face) -> None:
    numbers = set()
    for _ in range(3):
        client = face.app.test_client()
        Visitor(client).look().press("Activer mon espace")
        with client.session_transaction(base_url=BASE) as session:
            numbers.add(session["visit"])
    assert len(numbers) == 3
    assert {len(number) for number in numbers} == {22}  # 128 bits in base 64
    with face.conversation.database.transaction() as connection:
        tables = [connection.execute(select(table)).all() for table in metadata.sorted_tables]
    assert not [number for number in numbers if number in str(tables)]


def test_the_first_words_are_said_once(visitor: Visitor) -> None:
    assert "je m’appelle Camille" in visitor.text
    assert "je m’appelle Camille" not in visitor.press("Activer mon espace").text


# Going on.


def test_a_press_is_answered_by_a_redirection(face: Face, visitor: Visitor) -> None:
    answer = visitor.client.post("/", data=visitor.form("1"), base_url=BASE)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_the_place_is_told_in_words_and_in_the_list(on_step: Visitor) -> None:
    assert on_step.title.startswith("Étape 1 sur 6, Préparer")
    assert "Étape 1 sur 6" in on_step.text
    marked = re.findall(r'<li class="now" aria-current="step">', on_step.html)
    items = re.findall(r"<li[^>]*>\s*<span class=\"dot\"", on_step.html)
    assert (len(marked), len(items)) == (1, 6)


def test_the_four_constant_buttons_are_on_every_page(visitor: Visitor) -> None:
    four = ["Je suis bloqué", "Expliquez autrement", "Revenir", "Parler à quelqu’un"]
    seen = [visitor.buttons, visitor.press("Activer mon espace").buttons, visitor.press("Parler à quelqu’un").buttons]
    for buttons in seen:
        assert [button for button in buttons if button in four] == four


def test_the_whole_way_by_the_first_choice(visitor: Visitor) -> None:
    for _ in range(60):
        visitor.press(visitor.choices[0])
        assert visitor.status == 200
        if "Les 6 étapes sont faites" in visitor.text:
            break
    assert visitor.title == "C’est terminé – Camille"
    assert visitor.html.count('<li class="past">') == 6


def test_stuck_otherwise_and_back(on_step: Visitor) -> None:
    first = on_step.said
    otherwise = on_step.press("Expliquez autrement").said
    assert otherwise != first
    assert on_step.press("Je suis bloqué").said not in (first, otherwise)
    assert on_step.press("Revenir").said == first


def test_not_understood_says_so_and_keeps_the_instruction(on_step: Visitor) -> None:
    instruction = on_step.said
    on_step.write("rnqsdlfk")
    assert "Je n’ai pas bien compris" in on_step.text
    assert on_step.said == instruction


def test_an_answer_has_its_own_heading_its_details_and_a_way_back(on_step: Visitor) -> None:
    step = on_step.said
    on_step.press("Parler à quelqu’un")
    assert on_step.title.startswith("Étape 1 sur 6, Parler à quelqu’un")
    assert 'href="tel:3422"><svg' in on_step.html
    assert on_step.press("Continuer mon étape").said == step


def test_more_is_behind_details(visitor: Visitor) -> None:
    visitor.press("Savoir si c'est utile")
    assert re.search(r"<details>\s*<summary>En savoir plus</summary>", visitor.html)


ORIGINS = re.compile(r'<details class="origins">.*?</details>', re.DOTALL)


def test_a_step_says_where_it_comes_from_to_whoever_asks(face: Face, on_step: Visitor) -> None:
    (told,) = ORIGINS.findall(on_step.html)
    assert "<summary>D’où vient cette information&nbsp;?</summary>" in told
    place = face.conversation.look_again(on_step_address(face, on_step), "web")
    assert place.journey
    step = face.conversation.book.journeys["activer"].steps[place.journey.step]
    facts = [face.conversation.book.facts[name] for name in step.basis.facts]
    assert facts
    for fact in facts:
        assert (typeset(fact.statement) in words(told)) is (fact.confidence != "to check")
    assert "Relevé le 23 novembre 2026." in words(told)


def test_facts_follow_the_step_told_again_under_other_words(on_step: Visitor) -> None:
    (before,) = ORIGINS.findall(on_step.html)
    on_step.write("rnqsdlfk")
    assert ORIGINS.findall(on_step.html) == [before]
    assert ORIGINS.findall(on_step.press("Expliquez autrement").html) == [before]


def test_what_camille_says_of_herself_has_no_source(visitor: Visitor) -> None:
    assert not ORIGINS.search(visitor.html)


def test_nobody_in_danger_is_told_of_sources(on_step: Visitor) -> None:
    on_step.write("au secours je fais un malaise")
    assert not ORIGINS.search(on_step.html)


def test_unsure_facts_are_not_told_but_sent_to_a_person(face: Face) -> None:
    """For every topic: data/sources.yml holds doubts that must not be read as answers."""
    guide, book = face.conversation.guide, face.conversation.book
    unsure = {typeset(fact.statement) for fact in book.facts.values() if fact.confidence == "to check"}
    asked = 0
    for topic in book.topics:
        reply = guide.hear(Progress(met=("web",)), "web", topic).reply
        with face.app.test_request_context("/", base_url=BASE):
            page = render_template("web/step.html", screen=show(reply, book), broken="")
        read = words("".join(ORIGINS.findall(page)))
        assert [statement for statement in unsure if statement in read] == [], topic
        doubtful = any(book.facts[name].confidence == "to check" for name in reply.messages[-1].basis)
        if read:
            assert ("À confirmer\xa0: appelez le 34\xa022." in read) is doubtful, topic
            asked += 1
    assert asked > 50


@pytest.mark.parametrize(
    ("noted", "told"),
    [
        ("Un rappel peut être vrai (voir G15 pour vérifier).", "Un rappel peut être vrai."),
        ("Il demande l'accord (E57).", "Il demande l'accord."),
        ("On a six semaines. (Un journal écrivait « un mois » : ne pas reprendre.)", "On a six semaines."),
        ("Le service (gratuit) est en ligne.", "Le service (gratuit) est en ligne."),
    ],
)
def test_notes_for_writers_are_not_told(face: Face, noted: str, told: str) -> None:
    book = face.conversation.book
    facts = {"A01": replace(book.facts["A01"], statement=noted)}
    assert origins(("A01", "Z99"), replace(book, facts=facts)).known[0].statement == told


def test_a_day_is_told_in_words() -> None:
    assert in_words(date(2026, 5, 1)) == "1er mai 2026"
    assert in_words(date(2026, 12, 31)) == "31 décembre 2026"


@pytest.mark.parametrize(
    ("words", "links"),
    [
        pytest.param("au secours je fais un malaise", ["tel:15", "tel:112", "sms:114"], id="danger"),
        pytest.param("je veux mourir", ["tel:3114", "tel:15"], id="distress"),
    ],
)
def test_danger_offers_the_call_first(on_step: Visitor, words: str, links: list[str]) -> None:
    on_step.write(words)
    assert re.findall(r'<a class="big call-now" href="([^"]+)"', on_step.html) == links
    assert 'class="big first"' not in on_step.html


def test_real_alternatives_and_erasure_have_no_filled_button(visitor: Visitor) -> None:
    visitor.press("Activer mon espace")  # for me, for my child, for somebody close
    assert len(visitor.choices) == 3
    assert 'class="big first"' not in visitor.html
    assert 'class="big first"' in visitor.press("Pour moi").html
    assert 'class="big first"' not in visitor.press("Effacer mes données").html


def test_what_was_typed_is_never_shown_back(on_step: Visitor) -> None:
    on_step.write("<script>alert('1 84 12 76 451 089 46')</script>")
    assert "<script>" not in on_step.html
    assert "alert(" not in on_step.text
    assert "451" not in on_step.html
    assert "Je n’ai rien gardé" in on_step.text


# Once, and on the page that was read.


def test_the_same_form_twice_counts_once(on_step: Visitor) -> None:
    form = on_step.form("1")
    after = on_step.post("/", form).said
    assert on_step.post("/", form).said == after
    assert on_step.look().said == after


def test_the_first_form_twice_counts_once(visitor: Visitor) -> None:
    form = visitor.form("1")
    after = visitor.post("/", form).said
    assert visitor.post("/", form).said == after


def test_every_form_has_its_own_one_time_id(visitor: Visitor) -> None:
    ids = re.findall(r'name="id" value="([^"]+)"', visitor.html) + re.findall(
        r'name="id" value="([^"]+)"', visitor.look().html
    )
    assert len(ids) == len(set(ids)) == 6


def test_a_key_of_an_old_page_is_taken_as_a_return(on_step: Visitor) -> None:
    old = on_step.form("1")
    here = on_step.press(on_step.choices[0]).said
    old["id"] = one_time_id()  # another tab, never sent
    on_step.post("/", old)
    assert on_step.said.startswith("Vous revoilà.")
    assert on_step.press("Continuer").said == here


def test_a_question_of_an_old_page_is_still_answered(on_step: Visitor) -> None:
    old = {**on_step.form(""), "text": "parler à quelqu'un", "id": one_time_id()}
    del old["key"]
    on_step.press(on_step.choices[0]).post("/", old)
    assert "Une personne peut vous aider" in on_step.text


def test_help_is_reached_from_an_old_page(on_step: Visitor) -> None:
    old = {**on_step.form("parler_a_quelqu_un"), "id": one_time_id()}
    on_step.press(on_step.choices[0]).post("/", old)
    assert "Une personne peut vous aider" in on_step.text


def test_back_from_the_telephone_the_buttons_mean_what_they_say(face: Face, on_step: Visitor) -> None:
    """The SMS moved on; « Vous revoilà » is shown and not stored: « Continuer » must not choose a step."""
    on_step.press("Continuer ailleurs")
    code = "".join(re.findall(r'<span class="digit">(\d)</span>', on_step.html))
    face.post("/sms", sms_form(f"REPRISE {code}", number="+33639980077", sid="SMweb1"))
    for sid in ("SMweb2", "SMweb3"):  # « Continuer », then the first answer of the step
        face.post("/sms", sms_form("1", number="+33639980077", sid=sid))
    on_step.look()
    assert on_step.said.startswith("Vous revoilà.")
    on_step.press("Continuer")
    assert on_step.title.startswith("Étape 2 sur 6, Ouvrir le site")
    assert on_step.choices[0] == "Le site"


# Whatever is sent.


@pytest.mark.parametrize(
    "extra",
    [
        pytest.param({"key": "banane"}, id="unknown key"),
        pytest.param({"key": "9"}, id="unknown digit"),
        pytest.param({"key": "9" * 5000}, id="long key"),
        pytest.param({}, id="nothing"),
        pytest.param({"text": ""}, id="empty text"),
        pytest.param({"text": "  \n "}, id="blank text"),
        pytest.param({"text": "👍"}, id="emoji"),
        pytest.param({"text": "a" * 20_000}, id="very long text"),
        pytest.param({"text": "/restart"}, id="command"),
        pytest.param({"text": "\x00\ud7ff\u202e"}, id="control characters"),
        pytest.param({"key": "1", "seen": "x"}, id="forged print"),
        pytest.param({"key": "1", "id": "'; DROP TABLE persons; --"}, id="forged id"),
        pytest.param({"key": "1", "id": "é" * 400}, id="long id"),
        pytest.param({"code": "12"}, id="half a code"),
        pytest.param({"code": "abc"}, id="no code"),
        pytest.param({"code": "1 84 12 76 451 089 46"}, id="private number for a code"),
    ],
)
def test_anything_leads_to_a_calm_page(on_step: Visitor, extra: dict[str, str]) -> None:
    form = on_step.form("")
    del form["key"]
    on_step.post("/", {**form, **extra})
    assert on_step.status == 200
    assert on_step.said
    assert on_step.buttons


def test_bytes_that_are_no_text(visitor: Visitor) -> None:
    token = visitor.form("")["csrf_token"]
    answer = visitor.client.post(
        "/",
        data=b"text=%ff%fe%00&csrf_token=" + token.encode(),
        content_type="application/x-www-form-urlencoded",
        base_url=BASE,
    )
    assert answer.status_code == 303


# Refused and failed.


@pytest.mark.parametrize("token", [pytest.param(None, id="missing"), pytest.param("wrong", id="wrong")])
def test_a_form_that_is_not_ours_gets_a_calm_page_with_the_step(on_step: Visitor, token: str | None) -> None:
    step, form = on_step.said, on_step.form("1")
    del form["csrf_token"]
    on_step.post("/", form if token is None else {**form, "csrf_token": token})
    assert on_step.status == 400
    assert "appuyez encore une fois" in on_step.text
    assert sentences(step.replace("\N{NO-BREAK SPACE}", " "))[0] in on_step.text
    assert re.search(r'<a class="big first" href="/">', on_step.html)
    assert on_step.look().said == step


def test_a_form_without_any_cookie_gets_a_calm_page(face: Face) -> None:
    visitor = Visitor(face.app.test_client()).post("/", {"key": "1"})
    assert visitor.status == 400
    assert "refuse peut-être les cookies" in visitor.text


def test_a_page_left_open_for_days_still_works(on_step: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    step, real = on_step.said, TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: real(signer) + 5 * 86_400)
    assert on_step.press(on_step.choices[0]).said != step
    assert on_step.status == 200


def test_no_referrer_is_needed(on_step: Visitor) -> None:
    """Our own pages send none (Referrer-Policy), over https too."""
    assert BASE.startswith("https://")
    assert on_step.press(on_step.choices[0]).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        pytest.param("GET", "/rien", 404, "L’adresse a peut-être une faute.", id="404"),
        pytest.param("GET", "/static/rien.css", 404, "L’adresse a peut-être une faute.", id="404 static"),
        pytest.param("POST", "/confidentialite", 405, "Cette adresse ne s’ouvre pas toute seule.", id="405"),
        pytest.param("POST", "/", 413, "Je ne peux pas lire un message aussi long.", id="413"),
    ],
)
def test_errors_are_calm_pages(face: Face, method: str, path: str, status: int, words: str) -> None:
    data = {"text": "a" * HUGE} if status == 413 else {}
    answer = face.app.test_client().open(path, method=method, data=data, base_url=BASE)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert words in page
    assert "34&nbsp;22" in page
    assert "Revenir à la page de Camille" in page
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert ("Allow" in answer.headers) is (status == 405)


def test_a_failure_of_ours_is_a_calm_page(face: Face, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Reply:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(face.conversation, "look_again", broken)
    visitor.look()
    assert visitor.status == 500
    assert "Pardon, j’ai eu un ennui." in visitor.text
    assert "secret detail" not in visitor.html


def test_a_turn_that_broke_is_told_once(face: Face, on_step: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    step = on_step.said
    with monkeypatch.context() as broken:
        broken.setattr(face.conversation, "take", lambda turn: face.conversation.sorry(turn.channel))
        on_step.press(on_step.choices[0])
    assert "Rien n’est perdu." in on_step.text
    assert on_step.said == step
    assert "Rien n’est perdu." not in on_step.look().text


def test_webhooks_are_exempt_by_name(face: Face) -> None:
    app = Flask("bare")
    app.config["SECRET_KEY"] = "x" * 40
    app.extensions["camille"] = replace(face.app.extensions["camille"], clock=lambda: NOON)
    for name in ("sms", "voice", "other"):
        blueprint = Blueprint(name, name)
        blueprint.add_url_rule(f"/{name}", name, lambda: "in", methods=["POST"])
        app.register_blueprint(blueprint)
    protect(app)
    app.register_error_handler(400, lambda error: ("refused", 400))
    said = {name: app.test_client().post(f"/{name}").get_data(as_text=True) for name in ("sms", "voice", "other")}
    assert said["sms"] == said["voice"] == "in"
    assert said["other"] != "in"


def test_machines_get_their_status_without_a_page(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(face.app.view_functions, "health.healthz", lambda: (_ for _ in ()).throw(InternalServerError()))
    answer = face.app.test_client().get("/healthz", base_url=BASE)
    assert answer.status_code == 500
    assert "Camille" not in answer.get_data(as_text=True)


# While Camille prepares herself.


@pytest.mark.parametrize("state", ["waiting", "training", "loading"])
def test_preparing_answers_at_once_then_lets_in(face: Face, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    visitor = Visitor(face.app.test_client())
    with monkeypatch.context() as still:
        still.setattr(face.conversation.mind, "ready", False)
        still.setattr(face.conversation.mind, "state", state)
        visitor.look()
        assert visitor.status == 200
        assert visitor.title == "Camille se prépare – Camille"
        assert '<meta http-equiv="refresh" content="4">' in visitor.html
        assert 'role="status"' in visitor.html
        assert "34&nbsp;22" in visitor.html
        assert visitor.client.get_cookie("camille", "camille.example") is None
        assert 'http-equiv="refresh"' not in visitor.look("/attente").html
    assert visitor.look("/attente").title == "Bienvenue – Camille"
    assert visitor.look().title == "Bienvenue – Camille"


def test_without_the_service_that_understands_buttons_lead_on(
    face: Face, on_step: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = on_step.said
    monkeypatch.setattr(face.conversation.mind, "ready", False)
    monkeypatch.setattr(face.conversation.mind, "state", "away")
    assert on_step.press(on_step.choices[0]).status == 200
    assert on_step.said not in ("", step)
    assert on_step.title != "Camille se prépare – Camille"
    on_step.write("pourquoi faut-il faire tout cela")
    assert "je ne lis pas les phrases" in on_step.text
    newcomer = Visitor(face.app.test_client()).look("/attente")
    assert newcomer.title == "Bienvenue – Camille"


def test_a_start_that_failed_is_told_calmly(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face.conversation.mind, "ready", False)
    monkeypatch.setattr(face.conversation.mind, "state", "failed")
    visitor = Visitor(face.app.test_client()).look()
    assert visitor.status == 503
    assert "Camille ne peut pas démarrer" in visitor.text
    assert 'href="tel:3422"' in visitor.html
    assert 'http-equiv="refresh"' not in visitor.html


def test_a_press_while_preparing_is_not_lost(face: Face, on_step: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    step = on_step.said
    with monkeypatch.context() as still:
        still.setattr(face.conversation.mind, "ready", False)
        assert on_step.press(on_step.choices[0]).status == 200
    assert on_step.look().said not in ("", step)


# Elsewhere: the resume code.


def code_on(visitor: Visitor) -> str:
    return "".join(re.findall(r'<span class="digit">(\d)</span>', visitor.html))


def test_nothing_to_carry_yet(visitor: Visitor) -> None:
    visitor.look("/reprise").press("Demander mon code")
    assert "encore rien à emporter" in visitor.text
    assert not code_on(visitor)


def test_a_code_carries_the_place_to_another_screen(face: Face, on_step: Visitor) -> None:
    on_step.press(on_step.choices[0])
    step = on_step.said
    on_step.press("Continuer ailleurs")
    code = code_on(on_step)
    assert re.fullmatch(r"\d{4}", code)
    assert f"pendant {LIFE.days}\N{NO-BREAK SPACE}jours" in on_step.text
    assert code_on(on_step.look("/reprise")) == code  # a reload makes no other

    elsewhere = Visitor(face.app.test_client()).look().press("Autre chose").press("J'ai un code de reprise")
    assert elsewhere.title == "Votre code de reprise – Camille"
    elsewhere.write_code(f" {code[:2]} {code[2:]} ")
    assert "Merci, j’ai retrouvé votre place." in elsewhere.text
    assert elsewhere.said == step


def test_a_code_typed_on_the_code_page(face: Face, on_step: Visitor) -> None:
    code = code_on(on_step.press("Continuer ailleurs"))
    elsewhere = Visitor(face.app.test_client()).look("/reprise").write_code(code)
    assert "j’ai retrouvé votre place" in elsewhere.text


def test_a_wrong_code_is_told_calmly(face: Face, visitor: Visitor) -> None:
    visitor.press("Autre chose").press("J'ai un code de reprise").write_code("0000")
    assert "Je ne connais pas ce code." in visitor.text
    assert visitor.choices == ["Essayer encore", "Activer mon espace"]


def test_a_code_is_not_shown_past_its_use(face: Face, on_step: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    on_step.press("Continuer ailleurs")
    services = face.app.extensions["camille"]
    with monkeypatch.context() as later:
        late = replace(services, clock=lambda: NOON + LIFE)
        later.setitem(face.app.extensions, "camille", late)
        assert not code_on(on_step.look("/reprise"))
    on_step.look().press(on_step.choices[0])
    assert not code_on(on_step.look("/reprise"))


def test_closed_lines_are_told(tmp_path: Path) -> None:
    closed = open_face(tmp_path, twilio_account_sid="")
    visitor = Visitor(closed.app.test_client()).look().press("Activer mon espace")
    assert "ne sont pas encore ouverts" in visitor.press("Continuer ailleurs").text
    closed.close()


# Erasing.


def test_erasing_is_asked_told_and_complete(face: Face, on_step: Visitor) -> None:
    before = stored(face)
    on_step.press("Effacer mes données")
    assert on_step.choices == ["Oui, effacer", "Non, garder"]
    on_step.press("Oui, effacer")
    assert on_step.title == "Tout est effacé – Camille"
    assert stored(face) == before - 1
    assert on_step.client.get_cookie("camille", "camille.example") is None
    assert on_step.look().title == "Bienvenue – Camille"


def test_erasing_twice_is_the_same(on_step: Visitor) -> None:
    form = on_step.press("Effacer mes données").form("1")
    with on_step.client.session_transaction(base_url=BASE) as session:
        kept = dict(session)
    on_step.post("/", form)
    with on_step.client.session_transaction(base_url=BASE) as session:
        session.update(kept)  # the second click of a double click leaves with the first one's cookie
    assert on_step.post("/", form).title == "Tout est effacé – Camille"


def test_keeping_keeps(on_step: Visitor) -> None:
    step = on_step.said
    on_step.press("Effacer mes données").press("Non, garder")
    assert "je n’efface rien" in on_step.text
    assert on_step.press("Continuer mon étape").said == step


# The other pages, and every page.


@pytest.mark.parametrize("path", INFORMATION)
def test_information_sets_no_cookie(face: Face, path: str) -> None:
    answer = face.app.test_client().get(path, base_url=BASE)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Effacer mes données</span>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", INFORMATION)
def test_information_offers_erasure_to_whoever_has_a_place(on_step: Visitor, path: str) -> None:
    assert on_step.look(path).press("Effacer mes données").choices == ["Oui, effacer", "Non, garder"]


def test_what_is_kept_is_told_with_its_days(visitor: Visitor) -> None:
    told = visitor.look("/confidentialite").plain
    for sentence in ("90 jours après votre dernière visite", "sans vos mots : 30 jours", "en demandez un : 7 jours"):
        assert sentence in told


def test_accessibility_claims_nothing(visitor: Visitor) -> None:
    assert "non conforme" in visitor.look("/accessibilite").text


@pytest.mark.parametrize("path", ["/", "/reprise", "/attente", *INFORMATION, "/rien"])
def test_every_page_has_the_same_frame(face: Face, path: str) -> None:
    page = face.app.test_client().get(path, base_url=BASE, follow_redirects=True).get_data(as_text=True)
    assert '<html lang="fr">' in page
    assert page.count("<h1") == 1
    assert page.index("Aller au contenu") < page.index("<header")
    assert 'id="contenu"' in page
    assert "Je suis un assistant automatique. Ne m’écrivez jamais de numéro ni de code." in page
    assert page.index('href="tel:3422"') < page.index("<main")
    assert re.findall(r"<script[^>]*>[^<]", page) == []  # files of ours only: the policy lets nothing else run
    assert all('src="/static/' in script for script in re.findall(r"<script[^>]*>", page))
    for forbidden in (" style=", "<style", "javascript:", "data:", " onclick", "http://", "marianne"):
        assert forbidden not in page.lower()


def test_the_sheet_and_the_mark_come_from_here(face: Face) -> None:
    for name, kind in (("camille.css", "text/css"), ("camille.svg", "image/svg+xml")):
        answer = face.app.test_client().get(f"/static/{name}", base_url=BASE)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert "url(" not in answer.get_data(as_text=True)
        answer.close()


def test_a_partner_number_is_offered_too(tmp_path: Path) -> None:
    partner = open_face(tmp_path, human_phone_number="0102030405")
    visitor = Visitor(partner.app.test_client()).look().press("Parler à quelqu’un")
    assert re.findall(r'call-now" href="([^"]+)"', visitor.html) == ["tel:0102030405", "tel:3422"]
    partner.close()


def test_everything_that_can_be_said_makes_a_screen(face: Face) -> None:
    guide, book = face.conversation.guide, face.conversation.book
    place = guide.hear(guide.open(Progress(), "web").progress, "web", "activer").progress
    for topic in book.topics:
        screen = show(guide.hear(place, "web", topic).reply, book)
        assert screen.said, topic
        assert all(sentences(text) for text in (*screen.first, screen.said)), topic


def test_the_hard_words_of_a_step_are_explained_below_it(visitor: Visitor) -> None:
    visitor.press("Activer mon espace").press("Pour moi")
    assert "<summary>Mots expliqués</summary>" in visitor.html
    assert "<dt>" in visitor.html


def test_an_answer_without_hard_words_explains_none(visitor: Visitor) -> None:
    assert "Mots expliqués" not in visitor.html
