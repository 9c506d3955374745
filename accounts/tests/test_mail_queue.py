"""What waits to be mailed: tried again for a day, given up, and said in words."""

import datetime
import smtplib
import socket
import ssl
from itertools import pairwise

import pytest
from django.core import mail
from django.utils import timezone

from accounts import mails, tasks
from accounts.mail_problems import words_about
from accounts.models import Mail

NOW = timezone.now()


def after(**time: float) -> datetime.datetime:
    return NOW + datetime.timedelta(**time)


@pytest.fixture
def away(monkeypatch) -> list[str]:
    """The mail server is away: to whom it was asked to send."""
    asked: list[str] = []

    def send(message, **how):
        asked.append(message.to[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    return asked


@pytest.fixture
def waiting(db) -> list[Mail]:
    """Three mails that nobody has tried yet."""
    return [
        Mail.objects.create(to=f"{name}@example.org", subject="S", body="B", queued_at=NOW, due_at=NOW)
        for name in "abc"
    ]


def test_it_is_sent_at_once_and_gone(db):
    tasks.mail_later("A subject", "A text", "a@example.org", "<p>A text</p>")

    [message] = mail.outbox
    assert (message.subject, message.body, message.to) == ("A subject", "A text", ["a@example.org"])
    assert not Mail.objects.exists()


def test_while_the_server_is_away_one_is_tried_for_all(waiting, away):
    mails.send_due(NOW)
    assert away == ["a@example.org"]
    mails.send_due(after(seconds=30))
    assert away == ["a@example.org", "b@example.org"]
    assert [one.tries for one in Mail.objects.order_by("pk")] == [1, 1, 0]


def test_one_address_that_is_refused_is_in_nobodys_way(waiting, monkeypatch):
    sent = []

    def send(message, **how):
        if message.to == ["a@example.org"]:
            raise smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user here")})
        sent.append(message.to[0])

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    mails.send_due(NOW)

    assert sent == ["b@example.org", "c@example.org"]
    assert "550 no such user here" in Mail.objects.get().problem


def test_it_is_tried_ever_more_rarely_and_given_up_after_a_day(db, away):
    Mail.objects.create(to="a@example.org", queued_at=NOW, due_at=NOW)
    at = NOW
    times: list[datetime.datetime] = []
    while not Mail.objects.get().given_up_at and len(times) < 100:
        mails.send_due(at)
        times.append(at)
        at = Mail.objects.get().due_at

    pauses = [int((two - one).total_seconds() / 60) for one, two in pairwise(times)]
    assert pauses[:6] == [1, 5, 15, 30, 60, 60]
    assert after(days=1) <= times[-1] < after(days=1, hours=1)
    mails.send_due(after(days=2))
    assert len(away) == len(times)


def test_what_was_given_up_is_kept_for_a_week_and_can_be_tried_again(waiting):
    Mail.objects.update(given_up_at=NOW, tries=30)
    mails.sweep(after(days=6))
    assert mails.try_all_now(after(days=6)) == 3
    mails.send_due(after(days=6))
    assert len(mail.outbox) == 3
    Mail.objects.create(to="d@example.org", given_up_at=NOW)
    mails.sweep(after(days=8))
    assert not Mail.objects.exists()


def test_nobody_sends_what_another_has_taken(waiting):
    taken = waiting[0]
    assert mails._taken(taken.pk, NOW)
    mails.send(taken.pk, NOW)
    assert not mail.outbox
    # Whoever took it has ended.
    mails.send(taken.pk, after(minutes=6))
    assert len(mail.outbox) == 1


def test_what_cannot_be_made_is_kept_and_said(db):
    tasks.mail_later("Two\nlines", "A secret text", "a@example.org")

    kept = Mail.objects.get()
    assert kept.problem == "The mail could not be made (ValueError)."
    assert kept.tries == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            smtplib.SMTPAuthenticationError(535, b"5.7.8 secretly-named is unknown"),
            "does not let us in",
        ),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (450, b"greylisted")}), "450 greylisted"),
        (smtplib.SMTPSenderRefused(553, b"not yours", "x@y.example"), "EMAIL_FROM. It said: 553 not yours"),
        (smtplib.SMTPDataError(554, b"looks like spam\r\nreally"), "554 looks like spam really"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), "cannot do what EMAIL_URL asks for"),
        (smtplib.SMTPServerDisconnected("x"), "ended the connection"),
        (ssl.SSLCertVerificationError("x"), "no secure connection"),
        (TimeoutError(), "does not answer in time"),
        (socket.gaierror(), "name of the mail server is not known"),
        (ConnectionRefusedError(), "Nothing listens"),
        (OSError(101, "Network is unreachable"), "cannot be reached (Network is unreachable)"),
        (KeyError("the text of the mail"), "could not be made (KeyError)"),
        (smtplib.SMTPDataError(554, b"x" * 9999), "554 xxx"),
    ],
)
def test_why_is_said_in_words_and_without_secrets(settings, error, words):
    settings.MAILERS = {
        "default": {"BACKEND": "", "OPTIONS": {"username": "secretly-named", "password": "pw"}}
    }
    said = words_about(error)

    assert words in said
    assert "secretly-named" not in said
    assert "text of the mail" not in said
    assert len(said) <= 301
