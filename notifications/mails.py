"""What stands in the mail about one conversation."""

import re
from collections.abc import Sequence
from email.message import EmailMessage as MIMEMessage
from email.policy import EmailPolicy, default
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import Truncator

from accounts.models import Community
from notifications import stopping
from notifications.models import PendingMail
from rooms.models import Message
from rooms.models.direct import people_in
from rooms.models.values import DIRECT, title_of

# Messages of which the words are in a mail, and characters of each.
LINES = 10
CHARACTERS = 600
# Where a message, as HTML, has an end of a line.
END_OF_LINE = re.compile(r"<br>|</(?:p|li|pre|blockquote|h\d|tr|div)>")
# Authors whose names are in the subject.
NAMES = 3


class MissedMail(EmailMultiAlternatives):
    """A mail whose headers are not folded: an address in two parts is encoded, and no program reads that."""

    def message(self, **how: Any) -> MIMEMessage:
        """The mail as it goes out; a line of its headers may be as long as RFC 5322, 2.1.1 has it."""
        policy: EmailPolicy = how.get("policy", default)
        return super().message(policy=policy.clone(max_line_length=998))


class Line(NamedTuple):
    """A message, as a mail has it."""

    author: str
    posted_at: str
    text: str
    link: str


def compose(pending: PendingMail, missed: Sequence[Message], to: str) -> MissedMail:
    """The mail to the address `to` about what is `missed` in a conversation, oldest first; not sent yet.

    It has the same Message-ID whenever it is sent, so that who gets it twice can tell.
    """
    membership = pending.membership
    person, room = membership.person, membership.room
    others = people_in([room.pk], person.pk).get(room.pk, ()) if room.kind == DIRECT else ()
    with timezone.override(person.zone or timezone.get_default_timezone()):
        said = {
            "community": Community.current(),
            "is_direct": room.kind == DIRECT,
            "title": title_of(room.kind, room.name, others),
            "authors": _authors(missed),
            "lines": [_line(message) for message in missed[-LINES:]],
            "more": max(0, len(missed) - LINES),
            "address": absolute(room.get_absolute_url()),
            "settings": absolute(reverse("notifications")),
            "stop": absolute(stopping.address(person)),
        }
    subject = " ".join(render_to_string("notifications/missed_subject.txt", said).split())
    mail = MissedMail(
        subject,
        render_to_string("notifications/missed.txt", said).strip(),
        to=[to],
        headers=_headers(pending, said),
    )
    mail.attach_alternative(render_to_string("notifications/missed.html", said), "text/html")
    return mail


def absolute(path: str) -> str:
    """An address of this site, as it is reached from elsewhere."""
    return settings.SITE_URL + path


def _headers(pending: PendingMail, said: dict) -> dict[str, str]:
    """Those by which programs know what it is: of one conversation, by no person, and how it is stopped."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    conversation = f"<conversation-{pending.membership_id}@{host}>"
    return {
        "Message-ID": f"<missed-{pending.membership_id}-{pending.first}-{pending.last}@{host}>",
        "In-Reply-To": conversation,
        "References": conversation,
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{said['stop']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _authors(missed: Sequence[Message]) -> str:
    names = list(dict.fromkeys(message.author.name for message in missed))
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


def _line(message: Message) -> Line:
    posted_at = timezone.localtime(message.posted_at)
    return Line(
        message.author.name,
        f"{posted_at:%-d %B, %H:%M}",
        Truncator(_words(message.html)).chars(CHARACTERS) or "(a file)",
        absolute(message.get_absolute_url()),
    )


def _words(html: str) -> str:
    """What a message says, in lines of plain text."""
    lines = unescape(strip_tags(END_OF_LINE.sub("\n", html))).splitlines()
    return "\n".join(filter(None, map(str.strip, lines)))
