"""What a mail server says of a mail that it could not deliver, and a provider of one that was reported."""

import logging
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import NamedTuple

from flufl.bounce import all_failures

from accounts.plain_text import clean_line, shortened

log = logging.getLogger(__name__)

# RFC 3463: class, subject, detail.
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 5965, 7.3: of the kinds of feedback, those by which somebody does not want it: "not-spam" says they do.
UNWANTED = {"abuse", "fraud"}
# Bytes that are looked at: a report has what it says first, and a megabyte of empty lines takes minutes.
LOOKED_AT = 64 * 1024
# Characters that are kept of what a server says.
WORDS = 200


class Report(NamedTuple):
    """A failure that lasts, its status (RFC 3463; '' for none) and the server's words; or a complaint."""

    is_complaint: bool
    status: str = ""
    words: str = ""


def read_report(content: bytes) -> Report | None:
    """What a mail reports; None where that is nothing that lasts. Never raises."""
    try:
        mail = message_from_bytes(content[:LOOKED_AT])
        fields = list(_fields(mail, "message/feedback-report"))
        if fields:
            kinds = {_line(field, "Feedback-Type").lower() for field in fields}
            return Report(is_complaint=True) if kinds & UNWANTED else None
        recipients = [one for one in _fields(mail, "message/delivery-status") if "Action" in one]
        return _failure(recipients) if recipients else _guessed(mail)
    except Exception:
        # What others write may hold anything, for the parsers of headers as well.
        log.exception("What came back could not be read")
        return None


def _failure(recipients: list[Message]) -> Report | None:
    """A report as RFC 3464 has it. What a server gave up after days has a status of 4: that does not last."""
    for one in recipients:
        said = STATUS.search(_line(one, "Status"))
        has_failed = _line(one, "Action").lower().startswith(("fail", "error"))
        if has_failed and (said is None or said[1] == "5"):
            # Behind the kind of it: `smtp; 550 5.1.1 No such user`.
            words = _line(one, "Diagnostic-Code").rpartition("; ")[2]
            return Report(False, said[0] if said else "", shortened(words, WORDS))
    return None


def _guessed(mail: Message) -> Report | None:
    """What servers write that know no standard: a library knows how."""
    _, failed = all_failures(mail)
    return Report(False, "", shortened(_line(mail, "Subject"), WORDS)) if failed else None


def _fields(mail: Message, kind: str) -> Iterator[Message]:
    """The fields in the parts of a mail that are of that kind; not of mails that are quoted in it."""
    parts = mail.get_payload() if mail.is_multipart() else [mail]
    for part in parts if isinstance(parts, list) else []:
        if not isinstance(part, Message) or part.get_content_type() != kind:
            continue
        payload = part.get_payload()
        if isinstance(payload, list):
            yield from (block for block in payload if isinstance(block, Message))
        else:
            text = part.get_payload(decode=True)
            yield message_from_bytes(text if isinstance(text, bytes) else b"")


def _line(fields: Message, name: str) -> str:
    return clean_line(str(fields.get(name, "")))
