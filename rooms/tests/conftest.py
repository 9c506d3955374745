from pathlib import Path

import pytest

from tests.live_fixtures import sockets  # noqa: F401


@pytest.fixture
def uploads(tmp_path: Path, settings) -> Path:
    """A folder of its own for what is uploaded."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT
