"""Archives of lines of JSON: a file by itself, or one in a zip with other files."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from integrations.moving.files import UNREADABLE
from integrations.moving.packed import ZipArchive
from integrations.moving.records import BadArchive, Shortfall

# Bytes of one line; a longer one is left out.
LONGEST_LINE = 16 * 1024 * 1024


class LineFile:
    """The lines of an archive; in a zip those of its file called `name`, or of the only one with its end."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._zip = ZipArchive(path) if zipfile.is_zipfile(path) else None
        self._name = self._name_of(name)
        self.size = self._zip.size_of(self._name) if self._zip else path.stat().st_size
        # Bytes that were read of it.
        self.read = 0

    def _name_of(self, name: str) -> str:
        if self._zip is None:
            return name
        end = "." + name.rpartition(".")[2]
        found = [one for one in self._zip.entries if one == name or ("/" not in one and one.endswith(end))]
        if not found:
            raise BadArchive(_("There is no %(name)s in that archive.") % {"name": name})
        return name if name in found else found[0]

    def close(self) -> None:
        """Let go of the zip."""
        if self._zip:
            self._zip.close()

    @property
    def lacks(self) -> list[Shortfall]:
        """What of the zip cannot be had."""
        return self._zip.lacks if self._zip else []

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file in the zip."""
        return self._zip.opened(path) if self._zip else None

    def values(self) -> Iterator[dict[str, Any] | None]:
        """The object in each line; None for a line that has none. Raises BadArchive."""
        opened = self._zip.opened(self._name) if self._zip else self._path.open("rb")
        if opened is None:
            raise BadArchive(_("That archive cannot be read."))
        self.read = 0
        try:
            with opened as file, closing(file):
                while line := file.readline(LONGEST_LINE):
                    self.read += len(line)
                    if line.strip():
                        yield _object_in(line)
        except UNREADABLE as error:
            raise BadArchive(_("That archive cannot be read to its end.")) from error


def _object_in(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
