"""Files of an archive become attachments: those that are in it, and those that links still lead to."""

import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from time import monotonic
from typing import IO

import httpx
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from integrations.moving.records import FileRecord
from integrations.moving.report import Report, Why
from rooms.actions.rejected import Rejected
from rooms.actions.uploads import keep_moved_file
from rooms.files.fetch import Unreachable, guarded_client
from rooms.models import Attachment

COPIED_AT_ONCE = 256 * 1024
# Seconds for a file that is elsewhere; and how many of them in a row may fail before no other is asked for.
FETCH_SECONDS = 60
FAILURES_IN_A_ROW = 25

# What reading a file in an archive may raise.
UNREADABLE = (
    OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error,
    lzma.LZMAError, struct.error, OverflowError,
)  # fmt: skip

type Opened = Callable[[str], AbstractContextManager[IO[bytes]] | None]


class MissingFile(Exception):
    """It is not there."""


class Files:
    """What becomes of the files of one archive; `opened` opens one by its path there, or gives None."""

    def __init__(self, opened: Opened, report: Report) -> None:
        self._opened, self.report = opened, report
        self._failures = 0

    def keep(self, record: FileRecord, room_id: int, uploader_id: int) -> Attachment | None:
        """The file, waiting for its message; None, and a line in the report, where it cannot be had."""
        name = record.name or record.path.rpartition("/")[2]
        try:
            with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as file:
                size = self._fetched(record, file)
                file.seek(0)
                uploaded = UploadedFile(file, name=name, size=size)
                return keep_moved_file(uploaded, room_id, uploader_id, record.description)
        except MissingFile:
            self.report.lacks(Why.FILE_MISSING, name)
        except Rejected as why:
            self.report.lacks(Why.FILE_REFUSED, str(why))
        return None

    def _fetched(self, record: FileRecord, file: IO[bytes]) -> int:
        """Write its content; how many bytes. No more than one beyond what a file may have."""
        if record.path and (opened := self._opened(record.path)):
            with opened as stored:
                return _copied(stored, file, settings.FILE_LIMIT)
        if record.url and self._failures < FAILURES_IN_A_ROW:
            try:
                size = download(record.url, file, settings.FILE_LIMIT)
            except Unreachable:
                self._failures += 1
                raise MissingFile from None
            self._failures = 0
            return size
        raise MissingFile


def _copied(stored: IO[bytes], file: IO[bytes], limit: int) -> int:
    size = 0
    try:
        while size <= limit and (part := stored.read(COPIED_AT_ONCE)):
            size += len(part)
            file.write(part)
    except UNREADABLE as error:
        raise MissingFile from error
    return size


def download(url: str, file: IO[bytes], limit: int) -> int:
    """What is at `url`, on the public web alone, within FETCH_SECONDS; how many bytes. Raises Unreachable."""
    if not url.startswith("https://"):
        raise Unreachable("is not of the web")
    until = monotonic() + FETCH_SECONDS
    size = 0
    try:
        with closing(guarded_client(settings.LINK_PREVIEW_NETWORKS)) as web, web.stream("GET", url) as answer:
            # A redirect leads to where one signs in: the token in the link has ended.
            if answer.status_code != httpx.codes.OK or "text/html" in answer.headers.get("content-type", ""):
                raise Unreachable(f"answered {answer.status_code}")
            for part in answer.iter_raw(COPIED_AT_ONCE):
                size += len(part)
                file.write(part)
                if size > limit:
                    break
                if monotonic() > until:
                    raise Unreachable("takes too long")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unreachable(type(error).__name__) from error
    return size
