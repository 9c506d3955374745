"""What changes data in rooms: one function a verb, told to the others only after the commit."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Person
from live import bus
from live.frames import unstorable
from rooms import broadcasts
from rooms.access import NotFound, may_delete
from rooms.counters import POST_SECONDS
from rooms.models import Membership, Message, Room
from rooms.models.membership import Place
from rooms.models.message import BODY_LIMIT, Shown
from rooms.models.room import free_slug, take_revisions

# How often a new room's slug may be taken from under us before we give up.
SLUG_TRIES = 5


class Rejected(ValueError):
    """What was asked cannot be done; the text is a sentence for who asked."""


def create_room(person: Person, name: str, topic: str = "", *, for_everyone: bool = False) -> Room:
    """A new open room, with `person` in it as its moderator."""
    for attempt in range(SLUG_TRIES):
        try:
            return _create_room(person, name, topic, for_everyone)
        except IntegrityError:
            # Somebody took the slug between our look and our insert.
            if attempt == SLUG_TRIES - 1:
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _create_room(person: Person, name: str, topic: str, for_everyone: bool) -> Room:
    room = Room.objects.create(
        name=name, slug=free_slug(name), topic=topic, created_by=person, for_everyone=for_everyone
    )
    Membership.objects.create(room=room, person=person, role=Membership.Role.MODERATOR)
    return room


def join_room(person: Person, room: Room) -> Membership:
    """Put `person` in `room`; nothing happens where they are in it already."""
    if room.kind == Room.Kind.OPEN:
        return Membership.objects.get_or_create(room=room, person=person)[0]
    membership = Membership.objects.filter(room=room, person=person).first()
    if membership is None:
        raise Rejected("That room is by invitation.")
    return membership


@transaction.atomic
def leave_room(membership: Membership) -> None:
    """Take a person out of a room, and their open pages of it with them."""
    membership.delete()
    transaction.on_commit(partial(bus.close_place, membership.room.group, membership.person_id))


def clean_body(text: str) -> str:
    """`text` as it is stored. Raises Rejected with a sentence."""
    body = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    if all(
        character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in body
    ):
        raise Rejected("There is nothing in that message yet.")
    if len(body) > BODY_LIMIT:
        raise Rejected(f"That message has {len(body):,} characters; {BODY_LIMIT:,} is the most.")
    if why := unstorable(body):
        raise Rejected(why)
    return body


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to say, in the room of one of their memberships.

    The same text with the same `token` is the message that it already was.
    """

    membership_id: int
    text: str
    token: str = ""


def post_message(membership: Membership, text: str, token: str = "") -> Shown:
    """Say `text` in a room. Raises Rejected with a sentence for the author, or NotFound."""
    (posted,) = post_messages([Draft(membership.pk, text, token)], {membership.pk: membership.place})
    if isinstance(posted, Exception):
        raise posted
    return posted


def post_messages(
    drafts: Sequence[Draft], places: Mapping[int, Place] | None = None
) -> list[Shown | Exception]:
    """Say what several people want to, in one transaction: for each, what post_message gives or raises.

    Four queries, whatever their number; three where `places`, by membership, are known already.
    """
    began = perf_counter()
    try:
        return _post_together(drafts, places)
    except IntegrityError as error:
        if len(drafts) == 1:
            return [_posted_before(drafts[0]) or error]
        # One of them is there already, or its author left: that is nothing to the others.
        return [posted for draft in drafts for posted in post_messages([draft])]
    finally:
        took = perf_counter() - began
        for _ in drafts:
            POST_SECONDS.observe(took)


@transaction.atomic
def _post_together(drafts: Sequence[Draft], places: Mapping[int, Place] | None) -> list[Shown | Exception]:
    if places is None:
        places = Membership.objects.places(draft.membership_id for draft in drafts)
    said = [_message_of(draft, places) for draft in drafts]
    _store([message for message in said if isinstance(message, Message)])
    posted = [
        places[draft.membership_id].shown(message) if isinstance(message, Message) else message
        for message, draft in zip(said, drafts, strict=True)
    ]
    news = [message for message in posted if isinstance(message, Shown)]
    transaction.on_commit(partial(broadcasts.messages_posted, news))
    return posted


def _message_of(draft: Draft, places: Mapping[int, Place]) -> Message | Exception:
    """The message that `draft` will be, or why it cannot be one."""
    place = places.get(draft.membership_id)
    if place is None:
        return NotFound()
    try:
        body = clean_body(draft.text)
    except Rejected as rejected:
        return rejected
    token = token_digest(draft.token, place.room_id, body)
    return Message(room_id=place.room_id, author_id=place.person_id, body=body, token=token)


def token_digest(token: str, room_id: int, body: str) -> str | None:
    """What makes the same text, sent with the same token to the same room, one message."""
    return hashlib.sha256(f"{token}\n{room_id}\n{body}".encode()).hexdigest() if token else None


def _store(messages: Sequence[Message]) -> None:
    """Number the messages, see what each stands after, and insert them. Three queries."""
    if not messages:
        return
    counts = Counter(message.room_id for message in messages)
    revisions = take_revisions(counts)
    if len(revisions) < len(counts):
        raise IntegrityError("A room is gone.")
    last = Message.objects.last_of(counts)
    # Taken behind the rooms' locks, so that times follow the order of the messages.
    now = timezone.now()
    for message in messages:
        room = message.room_id
        counts[room] -= 1
        message.first_revision = message.revision = revisions[room] - counts[room]
        message.posted_at = now
        message.stand_after(last.get(room))
        last[room] = message
    Message.objects.bulk_create(messages)


def _posted_before(draft: Draft) -> Shown | Exception | None:
    """What a draft that could not be inserted is already, or why it cannot be; nothing if neither is so."""
    said = _message_of(draft, Membership.objects.places([draft.membership_id]))
    if isinstance(said, Exception):
        return said
    there = Message.objects.filter(author=said.author_id, token=said.token or "").shown()
    return there[0] if there else None


@transaction.atomic
def delete_message(membership: Membership, message: Message) -> None:
    """Take a message back: an empty trace stays, for those who have yet to hear of it."""
    if not may_delete(membership, message):
        raise Rejected("Only its author, or a moderator, can delete that message.")
    remove_message(message)


@transaction.atomic
def remove_message(message: Message) -> None:
    """Delete a message, whoever asks: for moderators and for the administration."""
    room = message.room
    revision = room.next_revision()
    taken = (
        room.messages.standing()
        .filter(pk=message.pk)
        .update(body="", token=None, deleted_at=timezone.now(), revision=revision)
    )
    if not taken:
        raise NotFound
    message.revision = revision
    after = _close_the_gap(room, message.pk, revision)
    transaction.on_commit(partial(broadcasts.message_deleted, message, after))


def _close_the_gap(room: Room, pk: int, revision: int) -> Message | None:
    """The message after a deleted one may open its day or its group now; it, if so."""
    history = room.messages.select_related("author")
    after = history.neighbour_after(pk)
    if after is None or not after.stand_after(history.neighbour_before(pk)):
        return None
    after.revision = revision
    after.save(update_fields=["starts_day", "starts_group", "revision"])
    return after
