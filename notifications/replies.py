"""Mails about a conversation can be answered: each has an address that is for one person and one place.

Who sends to it is not asked: the secret in the address is what lets somebody in, and it is stored as its
SHA-256. Nothing is posted twice: which mails were taken is remembered.
"""

import datetime
import hashlib
import logging
import re
import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Community, Person
from live.limits import FixedWindowLimit
from notifications import mails
from notifications.mail_reading import IncomingMail, read_mail
from notifications.models import ReplyAddress, TakenMail
from notifications.preferences import address_of
from notifications.wording import absolute
from rooms.access import NotFound
from rooms.actions.messages_post import TOO_MANY, post_message
from rooms.actions.rejected import Rejected
from rooms.actions.uploads import upload_files
from rooms.models import Membership, Message

log = logging.getLogger(__name__)

# How long an address lets in; and how long it is known afterwards, to say that it does not any longer.
LIFETIME = datetime.timedelta(days=14)
KNOWN_AFTERWARDS = datetime.timedelta(days=60)
# Bytes of the secret: in hexadecimal, since servers may write an address in small letters.
SECRET_BYTES = 16
ADDRESS = re.compile(rf"reply\+([0-9a-f]{{{2 * SECRET_BYTES}}})@(.+)", re.IGNORECASE)
# Mails that say why something was not posted, to one person in an hour.
ANSWER_LIMIT = FixedWindowLimit("mail-in-answers", 5, 3600)
# Characters of what was written that such a mail gives back: as much as one may post.
GIVEN_BACK = 10_000

ENDED = gettext_lazy(
    "The address that you answered to has ended, two weeks after the mail. Answer in the room."
)
NOT_IN = gettext_lazy("You are not in that room any longer.")
NOTHING = gettext_lazy("There was nothing in your mail but what it quotes.")


class TryLater(Exception):
    """It cannot be taken at this moment: whoever sends it keeps it, and tries again."""


def reply_address(membership: Membership, missed: Sequence[Message], now: datetime.datetime) -> str:
    """A new address for answers to what is `missed`; an empty text where no mail is taken in.

    Where all of it is of one thread, answers go there.
    """
    if not settings.MAIL_IN_DOMAIN:
        return ""
    secret = secrets.token_hex(SECRET_BYTES)
    threads = {message.thread_id for message in missed}
    ReplyAddress.objects.create(
        digest=_digest(secret), person=membership.person, room=membership.room,
        thread_id=threads.pop() if len(threads) == 1 else None, expires_at=now + LIFETIME,
    )  # fmt: skip
    return f"reply+{secret}@{settings.MAIL_IN_DOMAIN}"


def secret_in(address: str) -> str:
    """The secret in an address of ours; an empty text where it is none."""
    found = ADDRESS.fullmatch(address.strip())
    return found[1].lower() if found and found[2].lower() == settings.MAIL_IN_DOMAIN.lower() else ""


def is_known(secret: str) -> bool:
    """Whether there is, or was, an address with that secret. One query."""
    return ReplyAddress.objects.filter(digest=_digest(secret)).exists()


def take(secret: str, sender: str, content: bytes, now: datetime.datetime) -> None:
    """Post what a mail says to the address with that secret; or tell its person why not. Raises TryLater.

    `sender` is that of the envelope: empty for what a mail server says of a mail, which is not answered.
    """
    there = (
        ReplyAddress.objects.select_related("person", "room", "thread").filter(digest=_digest(secret)).first()
    )
    if there is None or not there.person.is_active:
        return
    mail = read_mail(content)
    if not sender.strip("<> ") or mail.is_automatic:
        log.info("A mail to the address of an answer was sent by a program: it is dropped")
        return
    if TakenMail.objects.filter(address=there, key=mail.key).exists():
        return
    with there.person.locale.used():
        problems = _post(there, mail, now)
        if problems:
            _answer(there.person, mail, problems)


def _post(there: ReplyAddress, mail: IncomingMail, now: datetime.datetime) -> list[str]:
    """Post it, and remember that; what was not taken, in sentences. Raises TryLater."""
    try:
        place = _place(there, mail, now)
        files, problems = upload_files(place, mail.files, held=0)
        with transaction.atomic():
            # Of two that come at once, the second waits here for the first.
            if not TakenMail.objects.get_or_create(address=there, key=mail.key)[1]:
                return []
            ids = tuple(file.pk for file in files)
            post_message(place, mail.text, mail.key, reply_to=there.thread_id, attachments=ids)
    except (Rejected, NotFound) as why:
        sentence = str(why) if isinstance(why, Rejected) else str(NOT_IN)
        if sentence == str(TOO_MANY):
            raise TryLater from why
        TakenMail.objects.get_or_create(address=there, key=mail.key)
        return [sentence]
    if not problems:
        return []
    words = _("Your answer is posted, without some of its files. %(problems)s")
    return [words % {"problems": " ".join(problems)}]


def _place(there: ReplyAddress, mail: IncomingMail, now: datetime.datetime) -> Membership:
    """Where it goes. Raises Rejected."""
    if there.expires_at <= now:
        raise Rejected(str(ENDED))
    place = Membership.objects.select_related("room", "person")
    found = place.filter(room=there.room, person=there.person).first()
    if found is None:
        raise Rejected(str(NOT_IN))
    if not mail.text and not mail.files:
        raise Rejected(str(NOTHING))
    return found


def _answer(person: Person, mail: IncomingMail, problems: list[str]) -> None:
    """Mail to the address that is confirmed, never to who sent it; at most a few an hour."""
    to = address_of(person)
    if not to or not ANSWER_LIMIT.take(person.pk):
        return
    said = {
        "community": Community.current(),
        "problems": problems,
        "text": mail.text[:GIVEN_BACK],
        "site": absolute("/"),
    }
    headers = {"Auto-Submitted": "auto-replied"}
    if mail.message_id and mail.message_id.isascii():
        headers |= {"In-Reply-To": mail.message_id, "References": mail.message_id}
    subject = _("About your answer to %(community)s") % {"community": Community.current().name}
    body = render_to_string("notifications/not_posted.txt", said).strip()
    try:
        mails.MissedMail(subject, body, to=[to], headers=headers).send()
    except OSError as error:
        log.warning("A mail that says why an answer was not posted could not be sent: %s", error)


def sweep_addresses(now: datetime.datetime) -> None:
    """Forget the addresses that nobody answers to any longer, and which mails were taken there."""
    ReplyAddress.objects.filter(expires_at__lt=now - KNOWN_AFTERWARDS).delete()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
