"""Files in storage that speaks S3, by django-storages: nobody but us asks it, and nobody else is led to it.

Imported only where FILES_URL names such a storage: what it imports takes 0.15 s of a processor, and 20 MB.
"""

import io
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files import File
from storages.backends.s3 import S3Storage

from accounts.stored_files import FilesAway
from live.circuit import CircuitBreaker, short_reason

logger = logging.getLogger(__name__)

# Bytes that are read as a file is opened: thumbnails and pictures of people have fewer, and are one question.
BEGINNING = 64 * 1024
# Bytes of a file that are here at once, at most: what is read on is asked for in ever larger parts.
AT_ONCE = 1024 * 1024
# Bytes of a file that are sent at once.
SENT_AT_ONCE = 8 * 1024 * 1024
# Seconds to connect, and between two pieces of an answer; and how often it is tried.
CONNECT_PATIENCE, ANSWER_PATIENCE, TRIES = 2, 5, 2
# Connections that are kept.
CONNECTIONS = 32
# Whatever a file is, nothing of it is shown by who has come to it past us.
OPAQUE = {"ContentType": "application/octet-stream", "CacheControl": "private, no-store"}

circuit = CircuitBreaker(
    logger, "The storage of files cannot be used", "The storage of files can be used again"
)
making_client = Lock()


@contextmanager
def asked() -> Iterator[None]:
    """The storage is asked meanwhile. Raises FilesAway; FileNotFoundError for what is not there."""
    if circuit.is_open:
        raise FilesAway("The storage of files could not be used a moment ago")
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        if is_missing(error):
            circuit.record_success()
            raise FileNotFoundError("There is no such file") from None
        circuit.record_failure(error)
        raise FilesAway(f"The storage of files cannot be used: {short_reason(error)}") from error
    circuit.record_success()


def is_missing(error: Exception) -> bool:
    """Whether it answered, and has no such file."""
    if not isinstance(error, ClientError) or error.response["Error"].get("Code") == "NoSuchBucket":
        return False
    return error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_FOUND


class ObjectReader(io.RawIOBase):
    """The bytes of an object, of which a part is here; `fetch` gives those from one place to before another.

    Who seeks reads what is wanted there and nothing in between; who reads on gets twice as much each time.
    A reader that takes its time holds no connection meanwhile.
    """

    def __init__(self, fetch: Callable[[int, int], tuple[bytes, int]]) -> None:
        self._fetch = fetch
        self._part, self.size = fetch(0, BEGINNING)
        self._part_at = self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go there; nothing is asked yet."""
        self._position = offset + {os.SEEK_CUR: self._position, os.SEEK_END: self.size}.get(whence, 0)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer`, or some of it."""
        if self._position >= self.size:
            return 0
        if not 0 <= self._position - self._part_at < len(self._part):
            self._load(len(buffer))
        begin = self._position - self._part_at
        piece = self._part[begin : begin + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _load(self, least: int) -> None:
        reads_on = self._position == self._part_at + len(self._part)
        count = min(AT_ONCE, max(least, 2 * len(self._part) if reads_on else 0))
        try:
            self._part, _ = self._fetch(self._position, self._position + count)
        except FileNotFoundError:
            raise FilesAway("A file was deleted while it was read") from None
        self._part_at = self._position


class StoredObject(File):
    """An object that is open, to be read."""

    def __init__(self, reader: ObjectReader, name: str) -> None:
        super().__init__(io.BufferedReader(reader, BEGINNING), name)
        self.size = reader.size


class ObjectStorage(S3Storage):
    """A bucket, or what begins with one prefix in it."""

    is_elsewhere = True

    def get_default_settings(self) -> dict[str, Any]:
        """django-storages' own, but for what has to be so here."""
        return super().get_default_settings() | {
            # Two that are stored under one name are two.
            "file_overwrite": False,
            "object_parameters": OPAQUE,
            # In the thread that asks, a part after the other.
            "transfer_config": TransferConfig(use_threads=False, multipart_chunksize=SENT_AT_ONCE),
        }

    def __init__(self, **options: Any) -> None:
        addressing = options.get("addressing_style", "auto")
        client_config = Config(
            connect_timeout=CONNECT_PATIENCE, read_timeout=ANSWER_PATIENCE,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            max_pool_connections=CONNECTIONS, signature_version="s3v4", s3={"addressing_style": addressing},
            # Newer kinds of checksums only where a service asks for them: not all that speak S3 know them.
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
        )  # fmt: skip
        super().__init__(client_config=client_config, **options)

    @cached_property
    def _shared(self) -> Any:
        return self._create_session().resource(
            "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
        )

    @property
    def connection(self) -> Any:
        """One for all threads, which its client is made for; django-storages has 20 MB more for each."""
        with making_client:
            return self._shared

    def _fetch(self, key: str, start: int, stop: int) -> tuple[bytes, int]:
        """The bytes from one place to before another, and how many there are in all."""
        wanted = {"Bucket": self.bucket_name, "Key": key, "Range": f"bytes={start}-{stop - 1}"}
        with asked():
            try:
                answer = self.connection.meta.client.get_object(**wanted)
            except ClientError as error:
                if error.response["Error"].get("Code") == "InvalidRange" and start == 0:
                    # Of nothing there is no part.
                    return b"", 0
                raise
            content = answer["Body"].read()
        _, _, size = answer.get("ContentRange", "").partition("/")
        return content, int(size or len(content))

    def _open(self, name: str, mode: str = "rb") -> File:
        """To read. Raises FileNotFoundError."""
        if mode != "rb":
            raise ValueError("What is stored elsewhere is read, or saved as a whole.")
        key = self._normalize_name(name)
        return StoredObject(ObjectReader(lambda start, stop: self._fetch(key, start, stop)), name)

    def _save(self, name: str, content: Any) -> str:
        with asked():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        """What is not there is gone."""
        with asked():
            super().delete(name)

    def exists(self, name: str) -> bool:
        """Whether it is there."""
        with asked():
            return super().exists(name)

    def size(self, name: str) -> int:
        """Bytes. Raises FileNotFoundError."""
        with asked():
            return super().size(name)

    def listdir(self, name: str) -> Any:
        """The folders and the files in one."""
        with asked():
            return super().listdir(name)

    def url(self, name: str, *args: Any, **options: Any) -> str:
        """As on a disk: an address that leads nowhere. Nobody is given one that leads past us."""
        return f"{settings.MEDIA_URL}{name}"

    def trouble(self) -> str:
        """Why it cannot be used, in a sentence without a secret; or an empty text."""
        try:
            with asked():
                self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
        except OSError as error:
            reason = short_reason(error.__cause__ or error)
            return f"The storage of files, the bucket {self.bucket_name}, cannot be used: {reason}."
        return ""
