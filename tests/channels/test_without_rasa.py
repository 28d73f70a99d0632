"""The faces run where Rasa is not installed: nothing they import needs it, nor what it brings."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from assistant.settings import ROOT

# What Rasa needs and the faces do not.
HEAVY = ("rasa", "rasa_sdk", "tensorflow", "keras", "spacy", "sklearn", "scipy", "numpy", "joblib", "sanic")
WALKS = textwrap.dedent(
    """
    import sys

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.split(".")[0] in {heavy!r}:
                raise ModuleNotFoundError(name, name=name)
            return None

    sys.meta_path.insert(0, Absent())
    from dataclasses import replace
    from datetime import datetime, timezone
    from pathlib import Path
    from assistant.conversation import Conversation
    from assistant.settings import read_settings
    from assistant.storage.database import Database
    from channels.app import create_app

    settings = read_settings({{"CAMILLE_VAR": {var!r}, "UNDERSTANDING_URL": "http://127.0.0.1:9"}})
    database = Database(settings.database_url)
    database.upgrade()
    app = create_app(settings, Conversation(settings, database))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/attente").status_code == 200
    import {command}
    print("whole")
    """
)


@pytest.mark.parametrize("command", ["channels.cli.serve", "channels.cli.worker", "channels.cli.purge"])
def test_the_faces_need_nothing_of_rasa(tmp_path: object, command: str) -> None:
    code = WALKS.format(heavy=HEAVY, var=str(tmp_path), command=command)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("whole"), done.stderr[-2000:]
