"""A real mail server, and what becomes of a mail that it does not take."""

import datetime
import re
import socket
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications import preferences
from notifications.models import PendingMail
from rooms.actions.direct import open_direct
from rooms.tests.saying import say


class Server:
    """What it says to each step of a mail, and the mails that it took."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.mails: list[Any] = []
        self.contents: list[bytes] = []
        self.senders: list[str] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop(no_assert=True)

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        envelope.mail_from = address
        self.senders.append(address)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("2"):
            self.contents.append(envelope.content)
            self.mails.append(message_from_bytes(envelope.content, policy=default))
        return answer


@pytest.fixture
def server(settings) -> Iterator[Server]:
    there = Server()
    there.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": there.port, "timeout": 5},
        }
    }
    yield there
    there.stop()


@pytest.fixture
def waits(general, alice, bob, work) -> Callable[..., None]:
    """Something is said to bob; give `work`."""
    say(alice, open_direct(alice, [bob]).slug, "Grüße: שלום 👋")
    return work


def test_it_is_a_mail_that_programs_read(server, waits, client, settings):
    site = settings.SITE_URL = f"https://{'a-long-name-' * 6}.example.org"
    waits(12)
    # As it is on the wire: what reads it does not decode an address.
    headers = server.contents[0].decode().partition("\r\n\r\n")[0]
    assert f"List-Unsubscribe: <{site}/accounts/notifications/stop/" in headers
    assert "Message-ID: <missed-" in headers
    assert "=?utf-8?q?=3C" not in headers
    (mail,) = server.mails
    assert mail["To"] == "bob@example.org"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["References"] == mail["In-Reply-To"]
    assert mail["Message-ID"].endswith(".example.org>")
    text, html = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert "Grüße: שלום 👋" in text.get_content()
    assert "Grüße: שלום 👋" in html.get_content()
    stop = re.fullmatch(rf"<{site}(/\S+)>", mail["List-Unsubscribe"])
    assert stop
    assert client.post(stop[1], {"List-Unsubscribe": "One-Click"}).status_code == 200


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("MAIL", "451 Not now"),
        ("MAIL", "550 We do not know you"),
        ("RCPT", "450 Mailbox busy"),
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("DATA", "452 The disk is full"),
        ("DATA", "554 This looks like spam"),
    ],
)
def test_what_it_does_not_take_is_tried_again(server, waits, bob, step, answer):
    server.answers[step] = answer
    waits(12)
    (pending,) = PendingMail.objects.all()
    assert answer[4:] in pending.problem
    waits(12.5)
    assert PendingMail.objects.get().tries == 1
    waits(13.5)
    assert PendingMail.objects.get().tries == 2
    server.answers.clear()
    waits(30)
    assert len(server.mails) == 1
    assert not PendingMail.objects.exists()
    assert preferences.preferences_of(bob).refused == ""


def test_a_server_that_is_away_for_an_hour_loses_nothing(server, waits):
    server.stop()
    waits(*range(12, 72, 2))
    assert PendingMail.objects.get().tries > 3
    server.start()
    waits(140)
    assert len(server.mails) == 1


def test_it_is_given_up_after_a_day(server, waits, caplog):
    server.answers["DATA"] = "452 The disk is full"
    waits(*range(12, 24 * 60, 61))
    since = PendingMail.objects.get().failing_since
    assert since
    assert since < timezone.now() + datetime.timedelta(hours=1)
    waits(25 * 60)
    assert not PendingMail.objects.exists()
    assert "is given up" in caplog.text


def test_an_address_that_is_refused_gets_no_more(server, waits, general, alice, bob, client_of):
    server.answers["RCPT"] = "550 No such user"
    waits(12)
    assert not PendingMail.objects.exists()
    page = client_of(bob).get("/accounts/notifications/").content.decode()
    assert "Nothing is mailed to bob@example.org any longer." in page
    assert "does not take mail to that address. It said: 550 No such user" in page
    server.answers.clear()
    say(alice, "general", "@bob")
    waits(30)
    assert server.mails == []
    # Asked for again.
    client_of(bob).post("/accounts/notifications/again/")
    say(alice, "general", "@bob once more")
    waits(60)
    assert len(server.mails) == 1


def test_a_command_says_what_it_says(server, capsys, db):
    call_command("mail_test", "ana@example.org")
    assert "has taken a mail to ana@example.org" in capsys.readouterr().out
    assert server.mails[0]["To"] == "ana@example.org"
    server.answers["RCPT"] = "550 No such user"
    with pytest.raises(CommandError, match="No such user"):
        call_command("mail_test", "ana@example.org")
