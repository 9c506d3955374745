"""What a mail that comes in says: what its author wrote, its files, and whether a person has sent it."""

import hashlib
import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile

from notifications import mails
from rooms.files.apart import said_by

# Seconds in which what is quoted has to be found, and in which the process for that starts and ends.
SECONDS, START = 3.0, 10.0
# Characters that are looked at: what somebody writes stands above what they quote.
LOOKED_AT = 40_000
# RFC 5321, 6.3, lets a server call a mail a loop from a hundred hops on; no honest way is a third of that.
HOPS = 30
# What headers of the library's own may raise where they make no sense.
NONSENSE = (ValueError, LookupError, TypeError, AttributeError)
BULK = {"bulk", "list", "junk", "auto_reply"}
SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
LINES_BETWEEN = re.compile(r"\n{3,}")


class IncomingMail(NamedTuple):
    """A mail: `key` is the same whenever it comes, and `is_automatic` says that no person has written it."""

    key: str
    message_id: str
    text: str
    files: list[SimpleUploadedFile]
    is_automatic: bool


def read_mail(content: bytes) -> IncomingMail:
    """What stands in a mail. Never raises: what cannot be read is not there."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101  (the policy says so)
    message_id = header(mail, "Message-ID")
    key = hashlib.sha256(message_id.encode(errors="replace") or content).hexdigest()
    is_automatic = automatic(mail, message_id)
    text = "" if is_automatic else written_in(mail)
    return IncomingMail(key, message_id, text, [] if is_automatic else list(files_in(mail)), is_automatic)


def header(mail: EmailMessage, name: str) -> str:
    """A header as a line; an empty text where there is none, or it makes no sense."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except NONSENSE:
        return ""


def automatic(mail: EmailMessage, message_id: str) -> bool:
    """Whether a program has sent it (RFC 3834), a list passes it on, or it is one of ours that returns."""
    said = header(mail, "Auto-Submitted").lower().partition(";")[0].strip()
    return (
        said not in ("", "no")
        or header(mail, "Precedence").lower() in BULK
        or any(name in mail for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
        or header(mail, "Return-Path") == "<>"
        or mail.get_content_type() == "multipart/report"
        or len(mail.get_all("Received", [])) > HOPS
        or (message_id.startswith(mails.OWN) and message_id.endswith(f"@{mails.host()}>"))
    )


# -- Words ---------------------------------------------------------------------------------


def written_in(mail: EmailMessage) -> str:
    """What its author wrote in it: without what it quotes, and without a signature."""
    text = LINES_BETWEEN.sub("\n\n", _text_of(mail).replace("\r\n", "\n").replace("\r", "\n")).strip()
    text = without_trailing_quote(text[:LOOKED_AT])
    if not text:
        return ""
    said = said_by("notifications.unquoting", {"text": text}, SECONDS, START)
    # Of a process that took too long what it was told stands. And whoever writes what looks like a signature,
    # and nothing else, means it.
    left = (said.get("left") or said.get("whole") or "") if "whole" in said else text
    return without_trailing_quote(left.strip())


def without_trailing_quote(text: str) -> str:
    """`text` without the quotation that it ends with, and the lines that say whose it is, in any language."""
    lines = text.split("\n")
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].startswith(">")):
        end -= 1
    if any(line.startswith(">") for line in lines[end:]):
        for begin in (end - 1, end - 2):
            said = " ".join(lines[max(0, begin) : end]).rstrip()
            if begin >= 0 and said.endswith((":", "：")) and re.search(r"\d", said) and "@" in said:
                end = begin
                break
    return "\n".join(lines[:end]).rstrip()


def _text_of(mail: EmailMessage) -> str:
    try:
        part = mail.get_body(("plain", "html"))
    except NONSENSE:
        part = None
    if not isinstance(part, EmailMessage):
        return ""
    text = _decoded(part)
    if part.get_content_type() == "text/html":
        return _text_of_html(text)
    return _unfolded(text) if str(part.get_param("format", "")).lower() == "flowed" else text


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        return content.decode(errors="replace")


def _text_of_html(html: str) -> str:
    """The text of a mail that has no other form: without what it quotes, a line for each of its blocks."""
    soup = BeautifulSoup(html, "html.parser")
    for quoted in soup.select("blockquote, .gmail_quote, style, script, head, title, #divRplyFwdMsg ~ *"):
        quoted.decompose()
    for end in soup.select("br, p, div, li, tr, h1, h2, h3"):
        end.append("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
    return "\n".join(lines)


def _unfolded(text: str) -> str:
    """A text whose lines a program has folded: RFC 3676, 4.1; a quotation keeps its lines."""
    lines: list[str] = []
    is_open = False
    for line in text.splitlines():
        is_folded = line.endswith(" ") and line != "-- " and not line.startswith(">")
        if is_open and not line.startswith(">"):
            lines[-1] += line
        else:
            lines.append(line)
        is_open = is_folded
    return "\n".join(lines)


# -- Files ---------------------------------------------------------------------------------


def files_in(mail: EmailMessage) -> Iterable[SimpleUploadedFile]:
    """What somebody attached; not what stands in the text, such as the pictures of a signature."""
    for part in mail.walk():
        if part.get_content_disposition() != "attachment" or part.get_content_type() in SIGNATURES:
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            yield SimpleUploadedFile(_name_of(part), content, part.get_content_type())


def _name_of(part: object) -> str:
    try:
        return str(part.get_filename() or "file")  # type: ignore[attr-defined]
    except NONSENSE:
        return "file"
