"""SECRET_KEY is changed while people have a page open (and while a worker has a task queued: test_task_queue.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.errors import SettingError
from assistant.settings import Settings, read_settings
from channels.app import create_app
from tests.channels.visitor import Visitor
from tests.support.faces import Face

OLD, NEW = "k" * 40, "n" * 40


def with_keys(face: Face, visitor: Visitor, *keys: str) -> Visitor:
    """The same browser and its open page, in front of a process that was started with other keys."""
    changed = replace(face.settings, secret_key=keys[0], older_secret_keys=keys[1:])
    client = create_app(changed, face.conversation).test_client()
    kept = visitor.client.get_cookie("__Host-camille", domain="camille.example")
    assert kept
    client.set_cookie(kept.key, kept.value, domain=kept.domain, secure=kept.secure)
    visitor.client = client
    return visitor


@pytest.fixture
def on_step(face: Face) -> Visitor:
    return Visitor(face.app.test_client()).look().press("Activer mon espace").press("Pour moi")


def test_who_has_a_page_open_goes_on_through_the_whole_change(face: Face, on_step: Visitor) -> None:
    """And back to a process that was not started again yet: a load balancer sends each press where it likes."""
    old = face.settings.secret_key
    for keys in ((old, NEW), (NEW, old), (old, NEW), (NEW, old), (NEW,)):
        with_keys(face, on_step, *keys)
        before = on_step.said
        on_step.post("/", on_step.form("1"))
        assert on_step.status == 200
        assert on_step.said != before


def test_without_the_old_one_she_would_have_to_press_again(face: Face, on_step: Visitor) -> None:
    with_keys(face, on_step, NEW).post("/", on_step.form("1"))
    assert on_step.status == 400


class TestSettings:
    def read(self, settings: Settings, key: str) -> Settings:
        return read_settings({"CAMILLE_VAR": str(settings.var), "SECRET_KEY": key, "PSEUDONYM_PEPPER": "p" * 40})

    def test_the_first_one_seals(self, settings: Settings) -> None:
        found = self.read(settings, f"{NEW}, {OLD}")
        assert (found.secret_key, found.secret_keys) == (NEW, (NEW, OLD))
        assert self.read(settings, OLD).secret_keys == (OLD,)

    def test_none_of_them_is_shown(self, settings: Settings) -> None:
        shown = repr(self.read(settings, f"{NEW},{OLD}"))
        assert not [secret for secret in (OLD, NEW, "p" * 40) if secret in shown]

    @pytest.mark.parametrize("key", [f"{NEW},", f"{NEW},short", f"{NEW},{NEW}"], ids=["empty", "short", "twice"])
    def test_what_is_no_second_secret_is_refused(self, settings: Settings, key: str) -> None:
        with pytest.raises(SettingError, match="SECRET_KEY"):
            self.read(settings, key)
