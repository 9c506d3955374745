"""What changes data in rooms: one function a verb, told to the others only after the commit."""

import hashlib
import unicodedata
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Person
from live import bus
from live.frames import unstorable
from rooms import broadcasts
from rooms.access import NotFound, may_delete
from rooms.counters import POST_SECONDS
from rooms.models import Membership, Message, Room
from rooms.models.message import BODY_LIMIT
from rooms.models.room import free_slug

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


def post_message(membership: Membership, text: str, token: str = "") -> Message:
    """Say `text` in a room, once: the same text with the same `token` is the message it already was.

    Raises Rejected with a sentence for the author.
    """
    body = clean_body(text)
    key = hashlib.sha256(f"{token}\n{membership.room_id}\n{body}".encode()).hexdigest() if token else None
    try:
        with POST_SECONDS.time():
            return _post_message(membership, body, key)
    except IntegrityError:
        existing = Message.objects.filter(author=membership.person_id, token=key).first() if key else None
        if existing is not None:
            return existing
        if not Membership.objects.filter(pk=membership.pk).exists():
            raise NotFound from None
        raise


@transaction.atomic
def _post_message(membership: Membership, body: str, key: str | None) -> Message:
    room = membership.room
    revision = room.next_revision()
    message = Message(
        room=room, author=membership.person, body=body, token=key, first_revision=revision, revision=revision,
        # Taken behind the room's lock, so that times follow the order of the messages.
        posted_at=timezone.now(),
    )  # fmt: skip
    message.stand_after(room.messages.standing().order_by("-pk").first())
    message.save(force_insert=True)
    transaction.on_commit(partial(broadcasts.message_posted, message))
    return message


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
