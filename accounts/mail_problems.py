"""Why a mail was not sent, in words for who runs the site: no password, and nothing of the mail's text."""

import smtplib
import socket
import ssl
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from accounts.plain_text import clean_line, shortened
from accounts.retelling import retold

# As much as is kept of what a mail server says.
LONGEST = 300


# What may be wrong. It is kept in English, for the log, and read in each language: see `in_words`.
AUTHENTICATION = gettext_noop(
    "The mail server does not let us in with what EMAIL_URL has. It said: %(answer)s"
)
RECIPIENT = gettext_noop("The mail server does not take mail to that address. It said: %(answer)s")
SENDER = gettext_noop("The mail server does not take mail from EMAIL_FROM. It said: %(answer)s")
NOT_TAKEN = gettext_noop("The mail server did not take it. It said: %(answer)s")
NOT_SUPPORTED = gettext_noop("The mail server cannot do what EMAIL_URL asks for, such as TLS or a sign-in.")
DISCONNECTED = gettext_noop("The mail server ended the connection.")
NOT_SECURE = gettext_noop(
    "There is no secure connection to the mail server: its certificate or port may be wrong."
)
LATE = gettext_noop("The mail server does not answer in time.")
UNKNOWN_NAME = gettext_noop("The name of the mail server is not known: look at EMAIL_URL.")
NOTHING_LISTENS = gettext_noop("Nothing listens at the address of the mail server: look at EMAIL_URL.")
NOT_REACHED = gettext_noop("The mail server cannot be reached (%(error)s).")
NOT_MADE = gettext_noop("The mail could not be made (%(error)s).")
SENTENCES = (
    AUTHENTICATION, RECIPIENT, SENDER, NOT_TAKEN, NOT_SUPPORTED, DISCONNECTED,
    NOT_SECURE, LATE, UNKNOWN_NAME, NOTHING_LISTENS, NOT_REACHED, NOT_MADE,
)  # fmt: skip


def words_about(error: BaseException) -> str:
    """A sentence or two, in English."""
    return shortened(clean_line(_without_secrets(_sentence(error))), LONGEST)


def in_words(problem: str) -> str:
    """What `words_about` said, in the current language."""
    return retold(problem, SENTENCES)


def is_of_server(error: BaseException) -> bool:
    """Whether any other mail would meet the same now: the server is away, or takes nothing of us."""
    about_one = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
    return isinstance(error, OSError) and not isinstance(error, about_one)


def _sentence(error: BaseException) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return AUTHENTICATION % {"answer": _said(error)}
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(error.recipients.values()), (0, b""))
            return RECIPIENT % {"answer": f"{code} {_text(words)}"}
        case smtplib.SMTPSenderRefused():
            return SENDER % {"answer": _said(error)}
        case smtplib.SMTPResponseException():
            return NOT_TAKEN % {"answer": _said(error)}
        case smtplib.SMTPNotSupportedError():
            return NOT_SUPPORTED
        case smtplib.SMTPServerDisconnected():
            return DISCONNECTED
        case ssl.SSLError():
            return NOT_SECURE
        case TimeoutError():
            return LATE
        case socket.gaierror():
            return UNKNOWN_NAME
        case ConnectionRefusedError():
            return NOTHING_LISTENS
        case OSError():
            return NOT_REACHED % {"error": error.strerror or type(error).__name__}
    return NOT_MADE % {"error": type(error).__name__}


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(words: Any) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def _without_secrets(text: str) -> str:
    options = settings.MAILERS["default"].get("OPTIONS", {})
    for secret in (options.get("password"), options.get("username")):
        if secret:
            text = text.replace(str(secret), "…")
    return text
