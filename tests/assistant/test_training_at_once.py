"""Two deploys at once: of two processes that train, one does, and the model is whole at every moment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from assistant.settings import ROOT

# What learning takes minutes over is stood in for by a file that takes a second to write, byte after byte.
LINE = """
import sys, time
from dataclasses import dataclass
from pathlib import Path
from assistant import training
@dataclass
class Settings:
    models: Path
def learn(draft):
    with draft.open("wb") as out:
        for part in range(20):
            out.write(sys.argv[2].encode() * 1000)
            out.flush()
            time.sleep(0.05)
    print("learnt", flush=True)
training._learn = learn
settings = Settings(Path(sys.argv[1]))
input()
training.train(settings)
print("fresh" if not training.is_stale(settings) else "stale")
"""


def test_one_trains_and_the_other_has_its_model(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", LINE, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": ROOT, "text": True}
    started = [subprocess.Popen([*command, name], **pipes) for name in "ab"]  # type: ignore[call-overload]
    for process in started:
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=120)[0].split() for process in started]
    assert sorted(said) == [["fresh"], ["learnt", "fresh"]]
    assert {path.name for path in tmp_path.iterdir()} == {"camille.tar.gz", "camille.json", "training.lock"}
    assert set(json.loads((tmp_path / "camille.json").read_text())) == {"fingerprint", "sha256"}
