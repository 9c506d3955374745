"""Rooms of an archive: made here, with whom they are for once all that was said in them is there."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched

from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.text import slugify

from accounts.plain_text import clean_line, shortened
from integrations.models import ImportSource
from integrations.moving import known
from integrations.moving.people import MovedPerson, People
from integrations.moving.records import MemberRecord, RoomRecord
from integrations.moving.report import Report, Why
from integrations.moving.texts import possible
from rooms.models import Follower, FormerMembership, Membership, Mention, Message, Room, RoomAddress
from rooms.models.direct import people_key
from rooms.models.room import DIRECT_LIMIT, RESERVED, case_by_id, free_slug

NAME_LENGTH = 60
TOPIC_LENGTH = 200
NAMELESS = "room"
# The longest that somebody may have to wait between two messages, seconds.
SLOWEST = 24 * 3600
MOST_DAYS = 36_500
MEMBERS_AT_ONCE = 2000


@dataclass(slots=True)
class MovedRoom:
    """What a room of an archive is here."""

    pk: int
    record: RoomRecord
    # The ids, here, of who is in it.
    members: set[int] = field(default_factory=set)
    pins: int = 0


class Rooms:
    """All rooms of one archive, by their ids there."""

    def __init__(self, source: ImportSource, people: People, report: Report) -> None:
        self.source, self.people, self.report = source, people, report
        self.by_id: dict[str, MovedRoom] = {}
        here = known.all_known(source, known.Kind.ROOM)
        there = set(Room.objects.filter(pk__in=here.values()).values_list("pk", flat=True))
        self._before = {theirs: pk for theirs, pk in here.items() if pk in there}
        self._gone = here.keys() - self._before.keys()

    def take(self, records: Sequence[RoomRecord]) -> None:
        """Find or make these rooms, inside a transaction; nobody is in those that are made until `finish`."""
        for record in records:
            if record.id in self.by_id:
                continue
            if pk := self._before.get(known.stored_key(record.id)):
                room = MovedRoom(pk, record)
            else:
                if known.stored_key(record.id) in self._gone:
                    known.forget_room(self.source, record.id)
                room = MovedRoom(self._made(record).pk, record)
                known.note(self.source, known.Kind.ROOM, [(known.stored_key(record.id), room.pk)])
                self.report.came["rooms"] += 1
            room.members = {person.pk for person, _ in self._members_of(record)}
            self.by_id[record.id] = room

    def _members_of(self, record: RoomRecord) -> list[tuple[MovedPerson, MemberRecord]]:
        """Who is in it, each once."""
        known_here = [(self.people.by_id.get(member.person), member) for member in record.members]
        return list({person.pk: (person, member) for person, member in known_here if person}.values())

    def _made(self, record: RoomRecord) -> Room:
        members = [person for person, _ in self._members_of(record)]
        if record.kind == Room.Kind.DIRECT and 0 < len(members) <= DIRECT_LIMIT:
            return _direct(members)
        name = shortened(clean_line(record.name), NAME_LENGTH) or self._named_by(members)
        slug, name = self._free(record, name)
        room = Room(
            name=name,
            slug=slug,
            topic=shortened(clean_line(record.topic), TOPIC_LENGTH),
            # What is between a few is nobody else's, however many they are.
            kind=Room.Kind.OPEN if record.kind == Room.Kind.OPEN else Room.Kind.CLOSED,
            for_everyone=record.for_everyone and record.kind == Room.Kind.OPEN,
            who_posts=_one_of(record.who_posts, Room.Who),
            who_calls=_one_of(record.who_calls, Room.Who),
            slow_seconds=min(max(0, record.slow_seconds), SLOWEST),
            retention_days=min(max(1, record.retention_days), MOST_DAYS) if record.retention_days else None,
            archived_at=possible(record.archived_at) if record.archived_at else None,
        )
        room.save(force_insert=True)
        return room

    def _named_by(self, members: Sequence[MovedPerson]) -> str:
        """What a conversation of many, which has no name, is called."""
        return shortened(", ".join(sorted(person.username for person in members)), NAME_LENGTH) or NAMELESS

    def _free(self, record: RoomRecord, name: str) -> tuple[str, str]:
        """A slug that is free, and a name that tells the room from the one which has its slug."""
        wanted = free_slug_stem(record.slug or name)
        if not Room.objects.filter(slug=wanted).exists() and wanted not in RESERVED:
            # It may have been another room's before.
            is_kept = record.slug == wanted and not RoomAddress.objects.filter(slug=wanted).exists()
            return (wanted if is_kept else free_slug(name)), name
        self.report.lacks(Why.NAMED_APART, name)
        end = f" ({self.source.program})"
        apart = shortened(name, NAME_LENGTH - len(end)) + end
        return free_slug(apart), apart

    def finish(self) -> None:
        """Put people in their rooms, with all of it read. To do it once more changes nothing."""
        for room in self.by_id.values():
            with transaction.atomic():
                self._put_in(room)
                _see_threads(room.pk)
                _was_active(room.pk)

    def _put_in(self, room: MovedRoom) -> None:
        found = Room.objects.filter(pk=room.pk).values_list("posts", flat=True).first()
        if found is None:
            return
        there = set(Membership.objects.filter(room=room.pk).values_list("person_id", flat=True))
        # Who has left since it came has left.
        there |= set(FormerMembership.objects.filter(room=room.pk).values_list("person_id", flat=True))
        new = [
            Membership(
                room_id=room.pk,
                person_id=person.pk,
                role=_one_of(member.role, Membership.Role),
                involvement=_one_of(member.involvement, Membership.Involvement),
                is_favourite=member.is_favourite,
                read=found,
            )
            for person, member in self._members_of(room.record)
            if person.pk not in there
        ]
        for some in batched(new, MEMBERS_AT_ONCE):
            Membership.objects.bulk_create(some, ignore_conflicts=True)
            _count_meant(room.pk, [one.person_id for one in some])


def _count_meant(room_id: int, people: Sequence[int]) -> None:
    """Note which message of a room meant each of these people last. One query."""
    meant = Mention.objects.filter(person=OuterRef("person"), message__room=room_id)
    meant = meant.filter(message__deleted_at__isnull=True).order_by("-message__number")
    last = Coalesce(Subquery(meant.values("message__number")[:1]), 0)
    Membership.objects.filter(room=room_id, person__in=people, mentioned=0).update(mentioned=last)


def _see_threads(room_id: int) -> None:
    """What was answered in a room is new to nobody who follows a thread there. One query."""
    answers = Message.objects.filter(thread=OuterRef("thread")).order_by().values("thread")
    last = Subquery(answers.values(last=Max("pk")))
    Follower.objects.filter(thread__room=room_id).update(seen=Coalesce(last, F("seen")))


def _direct(members: Sequence[MovedPerson]) -> Room:
    """The conversation of these people: theirs, or another where they have said something already."""
    key = people_key(person.pk for person in members)
    there = Room.objects.filter(people_key=key).first()
    if there is not None and there.posts == 0:
        return there
    room = Room(
        kind=Room.Kind.DIRECT,
        people_key=None if there else key,
        slug=f"direct-{secrets.token_hex(8)}",
    )
    room.save(force_insert=True)
    return room


def free_slug_stem(name: str) -> str:
    """The slug that a room of that name has where nobody has it."""
    return slugify(name, allow_unicode=True)[:60].strip("-_") or NAMELESS


def _one_of(value: str, kind: type) -> str:
    """`value` where it is one of a choice, or else the first."""
    return value if value in kind.values else kind.values[0]  # type: ignore[attr-defined]


def count_posts(counts: Mapping[int, int]) -> None:
    """So many messages came into these rooms, behind their locks. One query."""
    if counts:
        more, values = case_by_id(counts)
        Room.objects.filter(pk__in=counts).update(posts=F("posts") + RawSQL(more, values))  # noqa: S611


def shift_read(counts: Mapping[int, int]) -> None:
    """So many messages came into rooms: to who is there already as much is new as before, for these are not.

    One query, and two for each room in which somebody is.
    """
    there = Membership.objects.filter(room__in=counts).values_list("room_id", flat=True).distinct()
    for room_id in there:
        members = Membership.objects.filter(room=room_id)
        members.filter(mentioned__gt=F("read")).update(mentioned=F("mentioned") + counts[room_id])
        members.update(read=F("read") + counts[room_id])


def _was_active(room_id: int) -> None:
    """A room was active when somebody last said something there, and not when that came here. One query."""
    said = Message.objects.filter(room=OuterRef("pk")).order_by("-posted_at").values("posted_at")[:1]
    Room.objects.filter(pk=room_id, posts__gt=0).update(active_at=Coalesce(Subquery(said), F("active_at")))
