"""What somebody is reminded of, as their pages show it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hypermedia.fragments import hx_partial
from rooms import access
from rooms.models import Message, Reminder, Room
from rooms.models.room import seen_by
from rooms.render.message import render_each

# What is said of a message that its reader may not read now: nobody can tell which of the two it is.
GONE = gettext_lazy(
    "The message that this was about was deleted, or is in a room that you are not in any longer."
)


class ShownReminder(NamedTuple):
    """A reminder, and the message it is about, if that is one which its person may read now."""

    reminder: Reminder
    message: Message | None = None
    row: SafeString = SafeString("")
    room: Room | None = None

    @property
    def is_gone(self) -> bool:
        """Whether there is nothing left to show but that there was something."""
        return self.message is None and (bool(self.reminder.message_id) or not self.reminder.text)


def shown_reminders(person_id: int, reminders: Sequence[Reminder]) -> list[ShownReminder]:
    """`reminders` of one person with the rows of their messages. Three queries, and those of the rows."""
    there = access.reminded_messages(person_id, reminders)
    rows = Message.objects.filter(pk__in=there).rows() if there else []
    drawn = {row.pk: html for row, html in render_each(rows)}
    rooms = {room.pk: room for room in seen_by(_rooms(there.values()), person_id)}
    return [_shown(one, there.get(one.message_id or 0), drawn, rooms) for one in reminders]


def _rooms(messages: Iterable[Message]) -> list[Room]:
    return list({message.room_id: message.room for message in messages}.values())


def _shown(
    reminder: Reminder, message: Message | None, drawn: dict[int, SafeString], rooms: dict[int, Room]
) -> ShownReminder:
    if message is None or message.pk not in drawn:
        return ShownReminder(reminder)
    return ShownReminder(reminder, message, drawn[message.pk], rooms[message.room_id])


def reminder_is_due() -> str:
    """A banner for somebody's pages, on which a reminder has become due."""
    said = format_html(
        '<p class="notice">{} <a href="{}">{}</a></p>',
        _("A reminder of yours is due."),
        reverse("reminders"),
        _("Look at it"),
    )
    return hx_partial("#notices", "beforeend", said)
