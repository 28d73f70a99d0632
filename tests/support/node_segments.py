"""Twilio's own segment calculator (npm: sms-segments-calculator), asked by one Node process for a whole batch.

Skips, and says why, where Node, npm or its registry cannot be reached.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGE = "sms-segments-calculator@1.3.0"
SCRIPT = """
const { SegmentedMessage } = require("sms-segments-calculator");
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const message = new SegmentedMessage(JSON.parse(line), "auto");
  console.log(JSON.stringify([message.encodingName, message.segmentsCount]));
});
"""


class Calculator:
    """The process. `count` gives the encoding and the number of segments of one text."""

    def __init__(self, folder: Path) -> None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if not node or not npm:
            pytest.skip("Node and npm are not installed here: Twilio's own calculator is not asked")
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", PACKAGE]
        try:
            fetched = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("npm's registry does not answer: Twilio's own calculator is not asked")
        if fetched.returncode:
            pytest.skip(f"npm could not fetch {PACKAGE}: {fetched.stderr.strip()[-200:]}")
        script = folder / "count.js"
        script.write_text(SCRIPT, encoding="utf-8")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([node, str(script)], cwd=folder, stdin=pipe, stdout=pipe, text=True)

    def count(self, text: str) -> tuple[str, int]:
        to, back = self._process.stdin, self._process.stdout
        assert to
        assert back
        to.write(json.dumps(text) + "\n")
        to.flush()
        encoding, segments = json.loads(back.readline())
        return str(encoding), int(segments)

    def close(self) -> None:
        self._process.communicate()
