"""What most tests of the faces ask for: a service with a Twilio account and an empty database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.faces import Face, open_face


@pytest.fixture(scope="module")
def face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Face]:
    """One for all the tests of a file. Files that need another have a fixture of their own."""
    opened = open_face(tmp_path_factory.mktemp("var"))
    yield opened
    opened.close()
