"""Several things at the same instant, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def at_once(work: Sequence[Callable[[], T]]) -> list[T]:
    """What each of `work` gives when all begin together, in the order of `work`. Raises the first error of any."""
    results: dict[int, T] = {}
    failed: list[BaseException] = []
    together = threading.Barrier(len(work))

    def run(index: int) -> None:
        together.wait()
        try:
            results[index] = work[index]()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return [results[index] for index in range(len(work))]
