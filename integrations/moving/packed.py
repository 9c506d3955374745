"""Archives that are one file with many in it: opened within bounds, whatever is said of what is in them."""

import json
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath
from typing import IO, Any

import ijson
from django.utils.translation import gettext as _

from integrations.moving.files import UNREADABLE
from integrations.moving.records import BadArchive, Shortfall
from integrations.moving.report import Why

# Entries of an archive, and bytes of what says which there are.
MOST_ENTRIES = 500_000
MOST_OF_DIRECTORY = 200 * 1024 * 1024
# Bytes of all that is in it; and how much larger it may be than it is packed, where it is large.
MOST_UNPACKED = 200 * 1024**3
RATIO = 200
RATIO_COUNTS_FROM = 50 * 1024 * 1024
# What is read whole, bytes; what is larger is read value by value.
READ_WHOLE = 32 * 1024 * 1024
MOST_OF_A_VALUE = 4 * 1024 * 1024

END = struct.Struct("<4s4H2LH")
END_64 = struct.Struct("<4sQ2H2L4Q")
DRIVE = re.compile(r"[A-Za-z]:")


def is_safe(path: str) -> bool:
    """Whether a path stays within the archive that names it."""
    parts = PurePosixPath(path.replace("\\", "/"))
    return bool(path) and not (
        parts.is_absolute() or ".." in parts.parts or DRIVE.match(path) or "\x00" in path
    )


class ZipArchive:
    """A zip, read only. Raises BadArchive where it is none, or larger than it may be."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                _look_at_directory(file)
            self._zip = zipfile.ZipFile(path)
        except UNREADABLE as error:
            raise BadArchive(_("That is no zip that can be read.")) from error
        # What cannot be had of it, as a report says it.
        self.lacks: list[Shortfall] = []
        self.entries = self._entries()
        try:
            self._check()
        except BadArchive:
            self.close()
            raise

    def _entries(self) -> dict[str, zipfile.ZipInfo]:
        """What is in it by its path, without a folder that is around all of it."""
        found = {}
        for info in self._zip.infolist():
            if info.is_dir() or info.filename.startswith("__MACOSX/"):
                continue
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            if is_link or not is_safe(info.filename) or info.flag_bits & 0x1:
                self.lacks.append(Shortfall(info.filename, Why.BAD_PATH))
            else:
                found[info.filename.replace("\\", "/")] = info
        tops = {name.partition("/")[0] for name in found}
        if len(tops) == 1 and all("/" in name for name in found):
            return {name.partition("/")[2]: info for name, info in found.items()}
        return found

    def _check(self) -> None:
        size = sum(info.file_size for info in self.entries.values())
        packed = sum(info.compress_size for info in self.entries.values())
        if size > MOST_UNPACKED or (size > RATIO_COUNTS_FROM and size > RATIO * max(packed, 1)):
            raise BadArchive(_("What is in that archive is larger than it can be."))

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def size_of(self, path: str) -> int:
        """The bytes of a file in it, unpacked; 0 where it is not there."""
        info = self.entries.get(path)
        return info.file_size if info else 0

    def opened(self, path: str) -> AbstractContextManager[IO[bytes]] | None:
        """A file in it: no more is read of it than it is said to have."""
        info = self.entries.get(path)
        try:
            return self._zip.open(info) if info else None
        except UNREADABLE:
            return None

    def values(self, path: str) -> Iterator[Any]:
        """The values of a list in a file of JSON. Raises Malformed."""
        opened = self.opened(path)
        if opened is None:
            return
        with opened as file:
            yield from values_in(file, self.size_of(path))


class Malformed(Exception):
    """A file of an archive is not what it should be."""


def values_in(file: IO[bytes], size: int, prefix: str = "item") -> Iterator[Any]:
    """The values of a list in JSON, `prefix` as ijson has it. Raises Malformed."""
    try:
        if size <= READ_WHOLE and prefix == "item":
            values = json.loads(file.read())
            if not isinstance(values, list):
                raise Malformed
            yield from values
        else:
            yield from ijson.items(file, prefix, use_float=True)
    except (ijson.JSONError, RecursionError, MemoryError, *UNREADABLE) as error:
        raise Malformed from error


def _look_at_directory(file: IO[bytes]) -> None:
    """Raise BadArchive where a zip says that it has more entries than are read: to read them costs memory."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 65_557))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + END.size:
        raise BadArchive(_("That is no zip that can be read."))
    *_rest, count, directory, _offset, _comment = END.unpack_from(tail, at)
    if count == 0xFFFF or directory == 0xFFFFFFFF:
        at = tail.rfind(b"PK\x06\x06")
        if at >= 0 and len(tail) >= at + END_64.size:
            count, directory = END_64.unpack_from(tail, at)[7:9]
    if count > MOST_ENTRIES or directory > MOST_OF_DIRECTORY:
        raise BadArchive(_("There are more files in that archive than can be read."))
