"""How messages are spoken of outside of the site: as plain text."""

import re
from collections.abc import Sequence
from html import unescape

from django.conf import settings
from django.utils.html import strip_tags
from django.utils.text import Truncator

from rooms.models import Membership, Message
from rooms.models.direct import people_in
from rooms.models.values import DIRECT, title_of

# Messages of which the words are told, and characters of each.
LINES = 10
CHARACTERS = 600
# Where a message, as HTML, has an end of a line.
END_OF_LINE = re.compile(r"<br>|</(?:p|li|pre|blockquote|h\d|tr|div)>")
# Authors who are named.
NAMES = 3


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
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


def words_of(message: Message) -> str:
    """What a message says, in lines of plain text; CHARACTERS at most."""
    lines = unescape(strip_tags(END_OF_LINE.sub("\n", message.html))).splitlines()
    text = "\n".join(filter(None, map(str.strip, lines)))
    return Truncator(text).chars(CHARACTERS) or "(a file)"
