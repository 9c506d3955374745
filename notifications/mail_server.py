"""The mail server that answers and bounces come in by: SMTP, for the mail server of the machine alone.

Each mail is stored before it is said to be taken; where the database is away the other side keeps it.
"""

import logging
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError
from django.utils import timezone

from database.threads import in_database
from notifications import bounces, replies

log = logging.getLogger(__name__)

# Bytes of one mail: files are a third larger in it than they are.
MAIL_LIMIT = 40 * 1024 * 1024
# What is said, with the codes of RFC 3463.
NO_SUCH = "550 5.1.1 There is no such address"
ONE_AT_A_TIME = "452 4.5.3 One address at a time"
LATER = "451 4.3.0 Not now: try again later"
TAKEN = "250 2.0.0 Taken"


class IncomingMails:
    """What aiosmtpd asks at each step of a mail."""

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One address, of those that we gave."""
        if envelope.rcpt_tos:
            return ONE_AT_A_TIME
        try:
            if not await in_database(_is_known)(address):
                return NO_SUCH
        except DatabaseError:
            log.exception("An address could not be looked up")
            return LATER
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it."""
        content = envelope.original_content or b""
        try:
            await in_database(_take)(envelope.rcpt_tos[0], envelope.mail_from or "", content)
        except replies.TryLater:
            return LATER
        except Exception:
            log.exception("A mail could not be taken now")
            return LATER
        return TAKEN


def _is_known(address: str) -> bool:
    secret = replies.secret_in(address)
    return replies.is_known(secret) if secret else bounces.is_known(address, timezone.now())


def _take(address: str, sender: str, content: bytes) -> None:
    """Post an answer, or read what came back. Raises TryLater."""
    if secret := replies.secret_in(address):
        replies.take(secret, sender, content, timezone.now())
    else:
        bounces.take(address, content, timezone.now())


def controller(host: str, port: int) -> Controller:
    """A server at that address, to be started and stopped: it runs in a thread of its own."""
    how: dict[str, Any] = {"data_size_limit": MAIL_LIMIT, "ident": "Parley", "enable_SMTPUTF8": True}
    return Controller(IncomingMails(), hostname=host, port=port, **how)
