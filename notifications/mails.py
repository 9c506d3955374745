"""What stands in the mail about one conversation."""

from collections.abc import Sequence
from email.message import EmailMessage as MIMEMessage
from email.policy import EmailPolicy, default
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import Community
from notifications import stopping
from notifications.models import PendingMail
from notifications.wording import LINES, absolute, authors_of, title_for, words_of
from rooms.models import Message
from rooms.models.values import DIRECT


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
    with timezone.override(person.zone or timezone.get_default_timezone()):
        said = {
            "community": Community.current(),
            "is_direct": room.kind == DIRECT,
            "title": title_for(membership),
            "authors": authors_of(missed),
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


def _line(message: Message) -> Line:
    posted_at = timezone.localtime(message.posted_at)
    return Line(
        message.author.name,
        f"{posted_at:%-d %B, %H:%M}",
        words_of(message),
        absolute(message.get_absolute_url()),
    )
