"""What comes back from mail servers that could not deliver, and providers to whom somebody complained."""

import datetime

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from notifications import bounces, preferences, refusals
from notifications.models import MailPreferences, PendingMail
from notifications.tests.servers import mail_door
from notifications.tests.test_mail_server import Server
from rooms.actions.direct import open_direct
from rooms.tests.saying import say

DOMAIN = "reply.example.org"
PAGE = "/accounts/notifications/"
GONE = "smtp; 550 5.1.1 <bob@example.org>: No such user"


@pytest.fixture
def address(settings, bob) -> str:
    """The address from which a mail to bob left."""
    settings.MAIL_IN_DOMAIN, settings.MAIL_BOUNCES = DOMAIN, True
    return bounces.sender(bob, "bob@example.org")


def report(kind: str, fields: str, original: str = "Subject: x") -> bytes:
    """A mail of three parts (RFC 3464, RFC 5965): for people, for programs, and what was sent."""
    parts = (
        "text/plain\n\nI'm sorry",
        f"message/{kind}\n\n{fields}",
        f"message/rfc822\n\n{original}\n\nLunch?",
    )
    body = "".join(f"--a\nContent-Type: {part}\n\n" for part in parts)
    head = "From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered\nMIME-Version: 1.0\n"
    return f"{head}Content-Type: multipart/report; report-type={kind}; boundary=a\n\n{body}--a--\n".encode()


def failed(status: str = "5.1.1", action: str = "failed", words: str = GONE) -> bytes:
    """What a server says of one mail, as Postfix does."""
    recipient = f"Final-Recipient: rfc822; bob@example.org\nAction: {action}\nStatus: {status}"
    fields = f"Reporting-MTA: dns; mx.example.org\n\n{recipient}\nDiagnostic-Code: {words}"
    return report("delivery-status", fields)


def complaint(sender: str, kind: str = "abuse") -> bytes:
    """What a provider says of a mail with that sender."""
    return report("feedback-report", f"Feedback-Type: {kind}\nVersion: 1", f"Return-Path: <{sender}>")


QMAIL = b"""From: MAILER-DAEMON@mx.example.org
Subject: failure notice

Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<bob@example.org>:
This address no longer accepts mail.

--- Below this line is a copy of the message.
"""


def take(address: str, content: bytes, days: float = 0) -> None:
    """Let it come in, past SMTP, so many days from now."""
    bounces.take(address, content, timezone.now() + datetime.timedelta(days=days))


def why(person) -> str:
    return preferences.preferences_of(person).refused


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_comes_back_ends_them_and_a_button_begins_again(
    general, alice, bob, address, settings, work, client_of
):
    relay = Server()
    relay.start()
    options = {"host": "127.0.0.1", "port": relay.port, "timeout": 5}
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    work(12)
    ([sender], [mail]) = relay.senders, relay.mails
    assert sender == address
    assert len(sender.partition("@")[0]) <= 64
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    say(alice, "general", "@bob")
    work(2)
    with mail_door() as door, door() as smtp:
        # As a mail server may write an address.
        smtp.sendmail("", [sender.upper()], failed())
    assert not PendingMail.objects.exists()
    page = client_of(bob).get(PAGE).content.decode()
    assert "Nothing is mailed to bob@example.org any longer." in page
    assert "It said: 550 5.1.1 &lt;bob@example.org&gt;: No such user" in page
    work(15)
    assert len(relay.mails) == 1
    assert client_of(bob).post(f"{PAGE}again/")["Location"] == PAGE
    say(alice, "general", "@bob again")
    work(30)
    assert len(relay.mails) == 2
    relay.stop()


@pytest.mark.django_db(transaction=True)
def test_by_smtp_what_is_none_of_ours_is_refused(address):
    forged = address.replace("bounce+", "bounce+1")
    with mail_door() as door, door() as smtp:
        smtp.ehlo()
        smtp.mail("")
        for wrong in (forged, "bounce+1-1-x", f"bounce@{DOMAIN}", address.replace(DOMAIN, "example.org")):
            assert smtp.rcpt(wrong)[0] == 550, wrong
        assert smtp.rcpt(f"Complaints@{DOMAIN}")[0] == 250


def test_no_such_sender_where_no_mail_is_taken_in(general, alice, bob, work, mailoutbox, settings):
    settings.MAIL_IN_DOMAIN, settings.MAIL_BOUNCES = DOMAIN, False
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    work(12)
    assert mailoutbox[0].from_email == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.0.0"])
def test_what_may_be_over_tomorrow_ends_them_on_the_fifth_day(address, bob, status):
    for days in (0, 0.1, 0.9, 1.1, 2.2, 3.3, 4.2):
        take(address, failed(status, words="smtp; 552 Mailbox full"), days)
    assert why(bob) == ""
    take(address, failed(status, words="smtp; 552 Mailbox full"), 4.4)
    assert "552 Mailbox full" in why(bob)


def test_and_not_where_a_week_was_between(address, bob):
    for days in (0, 1.5, 3, 11, 12.5, 14, 15.5):
        take(address, failed("5.2.2"), days)
    assert why(bob) == ""


def test_a_server_that_knows_no_standard_is_understood(address, bob):
    for days in range(5):
        assert why(bob) == ""
        take(address, QMAIL, days * 1.1)
    assert "failure notice" in why(bob)


@pytest.mark.parametrize("content", [
    failed("4.4.7"), failed("4.2.2", "delayed"), failed("5.1.1", "delayed"), failed("2.0.0", "delivered"),
    complaint("x", "not-spam"),
    b"Subject: I am away\nAuto-Submitted: auto-replied\n\nBack on Monday",
    b"", b"\x00\xff\xfe", failed()[:300], b"Content-Type: multipart/report; boundary=x\n\n--x\n",
    b"Content-Type: message/delivery-status\n\nAction: \xff\n",
    b"Content-Type: text/plain; charset=nothing\nSubject: =?x?q?=\n\nYes",
    failed() + b"x" * bounces.LARGEST,
])  # fmt: skip
def test_what_does_not_last_or_makes_no_sense_ends_nothing(address, bob, content, caplog, mailoutbox):
    caplog.set_level("INFO", "notifications")
    for days in range(6):
        take(address, content, days * 1.1)
    assert why(bob) == ""
    assert "is dropped" in caplog.text
    assert mailoutbox == []


def test_in_any_charset_it_is_read(address, bob):
    take(
        address, failed(words="smtp; 550 5.1.1 gibt es nicht").replace(b"gibt", "gibt für".encode("latin-1"))
    )
    assert "es nicht" in why(bob)


def test_an_address_that_is_forged_old_or_of_an_old_address(address, bob, person, caplog):
    caplog.set_level("INFO", "notifications")
    dora = person("dora")
    of_another = f"bounce+{dora.pk}-{address.split('-', 1)[1]}"
    for wrong, days in (
        (of_another, 0),
        (address[:-20] + ("1" if address[-20] == "0" else "0") + address[-19:], 0),
        (address, 31),
        (address, -2),
    ):
        take(wrong, failed(), days)
    assert "is forged, old" in caplog.text
    EmailAddress.objects.filter(user=bob).update(email="robert@example.org")
    take(address, failed())
    assert not MailPreferences.objects.exists()


def test_who_complains_gets_no_more(address, bob, client_of, person):
    take(address, complaint("x"))
    assert "was reported as spam" in client_of(bob).get(PAGE).content.decode()
    # Who runs the site sees it.
    assert (
        "was reported as spam"
        in client_of(person("olga", role="owner")).get("/administration/mail/").content.decode()
    )
    refusals.begin_again(bob)
    # As providers send it that know one address of ours.
    take(f"complaints@{DOMAIN}", complaint(address))
    assert why(bob)


def test_at_the_address_for_complaints_only_those_count(address, bob, caplog):
    caplog.set_level("INFO", "notifications")
    take(f"complaints@{DOMAIN}", failed())
    take(f"complaints@{DOMAIN}", complaint(address.replace("bounce+", "bounce+1")))
    assert why(bob) == ""
    assert caplog.text.count("dropped") == 2


@pytest.mark.parametrize("primary", [True, False])
def test_another_address_that_is_confirmed_begins_again(address, bob, primary):
    take(address, failed())
    EmailAddress.objects.filter(user=bob).update(primary=not primary)
    EmailAddress.objects.create(user=bob, email="robert@example.org", primary=primary, verified=True)
    assert bool(why(bob)) is not primary


def test_beginning_again_is_ones_own(client, address, bob, client_of):
    take(address, failed())
    assert client.post(f"{PAGE}again/")["Location"].startswith("/accounts/login/")
    assert client_of(bob).get(f"{PAGE}again/").status_code == 405
    client_of(bob).post(PAGE, {"after_minutes": "60"})
    assert why(bob)
