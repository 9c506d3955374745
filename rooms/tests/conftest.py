from collections.abc import Callable
from pathlib import Path

import pytest

from database.compiled_queries import CompiledQuery
from rooms.render import sidebar
from tests.live_fixtures import sockets  # noqa: F401
from tests.translated import translated  # noqa: F401


@pytest.fixture
def uploads(tmp_path: Path, settings) -> Path:
    """A folder of its own for what is uploaded."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def side_has(monkeypatch) -> Callable[[int], None]:
    """Let the side have a place for so many rooms: `side_has(3)`."""

    def change(length: int) -> None:
        monkeypatch.setattr(sidebar, "SIDE_LENGTH", length)
        # The limit is in the SQL, which is made once.
        monkeypatch.setattr(sidebar, "_places", CompiledQuery(sidebar._places._build))

    return change
