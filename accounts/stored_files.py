"""What is stored besides the database, on a disk or elsewhere: how it goes, and how it comes to this disk."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

# Bytes that are copied at once.
COPIED_AT_ONCE = 1024 * 1024
# Files that are deleted between two looks at what is still to go.
REMOVED_AT_ONCE = 100


class FilesAway(OSError):
    """Where files are kept, which is not on this disk, does not answer, or refuses."""


def is_elsewhere() -> bool:
    """Whether files are kept where each question takes its time, and may fail."""
    return getattr(default_storage, "is_elsewhere", False)


def forget(*names: str) -> None:
    """Delete what is stored under these names, once the transaction is committed in which nothing names it.

    From a disk at once. From elsewhere within a minute, by the worker, for as long as it takes: what is to go
    is written down in the same transaction. One query then, else none.
    """
    if is_elsewhere():
        _write_down(names)
        return
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def remove(*names: str) -> None:
    """Delete what is stored under these names and was never named, or is named no longer; whatever becomes
    of the transaction. From elsewhere as `forget` does.
    """
    if is_elsewhere():
        _write_down(names)
        return
    for name in names:
        default_storage.delete(name)


def _write_down(names: Iterable[str]) -> None:
    # Models do not exist yet when this module is imported.
    from accounts.models import FileRemoval

    FileRemoval.objects.bulk_create([FileRemoval(name=name) for name in names])


def remove_forgotten() -> int:
    """Delete what is to go from elsewhere, in the worker; how much that was.

    Where it does not answer the rest stays for the next time.
    """
    from accounts.models import FileRemoval

    count = 0
    try:
        while some := list(FileRemoval.objects.order_by("pk")[:REMOVED_AT_ONCE]):
            for removal in some:
                default_storage.delete(removal.name)
                removal.delete()
                count += 1
    except FilesAway:
        """Said in the log by the storage itself."""
    return count


@contextmanager
def on_this_disk(name: str) -> Iterator[Path]:
    """Where a stored file can be read as one of this disk meanwhile. Raises FileNotFoundError, FilesAway."""
    if not is_elsewhere():
        yield Path(default_storage.path(name))
        return
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    # Where there is room for files.
    with tempfile.NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix="copy-") as copy:
        with default_storage.open(name, "rb") as stored:
            while part := stored.read(COPIED_AT_ONCE):
                copy.write(part)
        copy.flush()
        yield Path(copy.name)
