"""What of an archive is here already: the ids of theirs, and of ours."""

import hashlib
from collections.abc import Iterable

from integrations.models import ImportSource, MovedRecord
from integrations.models.moving import KEY_LENGTH

# Ids that are asked for in one query.
ASKED_AT_ONCE = 500
Kind = MovedRecord.Kind


def source_of(program: str, key: str) -> ImportSource:
    """The place that an archive is of."""
    return ImportSource.objects.get_or_create(program=program, key=stored_key(key))[0]


def stored_key(theirs: str) -> str:
    """An id of theirs as it is stored: itself, or a digest of it where it is too long or has no letters."""
    if len(theirs) <= KEY_LENGTH and theirs.isprintable():
        return theirs
    return hashlib.sha256(theirs.encode(errors="surrogatepass")).hexdigest()


def message_key(room: str, message: str) -> str:
    """What a message is known by: ids of messages are a room's own in some archives."""
    return stored_key(f"{room}/{message}")


def all_known(source: ImportSource, kind: str) -> dict[str, int]:
    """All of `kind` that came from `source` ever, by their ids: people or rooms, which are few. One query."""
    return dict(source.records.filter(kind=kind).values_list("theirs", "ours"))


def known_among(source: ImportSource, keys: Iterable[str]) -> dict[str, int]:
    """The messages among `keys` that came already. One query for ASKED_AT_ONCE."""
    wanted = sorted(set(keys))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        some = source.records.filter(kind=Kind.MESSAGE, theirs__in=wanted[start : start + ASKED_AT_ONCE])
        found.update(some.values_list("theirs", "ours"))
    return found


def note(source: ImportSource, kind: str, moved: Iterable[tuple[str, int]]) -> None:
    """Note what some records are here now."""
    MovedRecord.objects.bulk_create(
        [MovedRecord(source=source, kind=kind, theirs=theirs, ours=ours) for theirs, ours in moved]
    )


def forget_room(source: ImportSource, room: str) -> None:
    """A room is no longer here: it, and what was said in it, may come again."""
    source.records.filter(kind=Kind.ROOM, theirs=stored_key(room)).delete()
    source.records.filter(kind=Kind.MESSAGE, theirs__startswith=f"{room}/").delete()
