"""How messages are spoken of outside of the site: as plain text."""

import datetime
import re
from collections.abc import Sequence
from html import unescape
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rooms.access import reminded_messages
from rooms.models import Membership, Message, Reminder
from rooms.models.direct import people_in
from rooms.models.values import DIRECT, title_of
from rooms.render.reminders import GONE

# Messages of which the words are told, and characters of each.
LINES = 10
CHARACTERS = 600
# Where a message, as HTML, has an end of a line.
END_OF_LINE = re.compile(r"<br>|</(?:p|li|pre|blockquote|h\d|tr|div)>")
# Authors who are named.
NAMES = 3


class Reminded(NamedTuple):
    """What somebody is reminded of, in plain text: nothing of a message that they may not read now."""

    title: str
    text: str
    link: str
    due_at: datetime.datetime


def reminded(reminder: Reminder) -> Reminded:
    """What is told of a reminder. One query at most."""
    message = reminded_messages(reminder.person_id, [reminder]).get(reminder.message_id or 0)
    lines = [reminder.text] if reminder.text else []
    if message is not None:
        lines.append(f"{message.author.name}: {words_of(message)}")
    return Reminded(
        title=_("A reminder"),
        text="\n".join(lines) or str(GONE),
        link=absolute(message.get_absolute_url() if message else reverse("reminders")),
        due_at=reminder.due_at,
    )


def absolute(path: str) -> str:
    """An address of this site, as it is reached from elsewhere."""
    return settings.SITE_URL + path


def title_for(membership: Membership) -> str:
    """What the room is called for who is in it. One query where it is a direct conversation."""
    person, room = membership.person, membership.room
    others = people_in([room.pk], person.pk).get(room.pk, ()) if room.kind == DIRECT else ()
    return title_of(room.kind, room.name, others)


def authors_of(missed: Sequence[Message]) -> str:
    """The names of who said it."""
    names = list(dict.fromkeys(message.author.name for message in missed))
    more, named = len(names) - NAMES, ", ".join(names[:NAMES])
    if more <= 0:
        return named
    words = ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more)
    return words % {"names": named, "count": more}


def words_of(message: Message) -> str:
    """What a message says, in lines of plain text; CHARACTERS at most."""
    lines = unescape(strip_tags(END_OF_LINE.sub("\n", message.html))).splitlines()
    text = "\n".join(filter(None, map(str.strip, lines)))
    return Truncator(text).chars(CHARACTERS) or _("(a file)")
