"""The only way from an id in a request or a frame to an object: scoped to the current user, or not found."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.roles import KEEPING_ORDER
from database.compiled_queries import CompiledQuery, column_names, model_instance
from rooms.models import (
    Attachment,
    Draft,
    Follower,
    Membership,
    Message,
    Preview,
    Reminder,
    Room,
    Scheduled,
)
from rooms.models.room import RoomQuerySet
from rooms.models.values import AuthorRef


class NotFound(Http404):
    """There is no such thing, or not for this person: nobody can tell which."""


def visible_room(person: Person, slug: str) -> Room:
    """The room called `slug`, if `person` may know of it."""
    room = Room.objects.visible_to(person).filter(slug=slug).first()
    if room is None:
        raise NotFound
    room.viewer_id = person.pk
    return room


def moved_room(person: Person, slug: str) -> Room:
    """The room that was at `slug` once, if `person` may know of it. One query. Raises NotFound."""
    room = Room.objects.visible_to(person).filter(addresses__slug=slug).first()
    if room is None:
        raise NotFound
    return room


def room_and_place(person: Person, slug: str) -> tuple[Room, bool]:
    """The room called `slug`, if `person` may know of it, and whether they are in it. One query.

    `room.read` is how far they have read there, `room.draft` what they have begun to write, `room.role`
    what they are in it.
    """
    seen = _rooms_seen_by_guest if person.is_guest else _rooms_seen
    for *values, joined, read, draft, role in seen(person, slug):
        room = model_instance(Room, tuple(values))
        room.read, room.draft, room.role, room.viewer_id = read, draft, role, person.pk
        return room, joined
    raise NotFound


@CompiledQuery
def _rooms_seen(person: Person, slug: str) -> QuerySet[Room, tuple[Any, ...]]:
    return _with_place(Room.objects.open_or_joined(person), person, slug)


@CompiledQuery
def _rooms_seen_by_guest(person: Person, slug: str) -> QuerySet[Room, tuple[Any, ...]]:
    return _with_place(Room.objects.joined(person), person, slug)


def _with_place(seen: RoomQuerySet, person: Person, slug: str) -> QuerySet[Room, tuple[Any, ...]]:
    """The rooms of that slug among `seen`, with how far that person has read there, and their draft."""
    mine = Membership.objects.filter(room=OuterRef("pk"), person=person)
    drafts = Draft.objects.filter(room=OuterRef("pk"), person=person, thread__isnull=True)
    found: QuerySet[Room] = seen.filter(slug=slug).annotate(  # type: ignore[no-redef]
        read=Subquery(mine.values("read")), draft=Subquery(drafts.values("text")),
        role=Subquery(mine.values("role")),
    )  # fmt: skip
    return found.values_list(*column_names(Room), "joined", "read", "draft", "role")


def membership(person_id: int, slug: str) -> Membership:
    """The membership of that person in the room called `slug`, with both. One query."""
    for values in _memberships(person_id, slug):
        return _with_both(values)
    raise NotFound


@CompiledQuery
def _memberships(person_id: int, slug: str) -> QuerySet[Membership, tuple[Any, ...]]:
    return Membership.objects.filter(person=person_id, person__is_active=True, room__slug=slug).values_list(
        *column_names(Membership), *column_names(Room, "room__"), *column_names(Person, "person__")
    )


def _with_both(values: tuple[Any, ...]) -> Membership:
    """What `_memberships` found, as objects."""
    room = len(column_names(Membership))
    person = room + len(column_names(Room))
    found = model_instance(Membership, values[:room])
    found.room, found.person = (
        model_instance(Room, values[room:person]),
        model_instance(Person, values[person:]),
    )
    found.room.viewer_id, found.room.role = found.person_id, found.role
    return found


def member(person_id: int, slug: str, username: str) -> tuple[Membership, Membership]:
    """A member of a room that person is in, after that person's own membership. Two queries."""
    mine = membership(person_id, slug)
    there = Membership.objects.alias(lowered=Lower("person__username")).select_related("person")
    found = there.filter(room=mine.room_id, lowered=username.lower()).first()
    if found is None:
        raise NotFound
    found.room = mine.room
    return mine, found


def people_named(viewer: Person, usernames: Iterable[str]) -> list[Person]:
    """Those whom `viewer` may know of, who have these usernames, whatever their case, and may come in.

    In the order of the names. One query.
    """
    wanted = [name.lower() for name in usernames]
    known = Person.objects.visible_to(viewer).filter(is_active=True)
    found = known.alias(lowered=Lower("username")).filter(lowered__in=wanted)
    return sorted(found, key=lambda person: wanted.index(person.username.lower()))


def memberships(
    asked: Iterable[tuple[int, str]], *, may_be_over: bool = False
) -> dict[tuple[int, str], tuple[int, Room]]:
    """Of those who ask for a room by its slug, the members: the membership's id, and the room.

    People, by their ids: whoever calls knows that they may come in, or says that this may be over. Two
    queries.
    """
    asked = set(asked)
    rooms = {room.pk: room for room in Room.objects.filter(slug__in={slug for _, slug in asked})}
    people = {person_id for person_id, _ in asked}
    found = Membership.objects.filter(person__in=people, room__in=rooms)
    if may_be_over:
        found = found.filter(person__is_active=True)
    members = {
        (person_id, rooms[room_id].slug): (pk, rooms[room_id])
        for pk, person_id, room_id in found.values_list("pk", "person_id", "room_id")
    }
    return {who: members[who] for who in asked & members.keys()}


def message(person_id: int, slug: str, pk: int) -> tuple[Membership, Message]:
    """A message that was not deleted, in a room that person is in, with their membership."""
    mine = membership(person_id, slug)
    found = mine.room.messages.undeleted().filter(pk=pk).with_author().first()
    if found is None:
        raise NotFound
    return mine, found


def preview(person_id: int, pk: int) -> Preview:
    """What is behind a link of a message in a room that person is in. One query."""
    mine = Preview.objects.filter(message__room__memberships__person=person_id, message__deleted_at=None)
    found = mine.select_related("message__room").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def attachment(person_id: int, pk: int) -> Attachment:
    """A file in a message that stands, in a room that person is in; or one's own that waits. One query."""
    found = _attachments(person_id).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _attachments(person_id: int) -> QuerySet[Attachment]:
    of_the_room = Q(message__deleted_at=None, message__isnull=False, room__memberships__person=person_id)
    waiting = Q(message=None, uploader=person_id)
    return Attachment.objects.filter(of_the_room | waiting)


def picture(person_id: int, pk: int) -> Attachment:
    """A picture that person may see, with its room. One query."""
    found = _attachments(person_id).filter(pk=pk, kind=Attachment.Kind.IMAGE).select_related("room").first()
    if found is None:
        raise NotFound
    return found


def is_shown_beside(person_id: int, picture: str) -> bool:
    """Whether that person may read a message that is shown with the picture called so. One query."""
    there = Message.objects.filter(room=OuterRef("room"), shown_picture=picture)
    return Membership.objects.filter(Exists(there), person=person_id).exists()


def waiting(person_id: int, slug: str, pk: int) -> tuple[Membership, Attachment]:
    """A file of that person that waits for a message in the room called `slug`, with their membership."""
    mine = membership(person_id, slug)
    found = Attachment.objects.unsent().filter(pk=pk, room=mine.room_id, uploader=person_id).first()
    if found is None:
        raise NotFound
    return mine, found


def all_waiting(membership: Membership, ids: Iterable[int]) -> list[Attachment]:
    """Those of the files `ids` that wait for a message of this member. One query."""
    mine = Attachment.objects.unsent().filter(room=membership.room_id, uploader=membership.person_id)
    return list(mine.filter(pk__in=ids).order_by("pk"))


def thread(person_id: int, slug: str, pk: int) -> tuple[Membership, Message]:
    """The first message of the thread that the message `pk` belongs to, with that person's membership.

    Two queries.
    """
    mine = membership(person_id, slug)
    return mine, thread_in(mine, pk)


def thread_in(mine: Membership, pk: int) -> Message:
    """The same of the member `mine`: it may be the trace of a deleted message. One query.

    Its `draft` is what that person has begun to write in it; `follows` says whether they follow it, and
    `seen` how far they have seen it, if they do or ever did.
    """
    of_it = {"person": mine.person_id, "thread": Coalesce(OuterRef("thread"), OuterRef("pk"))}
    drafts, followed = Draft.objects.filter(**of_it), Follower.objects.filter(**of_it)
    found = (
        mine.room.messages.visible()
        .filter(pk=pk, notice__isnull=True)
        .with_author()
        .annotate(
            begun=Subquery(drafts.values("text")),
            is_followed=Subquery(followed.values("follows")),
            seen_upto=Subquery(followed.values("seen")),
        )
        .select_related("author", "thread__author", "reply_to")
        .first()
    )
    if found is None:
        raise NotFound
    first = found.thread or found
    first.people_revision, first.draft = found.people_revision, found.begun
    first.follows, first.seen = bool(found.is_followed), found.seen_upto
    return first


def reminder(person_id: int, pk: int) -> Reminder:
    """A reminder of that person. One query."""
    found = Reminder.objects.filter(person=person_id, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def scheduled(person_id: int, pk: int) -> Scheduled:
    """A message of that person that is to be sent later. One query."""
    found = Scheduled.objects.filter(person=person_id, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def kept_for_later(those: Collection[Scheduled]) -> dict[int, list[Attachment]]:
    """The files of each of these messages that are to be sent later, by its id. One query, or none."""
    with_files = [one.pk for one in those if one.files]
    found: dict[int, list[Attachment]] = {one.pk: [] for one in those}
    for file in Attachment.objects.filter(scheduled__in=with_files).order_by("pk") if with_files else ():
        found[file.scheduled_id or 0].append(file)
    return found


def draft_of(membership: Membership) -> str:
    """What its person has in the box of the room. One query."""
    mine = Draft.objects.filter(person=membership.person_id, room=membership.room_id, thread__isnull=True)
    return mine.values_list("text", flat=True).first() or ""


def reminded_messages(person_id: int, reminders: Iterable[Reminder]) -> dict[int, Message]:
    """Of the messages that `reminders` of that person are about, those they may read now; by id. One query.

    A message that was deleted, or whose room they are not in any longer, is not among them.
    """
    ids = {one.message_id for one in reminders if one.message_id}
    there = Message.objects.undeleted().filter(pk__in=ids, room__memberships__person=person_id)
    return {message.pk: message for message in there.select_related("room", "author")} if ids else {}


def may_delete(membership: Membership, message: Message) -> bool:
    """One's own; a moderator, of the room or of the community, anybody's."""
    return message.author_id == membership.person_id or moderates(membership)


def moderates(membership: Membership) -> bool:
    """A moderator of the room, and who keeps order everywhere; nobody in a direct conversation."""
    return is_moderator(membership.room, membership.role, membership.person)


def is_moderator(room: Room, role: str | None, person: Person) -> bool:
    """Whether `person`, who is `role` in `room`, is a moderator there, as who keeps order is."""
    return not room.is_direct and (
        role == Membership.Role.MODERATOR or (role is not None and person.keeps_order)
    )


ARCHIVED = gettext_lazy("This room is archived: it can be read, and nothing more.")
FOR_MODERATORS = gettext_lazy("Only its moderators write in this room.")


def why_not_write(author: AuthorRef) -> str | Promise:
    """Why somebody may not post in a room that they are in, as a sentence; an empty text where they may."""
    if author.archived_at is not None:
        return ARCHIVED
    if author.who_posts == Room.Who.MODERATORS and not author_moderates(author):
        return FOR_MODERATORS
    return ""


def author_moderates(author: AuthorRef) -> bool:
    """As `moderates`."""
    may = author.role == Membership.Role.MODERATOR or author.community_role in KEEPING_ORDER
    return may and author.kind != Room.Kind.DIRECT
