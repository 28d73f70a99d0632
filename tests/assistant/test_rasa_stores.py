"""A memory of Rasa's own is refused in one sentence, before anybody relies on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingError
from assistant.rasa_stores import refuse_rasa_stores
from assistant.settings import ROOT

ACTIONS = "action_endpoint:\n  url: http://127.0.0.1:5055/webhook\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("tracker_store:\n  type: SQL\n  dialect: postgresql\n", "tracker_store", id="tracker"),
        pytest.param("lock_store:\n  type: redis\n  url: 127.0.0.1\n", "lock_store", id="lock"),
        pytest.param("event_broker: {type: SQL}\n", "event_broker", id="broker"),
    ],
)
def test_it_is_named_in_one_sentence(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "endpoints.yml"
    path.write_text(ACTIONS + text)
    with pytest.raises(SettingError) as refused:
        refuse_rasa_stores(path)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_does_not_read_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.yml"
    path.write_text("tracker_store: {type: SQL\n")
    with pytest.raises(SettingError, match=r"endpoints\.yml ne se lit pas"):
        refuse_rasa_stores(path)


@pytest.mark.parametrize("text", [ACTIONS, "", None], ids=["ours", "empty", "none"])
def test_nothing_else_is_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "endpoints.yml"
    if text is not None:
        path.write_text(text)
    refuse_rasa_stores(path)
    refuse_rasa_stores(ROOT / "endpoints.yml")
