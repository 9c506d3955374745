"""Which programs' archives can be read, and by what."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from integrations.moving.campfire import CampfireArchive
from integrations.moving.mattermost import MattermostArchive
from integrations.moving.ndjson import ParleyArchive
from integrations.moving.records import BadArchive
from integrations.moving.slack import SlackArchive
from integrations.moving.writer import Archive
from integrations.moving.zulip import ZulipArchive

READERS: dict[str, Callable[[Path], Archive]] = {
    "slack": SlackArchive,
    "mattermost": MattermostArchive,
    "zulip": ZulipArchive,
    "campfire": CampfireArchive,
    "parley": ParleyArchive,
}
# Names of programs, as they call themselves, and what of theirs is read.
PROGRAMS = (
    ("slack", "Slack (.zip)"),
    ("mattermost", "Mattermost (.jsonl, .zip)"),
    ("zulip", "Zulip (.tar.gz)"),
    ("campfire", "Campfire (.sqlite3, .zip)"),
    ("parley", "Parley (.ndjson, .zip)"),
)


@contextmanager
def open_archive(program: str, path: Path) -> Iterator[Archive]:
    """The archive at `path`, to read. Raises BadArchive with a sentence."""
    if not path.is_file():
        raise BadArchive(_("There is no such file."))
    with closing(READERS[program](path)) as archive:
        yield archive
