"""Run as a process of its own by `channels.cli.train`: trains, and prints one line a step."""

from __future__ import annotations

import os
import sys

from assistant.errors import CamilleError
from assistant.settings import read_settings
from assistant.training import train
from channels.cli.train import STEP


def main() -> int:
    # Rasa writes to both outputs as it likes: our steps get the pipe for themselves, all the rest goes to errors.
    steps = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        train(read_settings(), lambda done, of: print(f"{STEP}{done}/{of}", file=steps))
    except CamilleError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
