"""What stands in the mail about one conversation, in the one about a reminder, and in a digest."""

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
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Community, Person
from accounts.plain_text import shortened
from notifications import bounces, stopping
from notifications.models import Digest, PendingMail, ReminderMail
from notifications.waiting import are_meant
from notifications.wording import LINES, absolute, authors_of, reminded, title_for, words_of
from rooms.models import Message
from rooms.models.values import DIRECT
from rooms.moments import said as said_moment

# What the ids of our own mails begin with.
OWN = ("<missed-", "<reminder-", "<digest-")
# Characters of a message that a digest has.
DIGESTED = 200
# Why somebody gets one, by its rhythm.
WHY = {
    Digest.Rhythm.DAILY: gettext_lazy("You get this every day, as you have asked for."),
    Digest.Rhythm.WEEKLY: gettext_lazy("You get this once a week, as you have asked for."),
}


class Conversation(NamedTuple):
    """A conversation of which something is unread, and what of it is for its reader, oldest first."""

    title: str
    address: str
    unread: str
    meant: Sequence[Message]
    more: int


class Missed(NamedTuple):
    """What a digest tells: conversations with something for its reader, others, and how many more of each."""

    for_you: list[Conversation]
    others: list[Conversation]
    more_for_you: int
    more_others: int

    def __bool__(self) -> bool:
        return bool(self.for_you or self.others)


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


def compose(pending: PendingMail, missed: Sequence[Message], to: str, reply_to: str = "") -> MissedMail:
    """The mail to the address `to` about what is `missed` in a conversation, oldest first; not sent yet.

    It is answered by a mail to `reply_to`, if that is anything. It has the same Message-ID whenever it is
    sent, so that who gets it twice can tell.
    """
    membership = pending.membership
    person, room = membership.person, membership.room
    with person.locale.used():
        said = {
            "community": Community.current(),
            "is_direct": room.kind == DIRECT,
            "is_meant": are_meant(missed),
            "title": title_for(membership),
            "authors": authors_of(missed),
            "lines": [_line(message) for message in missed[-LINES:]],
            "more": max(0, len(missed) - LINES),
            "address": absolute(room.get_absolute_url()),
            "settings": absolute(reverse("notifications")),
            "stop": absolute(stopping.address(person)),
            "can_reply": bool(reply_to),
        }
        subject = " ".join(render_to_string("notifications/missed_subject.txt", said).split())
        headers = _headers(pending, said)
        mail = _mail("missed", subject, said, person, to, headers)
        mail.reply_to = [reply_to] if reply_to else []
        return mail


def compose_reminder(pending: ReminderMail, to: str) -> MissedMail:
    """The mail to the address `to` about a reminder that is due; not sent yet. It keeps its Message-ID."""
    person, community = pending.reminder.person, Community.current()
    with person.locale.used():
        about = reminded(pending.reminder)
        said: dict[str, Any] = {
            "community": community,
            "about": about,
            "when": said_moment(about.due_at, person.locale.zone, timezone.now()),
            "reminders": absolute(reverse("reminders")),
            "settings": absolute(reverse("notifications")),
            "stop": absolute(stopping.address(person)),
        }
        number = f"{pending.reminder_id}-{int(about.due_at.timestamp())}"
        headers = {"Message-ID": f"<reminder-{number}@{host()}>", **of_a_program(said["stop"])}
        subject = _("A reminder from %(community)s") % {"community": community.name}
        return _mail("reminder", subject, said, person, to, headers)


def compose_digest(digest: Digest, missed: Missed, to: str) -> MissedMail:
    """The mail to the address `to` with what its person `missed`; not sent yet. It keeps its Message-ID."""
    person, community = digest.person, Community.current()
    with person.locale.used():
        said: dict[str, Any] = {
            "community": community,
            "for_you": [_digested(one) for one in missed.for_you],
            "others": missed.others,
            "more_for_you": missed.more_for_you,
            "more_others": missed.more_others,
            "why": WHY[Digest.Rhythm(digest.rhythm)],
            "settings": absolute(reverse("notifications")),
            "stop": absolute(stopping.address(person, stopping.DIGEST)),
        }
        number = f"{person.pk}-{int(digest.slot.timestamp())}"
        headers = {"Message-ID": f"<digest-{number}@{host()}>", **of_a_program(said["stop"])}
        subject = _("What you missed in %(community)s") % {"community": community.name}
        return _mail("digest", subject, said, person, to, headers)


def _mail(
    name: str,
    subject: str,
    said: dict[str, Any],
    person: Person,
    to: str,
    headers: dict[str, str],
) -> MissedMail:
    """What the two templates of that name make of what is to be `said` to `person`, at the address `to`."""
    text = render_to_string(f"notifications/{name}.txt", said).strip()
    # What is in `From` is for people; what cannot be delivered goes back to the sender of the envelope.
    headers["From"] = settings.DEFAULT_FROM_EMAIL
    mail = MissedMail(subject, text, bounces.sender(person, to) or None, [to], headers=headers)
    mail.attach_alternative(render_to_string(f"notifications/{name}.html", said), "text/html")
    return mail


def _digested(one: Conversation) -> dict[str, Any]:
    lines = [_line(message) for message in one.meant]
    short = [line._replace(text=shortened(" ".join(line.text.split()), DIGESTED)) for line in lines]
    return one._asdict() | {"lines": short}


def _headers(pending: PendingMail, said: dict) -> dict[str, str]:
    """Those by which programs know what it is: of one conversation, by no person, and how it is stopped."""
    conversation = f"<conversation-{pending.membership_id}@{host()}>"
    return {
        "Message-ID": f"<missed-{pending.membership_id}-{pending.first}-{pending.last}@{host()}>",
        "In-Reply-To": conversation,
        "References": conversation,
        **of_a_program(said["stop"]),
    }


def of_a_program(stop: str) -> dict[str, str]:
    """Headers: that nobody has written it, and the address that ends such mails."""
    return {
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def host() -> str:
    """What the ids of mails end with."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _line(message: Message) -> Line:
    posted_at = timezone.localtime(message.posted_at)
    return Line(
        message.author.name,
        date_format(posted_at, _("j F, H:i")),
        words_of(message),
        absolute(message.get_absolute_url()),
    )
