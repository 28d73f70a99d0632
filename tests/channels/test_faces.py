"""Templates are compiled once in a process, and again when their text changes."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from channels.app import with_views
from channels.faces import Faces


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that are compiled from now on."""
    names: list[str] = []
    compile_ = jinja2.Environment.compile

    def noted(self: jinja2.Environment, source: str, name: str, *rest: object) -> object:
        names.append(name)
        return compile_(self, source, name, *rest)  # type: ignore[arg-type]  # whatever Jinja gives

    monkeypatch.setattr(jinja2.Environment, "compile", noted)
    return names


def test_all_that_a_process_compiled_serves_its_next_application(compiled: list[str]) -> None:
    with_views(Faces("channels"), local=True).compile_templates()
    compiled.clear()
    second = with_views(Faces("channels"), local=True)
    second.compile_templates()
    assert compiled == []
    assert len(second.jinja_env.cache or ()) > 50


def test_what_was_changed_is_compiled_again(compiled: list[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    told = []
    for text in ("un", "un", "deux"):
        page.write_text(text)
        app = Faces("channels", template_folder=str(tmp_path))
        told.append(app.jinja_env.get_template("page.html").render())
    assert told == ["un", "un", "deux"]
    assert compiled == ["page.html", "page.html"]
