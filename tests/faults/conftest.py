"""Sites for faults to happen to. `--long` asks for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import migrated
from tests.browser.preloaded import Preloaded
from tests.browser.server import House, manage
from tests.environment import environment
from tests.faults.furniture import FURNISHED, FURNITURE
from tests.processes import stores
from tests.shared_folder import shared_folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --long."""
    parser.addoption("--long", action="store_true", help="all faults, many people, minutes of it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, unless it is asked for."""
    if not config.getoption("--long"):
        skip = pytest.mark.skip(reason="only with --long")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site that nobody has set up yet."""

    def build(folder: Path) -> None:
        manage(environment(folder), "collectstatic", "--noinput", "--verbosity=0")
        migrated.copy_to(folder / "parley.sqlite3")

    return shared_folder(tmp_path_factory, "faults-empty", build)


@pytest.fixture(scope="session")
def small_house(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a site on SQLite, with everybody in it."""

    def furnish(folder: Path) -> None:
        House(empty).copy_to(folder)
        House(folder).furnish(FURNITURE)

    return shared_folder(tmp_path_factory, "faults-house", furnish)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[stores.Store]:
    """A PostgreSQL that can be stopped, killed and frozen."""
    with stores.postgresql() as store:
        yield store


@pytest.fixture(scope="session")
def large_house(empty: Path, postgresql: stores.Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same people in a database of that PostgreSQL, which sites are copies of."""
    folder = tmp_path_factory.mktemp("faults-large-house")
    (folder / "static").symlink_to(empty / "static")
    place = environment(folder) | {"DATABASE_URL": stores.create_database(postgresql, FURNISHED)}
    manage(place, "migrate", "--noinput", "--verbosity=0")
    manage(place, "shell", "--verbosity=0", "--command", FURNITURE)
    return folder


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    """What the processes are forked from: most of a start is imports."""
    process = Preloaded()
    yield process
    process.end()


def pytest_configure(config: pytest.Config) -> None:
    """Name what marks what takes long."""
    config.addinivalue_line("markers", "long: only with --long")
