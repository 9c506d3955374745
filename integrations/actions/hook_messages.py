"""What comes through an incoming hook is posted, by its bot, with the rights of who made it."""

import datetime
import hashlib
import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from integrations.actions.icons import icon_at, let_wait
from integrations.actions.refused import Refused
from integrations.incoming.chat import IncomingMessage
from integrations.incoming.markdown import split_at_limit
from integrations.incoming.receivers.event import Event
from integrations.incoming.timestamps import message_at
from integrations.models import Hook, HookSubject, OutgoingHook
from rooms.access import NotFound, moderates
from rooms.actions.members import put_in
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import message_batcher
from rooms.actions.messages_prepare import NewMessage, may_call_room
from rooms.actions.rejected import Rejected
from rooms.models import FormerMembership, Membership, Message, Room
from rooms.models.values import AuthorRef, MessageRow

# How long what belongs together stays so.
SUBJECTS_KEPT = datetime.timedelta(days=180)
# Calls of everybody, as rooms.markup.people has them.
CALLS = re.compile(r"(?<![\w@/.\\])@(?=(?:room|everyone|all|channel)\b)", re.IGNORECASE)


class Place:
    """Where a hook speaks: its bot's membership of a room, and its maker's."""

    def __init__(self, hook: Hook | OutgoingHook, room: Room) -> None:
        """Raises Refused where one of them is not, or no longer, there. Two queries."""
        sponsors = Membership.objects.filter(room=room, person=hook.maker_id)
        authors: Sequence[AuthorRef] = list(
            Membership.objects.authors(sponsors.values_list("pk", flat=True)).values()
        )
        if not authors:
            raise Refused("action_prohibited", 403, "Who made this hook is no longer in the room.")
        if room.archived_at is not None:
            raise Refused("channel_is_archived", 410, "The room is archived.")
        self.sponsor = authors[0]
        place = Membership.objects.filter(room=room, person=hook.bot_id, person__is_active=True).first()
        if place is None:
            raise Refused("action_prohibited", 403, "The bot of this hook is no longer in the room.")
        place.room, place.person = room, hook.bot
        self.membership = place

    def say_as(self, message: IncomingMessage, buttons: Sequence[str] = (), **more: Any) -> list[MessageRow]:
        """Post what a program says, called and shown as it says there. One query more for a picture.

        Raises Refused.
        """
        icon = icon_at(self.membership.person, message.icon_address)
        shown = {"shown_name": message.name, "shown_icon": message.icon}
        if icon and icon.fetched_at:
            shown["shown_picture"] = icon.picture
        rows = self.say(message.text, buttons, **shown, **more)
        if icon and not icon.fetched_at:
            let_wait(icon, rows)
        return rows

    def say(self, text: str, buttons: Sequence[str] = (), **more: Any) -> list[MessageRow]:
        """Post `text`, in as many messages as it takes; `more` is NewMessage's. Raises Refused."""
        if not may_call_room(self.sponsor):
            text = CALLS.sub(r"\@", text)
        parts = split_at_limit(text)
        if not parts:
            raise Refused("no_text", 400, "There is no text in it.")
        *first, last = parts
        return [
            *(self._post(part, **more) for part in first),
            self._post(last, buttons=tuple(buttons), **more),
        ]

    def _post(self, text: str, **more: Any) -> MessageRow:
        one = NewMessage(
            self.membership.pk, self.membership.person_id, text, sponsor=self.sponsor.membership_id, **more
        )
        try:
            return message_batcher.do_in_thread(one)
        except Rejected as rejected:
            raise Refused("action_prohibited", 403, str(rejected)) from None
        except NotFound:
            raise Refused("channel_not_found", 404, "The room is gone.") from None


def post_message(hook: Hook, message: IncomingMessage, buttons: Sequence[str] = ()) -> list[MessageRow]:
    """Post what a program says, where it may, with `buttons` below the last of it. Raises Refused."""
    room = room_meant(hook, message.channel)
    place = Place(hook, room)
    answered = message_at(room.pk, message.thread) if message.thread else None
    return place.say_as(message, buttons, reply_to=answered)


def room_meant(hook: Hook, channel: str) -> Room:
    """The room that is called `channel`: the hook's own, or another that its maker moderates.

    Raises Refused for any other: nobody can tell whether there is one.
    """
    name = channel.strip().removeprefix("#")
    if not name or name.lower() in (hook.room.slug.lower(), hook.room.name.lower()):
        return hook.room
    places = Membership.objects.filter(person=hook.maker_id, person__is_active=True).exclude(
        room__kind=Room.Kind.DIRECT
    )
    found = places.filter(room__slug=name.lower()) or places.filter(room__name=name)
    for place in found.select_related("room", "person")[:1]:
        if moderates(place):
            bring_bot(hook, place.room)
            return place.room
    raise Refused("channel_not_found", 404, "There is no such room that its maker moderates.")


@transaction.atomic
def bring_bot(hook: Hook, room: Room) -> None:
    """Put the bot of a hook in another room of its maker's, unless somebody took it out of there."""
    places = {"room": room, "person": hook.bot}
    if (
        not Membership.objects.filter(**places).exists()
        and not FormerMembership.objects.filter(**places).exists()
    ):
        put_in(room, [hook.bot])


def post_event(hook: Hook, event: Event) -> str:
    """Post what happened elsewhere, or change the message about it; what was done, for the log.

    Raises Refused.
    """
    place = Place(hook, hook.room)
    if not event.subject:
        place.say(event.text, token=event.delivery)
        return "posted"
    digest = hashlib.sha256(event.subject.encode(errors="replace")).hexdigest()
    subject = HookSubject.objects.select_related("message__room").filter(hook=hook, digest=digest).first()
    message = subject.message if subject and subject.message.deleted_at is None else None
    if message is not None and event.edits and change_text(place, message, event.text):
        done = "changed the message about it"
    elif message is not None and not event.edits:
        place.say(event.text, reply_to=message.pk, token=event.delivery)
        done = "answered the message about it"
    else:
        message_id = place.say(event.text, token=event.delivery)[0].pk
        HookSubject.objects.update_or_create(hook=hook, digest=digest, defaults={"message_id": message_id})
        done = "posted"
    if event.ends:
        HookSubject.objects.filter(hook=hook, digest=digest).delete()
    return done


def sweep_subjects(now: datetime.datetime) -> None:
    """Forget what nothing has been said of for long: it begins anew."""
    HookSubject.objects.filter(at__lt=now - SUBJECTS_KEPT).delete()


def change_text(place: Place, message: Message, text: str) -> bool:
    """Put `text` in the place of what a message of the bot says; whether that could be. Raises Refused."""
    if not may_call_room(place.sponsor):
        text = CALLS.sub(r"\@", text)
    try:
        edit_message(place.membership, message, split_at_limit(text)[0], edit_state(message))
    except (Rejected, NotFound):
        # As often as one may, or by somebody else: it is said anew.
        return False
    return True
