"""Answers to what people ask, and the phrases of the conversation itself. One entry of data/answers/ each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.content.document import Document, Problem
from assistant.content.wording import Basis, Form, Wording
from assistant.turns import Choice

FIELDS = ("say", "simpler", "more", "next", "choices", "facts", "ours", "checked")


@dataclass(frozen=True)
class Answer:
    """What is said about one topic: the short answer, a simpler one, what the web adds, one next step."""

    name: str
    say: Wording
    simpler: Wording | None
    more: str
    choices: tuple[Choice, ...]
    basis: Basis


def read_answers(documents: Iterable[Document], problems: list[Problem]) -> dict[str, Answer]:
    """All answers by name; what is wrong is added to `problems`."""
    answers: dict[str, Answer] = {}
    for document in documents:
        for name, data in Form(document, (), document.data, problems).data.items():
            form = Form(document, (name,), data, problems)
            if name in answers:
                form.wrong(f"La réponse « {name} » existe déjà dans un autre fichier.")
            answers[name] = _answer(str(name), form)
    return answers


def _answer(name: str, form: Form) -> Answer:
    form.allow(*FIELDS)
    more = form.data.get("more")
    text = Form(form.document, (*form.place, "more"), more, form.problems).text("web") if more is not None else ""
    return Answer(
        name=name,
        say=form.wording("say") or Wording("", "", ""),
        simpler=form.wording("simpler", required=False),
        more=text,
        choices=_choices(form),
        basis=form.basis(),
    )


def _choices(form: Form) -> tuple[Choice, ...]:
    """`next: {label, topic}` or `{label, journey}` is the usual single choice; a phrase may carry `choices`."""
    listed = form.listed("choices")
    following = form.data.get("next")
    if following is not None:
        given = following if isinstance(following, dict) else {}
        kind = next((kind for kind in ("topic", "journey") if isinstance(given.get(kind), str)), "")
        if kind:
            rest = {key: value for key, value in given.items() if key != kind}
            listed.insert(0, {**rest, "goes": f"{kind}:{given[kind]}"})
        else:
            form.wrong('« next » demande un libellé et un thème : {label: "...", topic: ...}.', "next")
    choices = []
    for index, item in enumerate(listed):
        place = ("choices", index) if following is None else ("next",)
        below = Form(form.document, (*form.place, *place), item, form.problems)
        below.allow("label", "goes", "words", "means")
        label, goes = below.text("label"), below.text("goes")
        choices.append(Choice(str(index + 1), label, goes, below.words("words"), below.words("means")))
    return tuple(choices)
