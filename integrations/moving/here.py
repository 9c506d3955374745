"""What is in this site, as the records that archives are made of: read in pieces, however much it is."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import batched

from accounts.models import Person
from integrations.moving.records import (
    FileRecord,
    MemberRecord,
    MessageRecord,
    PersonRecord,
    ReactionRecord,
    RoomRecord,
    VersionRecord,
    VoteRecord,
)
from integrations.moving.scope import Scope
from rooms.actions.archive import safe_name
from rooms.models import Attachment, Membership, Message, Noticed, Reaction, Room, Version, Vote

# Messages that are read at once.
READ_AT_ONCE = 500
# What comes before all that was said: the id of no message.
NOTHING_READ = "0"


def people_in(scope: Scope) -> Iterator[PersonRecord]:
    """The people; their addresses where all of the site is wanted."""
    for person in scope.people().iterator(chunk_size=READ_AT_ONCE):
        yield PersonRecord(
            id=str(person.pk), username=person.username, display_name=person.display_name,
            email=person.email if scope.is_whole else "", role=person.role, is_active=person.is_active,
            is_bot=person.is_bot, title=person.title, pronouns=person.pronouns, about=person.about,
            time_zone=person.time_zone, picture=picture_path(person) if person.avatar else "",
        )  # fmt: skip


def picture_path(person: Person) -> str:
    """Where in an archive somebody's picture is."""
    return f"files/people/{person.pk}.webp"


def shown_path(picture: str) -> str:
    """Where in an archive a picture is that stands beside messages."""
    return f"files/shown/{picture}.webp"


def file_path(file: Attachment) -> str:
    """Where in an archive a file is: two of one name are two."""
    return f"files/{file.pk}/{safe_name(file.name)}"


def rooms_in(scope: Scope) -> Iterator[RoomRecord]:
    """The rooms with who is in them. Two queries for each."""
    for room in scope.rooms():
        yield RoomRecord(
            id=str(room.pk), name=room.name, kind=room.kind, slug=room.slug, topic=room.topic,
            members=tuple(_members(room, scope)), archived_at=room.archived_at,
            for_everyone=room.for_everyone, who_posts=room.who_posts, who_calls=room.who_calls,
            slow_seconds=room.slow_seconds, retention_days=room.retention_days,
        )  # fmt: skip


def _members(room: Room, scope: Scope) -> Iterator[MemberRecord]:
    memberships = list(Membership.objects.filter(room=room).order_by("pk"))
    read = _last_read(room, {one.read for one in memberships}) if scope.is_whole else {}
    for one in memberships:
        if not scope.is_whole:
            # How somebody follows a room is nobody else's business.
            yield MemberRecord(person=str(one.person_id), role=one.role)
            continue
        yield MemberRecord(
            person=str(one.person_id), role=one.role, involvement=one.involvement,
            is_favourite=one.is_favourite,
            read="" if one.read >= room.posts else read.get(one.read, NOTHING_READ),
        )  # fmt: skip


def _last_read(room: Room, numbers: Collection[int]) -> dict[int, str]:
    """By each of these numbers the last message that stands and is read by who has read so far."""
    found: dict[int, str] = {}
    said = Message.objects.visible().filter(room=room)
    for number in numbers:
        if number < room.posts:
            last = said.filter(number__lte=number).order_by("-number", "-pk").values_list("pk").first()
            found[number] = str(last[0]) if last else NOTHING_READ
    return found


# -- Messages -----------------------------------------------------------------------------


def message_ids(scope: Scope, room: Room, *order: str) -> "array[int]":
    """The ids of what stands in a room, in the order of these columns: eight bytes for each. One query."""
    return array("q", scope.messages(room).order_by(*order).values_list("pk", flat=True).iterator())


def messages_called(ids: Iterable[int]) -> list[Message]:
    """The messages with these ids, in that order, of those that are there still. One query."""
    wanted = list(ids)
    there = Message.objects.defer("words").in_bulk(wanted)
    return [there[pk] for pk in wanted if pk in there]


def messages_in(scope: Scope, room: Room, *order: str) -> Iterator[list[Message]]:
    """What stands in a room, READ_AT_ONCE at a time, in the order of these columns. A query each."""
    for piece in batched(message_ids(scope, room, *order), READ_AT_ONCE):
        yield messages_called(piece)


def records_of(scope: Scope, messages: list[Message]) -> Iterator[MessageRecord]:
    """The records of some messages of a room. Six queries at most."""
    ids = [message.pk for message in messages]
    reactions, votes = _reactions(ids), _by_message(Vote.objects.filter(message__in=ids))
    noticed = _by_message(Noticed.objects.filter(message__in=[one.pk for one in messages if one.notice]))
    files = files_of(messages)
    edited = [message.pk for message in messages if message.edited_at]
    versions = _by_message(Version.objects.filter(message__in=edited if scope.is_whole else ()))
    for one in messages:
        yield MessageRecord(
            id=str(one.pk), room=str(one.room_id), author=str(one.author_id),
            # What a quiet line says stands there alone.
            text=one.html if one.notice else one.body,
            posted_at=one.posted_at, thread=_id(one.thread_id), reply_to=_id(one.reply_to_id),
            edited_at=one.edited_at, deleted_at=one.deleted_at, is_action=one.is_action,
            notice=one.notice or "", named=tuple(str(who.person_id) for who in noticed[one.pk]),
            shown_name=one.shown_name or "", shown_icon=one.shown_icon or "",
            shown_picture=shown_path(one.shown_picture) if one.shown_picture and not one.deleted_at else "",
            pinned_at=one.pinned_at, pinned_by=_id(one.pinned_by_id), reactions=reactions.get(one.pk, ()),
            files=tuple(
                FileRecord(file.name, file_path(file), description=file.description) for file in files[one.pk]
            ),
            votes=tuple(VoteRecord(str(vote.person_id), vote.choice) for vote in votes[one.pk]),
            versions=tuple(_versions(one, versions[one.pk])),
        )  # fmt: skip


def files_of(messages: Iterable[Message]) -> dict[int, list[Attachment]]:
    """The files of each of `messages`. One query."""
    having = [message.pk for message in messages if message.files]
    return _by_message(Attachment.objects.filter(message__in=having))


def _reactions(ids: list[int]) -> dict[int, tuple[ReactionRecord, ...]]:
    given: dict[int, dict[str, list[str]]] = {}
    for one in Reaction.objects.filter(message__in=ids).order_by("pk"):
        given.setdefault(one.message_id, {}).setdefault(one.emoji, []).append(str(one.person_id))
    return {
        pk: tuple(ReactionRecord(emoji, tuple(people)) for emoji, people in those.items())
        for pk, those in given.items()
    }


def _versions(message: Message, versions: list[Version]) -> Iterator[VersionRecord]:
    """What it said before, each until the next was written."""
    ends = [one.written_at for one in versions[1:]] + [message.edited_at]
    for version, until in zip(versions, ends, strict=False):
        yield VersionRecord(version.body, until or message.posted_at)


def _by_message(found) -> dict[int, list]:  # type: ignore[no-untyped-def]
    grouped = defaultdict(list)
    for one in found.order_by("pk"):
        grouped[one.message_id].append(one)
    return grouped


def _id(pk: int | None) -> str:
    return "" if pk is None else str(pk)


# -- Files --------------------------------------------------------------------------------


def shown_in(scope: Scope) -> Iterator[str]:
    """What the pictures beside the messages that an export has are stored by. One query."""
    said = Message.objects.visible().filter(room__in=scope.rooms().values("pk"), deleted_at__isnull=True)
    shown = said.filter(shown_picture__isnull=False).order_by("shown_picture")
    for picture in shown.values_list("shown_picture", flat=True).distinct().iterator():
        yield str(picture)


def attachments_in(scope: Scope) -> Iterator[Attachment]:
    """The files of the messages that an export has."""
    for room in scope.rooms():
        found = Attachment.objects.filter(
            room=room, message__isnull=False, message__deleted_at__isnull=True
        ).order_by("pk")
        yield from found.iterator(chunk_size=READ_AT_ONCE)


def size_of(scope: Scope) -> int:
    """How much there is: messages, and their files."""
    rooms = scope.rooms().values("pk")
    said = Message.objects.visible().filter(room__in=rooms).count()
    return said + Attachment.objects.filter(room__in=rooms, message__isnull=False).count()
