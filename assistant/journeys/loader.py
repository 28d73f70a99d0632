"""Reads a journey from its YAML file and proves that nobody can get lost in it."""

from __future__ import annotations

from datetime import timedelta

from assistant.content.document import Document, Place, Problem
from assistant.content.wording import Form, Wording
from assistant.journeys.model import RETURN, Helping, Journey, Lapse, Step
from assistant.turns import Choice

MOST_CHOICES = 3  # older callers hold one or two items in memory: W3C COGA
JOURNEY_FIELDS = ("journey", "title", "stages", "start", "once", "aim", "lapse", "beside", "anywhere", "steps")
STEP_FIELDS = ("stage say simpler beside choices stuck lacks hears pause end next waits facts ours checked").split()


def read_journey(document: Document, problems: list[Problem]) -> Journey:
    """The journey of one file, as far as it could be read; what is wrong is added to `problems`."""
    form = Form(document, (), document.data, problems)
    form.allow(*JOURNEY_FIELDS)
    steps: dict[str, Step] = {}
    stages = form.words("stages")
    for name, data in form.mapping("steps").items():
        steps[name] = _step(name, Form(document, ("steps", name), data, problems), len(stages))
    anywhere = form.names("anywhere")
    name, title, start = form.text("journey"), form.text("title"), form.text("start")
    once = form.data.get("once") is True
    aim = form.text("aim", default="")
    lapse, helping = _lapse(form, steps), _helping(form, steps)
    journey = Journey(name, title, stages, start, anywhere, steps, once, aim, lapse, helping)
    _prove(journey, form)
    return journey


def _lapse(form: Form, steps: dict[str, Step]) -> Lapse | None:
    """`lapse: {minutes, stages, back}`, if the journey has one."""
    if "lapse" not in form.data:
        return None
    below = Form(form.document, (*form.place, "lapse"), form.data["lapse"], form.problems)
    below.allow("minutes", "stages", "back", "but")
    minutes, stages, back = below.data.get("minutes"), below.listed("stages"), below.text("back")
    if not isinstance(minutes, int) or not all(isinstance(stage, int) for stage in stages):
        below.wrong("Il faut un nombre de minutes et des numéros d'étapes : {minutes: 60, stages: [3, 4], back: ...}.")
        return None
    lapse = Lapse(timedelta(minutes=minutes), frozenset(stages), back, below.words("but"))
    for name in (back, *lapse.but):
        if name not in steps:
            below.wrong(f"« {name} » n'est pas une étape.")
    return lapse


def _helping(form: Form, steps: dict[str, Step]) -> Helping | None:
    """`beside: {at, alone, aloud}`, if the journey can be walked for somebody else."""
    if "beside" not in form.data:
        for name, step in steps.items():
            if step.beside:
                form.wrong("« beside » demande que le parcours dise, en tête, à qui il parle.", "steps", name, "beside")
        return None
    below = Form(form.document, (*form.place, "beside"), form.data["beside"], form.problems)
    below.allow("at", "alone", "aloud", "facts", "ours", "checked")
    at = below.words("at")
    for name in at:
        if name not in steps:
            below.wrong(f"« {name} » n'est pas une étape.", "at")
    aloud = below.wording("aloud") or Wording("", "", "")
    return Helping(at, below.words("alone"), aloud, below.basis())


def _step(name: str, form: Form, stages: int) -> Step:
    form.allow(*STEP_FIELDS)
    stage = form.data.get("stage")
    if not isinstance(stage, int) or not 1 <= stage <= stages:
        form.wrong(f"« stage » est un nombre de 1 à {stages}.", "stage")
        stage = 1
    end = form.data.get("end") is True
    step = Step(
        name=name,
        stage=stage,
        say=form.wording("say") or Wording("", "", ""),
        simpler=form.wording("simpler") or Wording("", "", ""),
        choices=_choices(form),
        stuck=form.text("stuck", default=""),
        lacks=form.text("lacks", default=""),
        hears=form.names("hears"),
        pause=form.text("pause", default=""),
        end=end,
        waits=form.data.get("waits") == "long",
        basis=form.basis(),
        beside=form.wording("beside", required=False),
    )
    if "pause" in form.data and not step.pause:
        form.wrong('Une pause dit ce qu\'on demande au retour : pause: "Avez-vous reçu la lettre ?"', "pause")
    if not step.choices:
        form.wrong("Cette étape n'a aucun choix : la personne y resterait bloquée.", "choices")
    if not (step.stuck or step.pauses or step.end):
        form.wrong("Il manque « stuck » : où va la personne qui dit être bloquée ?", "stuck")
    return step


def _choices(form: Form) -> tuple[Choice, ...]:
    listed = form.listed("choices")
    following = form.data.get("next")
    if isinstance(following, dict):
        listed.append(following)
    if len(listed) > MOST_CHOICES:
        form.wrong(f"Pas plus de {MOST_CHOICES} choix : au téléphone, on oublie les premiers.", "choices")
    choices = []
    for index, item in enumerate(listed):
        below = Form(form.document, (*form.place, "choices", index), item, form.problems)
        below.allow("label", "to", "topic", "journey", "words", "means")
        elsewhere = next((kind for kind in ("topic", "journey") if kind in below.data), "")
        goes = f"{elsewhere}:{below.text(elsewhere)}" if elsewhere else f"step:{below.text('to')}"
        choices.append(Choice(str(index + 1), below.text("label"), goes, below.words("words"), below.words("means")))
    return tuple(choices)


def _prove(journey: Journey, form: Form) -> None:
    """Every target exists, every step can be reached, and the end can be reached from every step."""
    steps = journey.steps
    if journey.start not in steps:
        form.wrong(f"Le départ « {journey.start} » n'est pas une étape.", "start")
    for topic, target in journey.anywhere.items():
        if target not in steps:
            form.wrong(f"« {topic} » mène à « {target} », qui n'existe pas.", "anywhere", topic)
    for name, step in steps.items():
        for target in sorted(step.leads_to() - set(steps)):
            below = _leading(step, target)
            form.wrong(f"L'étape « {name} » mène à « {target} », qui n'existe pas.", "steps", name, *below)
    reached = _spread({journey.start, *journey.anywhere.values()}, {n: s.leads_to() for n, s in steps.items()})
    for name in steps:
        if name not in reached:
            form.wrong(f"Aucun chemin ne mène à l'étape « {name} ».", "steps", name)
    backwards: dict[str, set[str]] = {name: set() for name in steps}
    for name, step in steps.items():
        for target in step.leads_to():
            backwards.setdefault(target, set()).add(name)
    ends = {name for name, step in steps.items() if step.end}
    left = {name for name, step in steps.items() if any(_leaves(choice) for choice in step.choices)}
    can_end = _spread(ends | left, backwards)
    for name in steps:
        if name not in can_end:
            form.wrong(f"De l'étape « {name} », on ne peut pas arriver à la fin.", "steps", name)


def _leading(step: Step, target: str) -> Place:
    """The field of `step` that leads to `target`."""
    for index, choice in enumerate(step.choices):
        if choice.goes == f"step:{target}":
            return ("choices", index)
    heard = next((topic for topic, leads in step.hears.items() if leads == target), "")
    return ("hears", heard) if heard else ("stuck",)


def _leaves(choice: Choice) -> bool:
    """Whether `choice` leads out of the steps: back to where the person came from, or into another journey."""
    return choice.goes == f"step:{RETURN}" or choice.goes.startswith("journey:")


def _spread(start: set[str], links: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(links.get(name, ()))
    return reached
