"""Gunicorn, told in code: one worker, many threads, no access log (it would keep addresses)."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from channels.cli.patient_worker import PatientWorker
from channels.operations import logs


class JsonLogger(Logger):
    """Gunicorn's own log, in our lines: it would name the address of whoever sent what it cannot read."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter())


class GunicornService(BaseApplication):
    """Runs what `build` makes, in the worker: what is loaded before a fork is not safe after it.

    `proxies`: how many stand in front and tell who asks (TRUSTED_PROXIES).
    """

    def __init__(self, bind: str, build: Callable[[], Flask], threads: int, proxies: int = 0) -> None:
        self._bind, self._build, self._threads, self.proxies = bind, build, threads, proxies
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": self._bind,
            "workers": 1,
            "worker_class": PatientWorker,
            "threads": self._threads,
            # One request a connection: who keeps one open does not keep a place.
            "keepalive": 0,
            "timeout": 120,
            "graceful_timeout": 5,
            "loglevel": "warning",
            "accesslog": None,
            "logger_class": JsonLogger,
            "post_fork": _begin,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        logs.install()
        return self._build()


# Seconds a thread may go on while others want to: with five thousandths, Python's own, the loop that collects requests
# waits for sixteen busy threads at each byte it reads.
TURN_OF_A_THREAD = 0.001
# Linux: what this process is sent when its parent ends, however that ends.
PR_SET_PDEATHSIG = 1


def _begin(master: Any, worker: Any) -> None:
    sys.setswitchinterval(TURN_OF_A_THREAD)
    _end_with(master, worker)


def _end_with(master: Any, _worker: Any) -> None:
    """A worker whose master was killed would keep the port for seconds, and answer nobody: it goes at once.

    What it was answering is asked again elsewhere, and counts once.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != master.pid:
        os._exit(1)  # it was gone before it could be told
