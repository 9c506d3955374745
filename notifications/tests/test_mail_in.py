"""Answers by mail: through the server that takes them, as the mail server of a machine passes them on."""

import datetime
import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from live.limits import FixedWindowLimit
from notifications import mail_reading, replies
from notifications.models import ReplyAddress, TakenMail
from notifications.tests.servers import mail_door
from rooms import access
from rooms.actions import messages_post
from rooms.actions.direct import open_direct
from rooms.actions.messages_post import post_message
from rooms.models import Attachment, Membership, Message, Room
from rooms.tests.files import PNG
from rooms.tests.saying import say

DOMAIN = "reply.example.org"


@pytest.fixture
def address(settings, general, alice, bob, work, mailoutbox, tmp_path) -> str:
    """The address at which bob answers to what alice told him, and him alone."""
    settings.MAIL_IN_DOMAIN, settings.MEDIA_ROOT = DOMAIN, tmp_path
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    work(12)
    (mail,) = mailoutbox
    (found,) = mail.reply_to
    mailoutbox.clear()
    return found


def written(to: str, text: str = "Gladly!", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "anybody@example.net", to, "<1@example.net>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


@pytest.fixture
def send(db) -> Callable[..., None]:
    """Let a mail come in, past SMTP."""

    def deliver(mail: EmailMessage | bytes, to: str, sender: str = "anybody@example.net") -> None:
        content = mail if isinstance(mail, bytes) else mail.as_bytes()
        replies.take(replies.secret_in(to), sender, content, timezone.now())

    return deliver


def answers() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("body", flat=True))[1:]


def test_an_answer_is_posted_where_it_belongs_as_who_was_mailed(address, send, bob, mailoutbox):
    send(
        written(address, "Gladly! :)\n\nOn Sun, 29 Nov 2026, Parley <p@example.org> wrote:\n> Lunch?\n"),
        address,
    )
    answer = Message.objects.latest("pk")
    assert (answer.author, answer.body, answer.room.kind) == (bob, "Gladly! :)", "direct")
    assert mailoutbox == []
    # The secret is stored nowhere.
    assert replies.secret_in(address) not in str(ReplyAddress.objects.values_list())


def test_of_a_thread_it_goes_there(address, send, alice, bob, general, work, mailoutbox):
    first = say(bob, "general", "A question")
    post_message(access.membership(alice.pk, "general"), "An answer", reply_to=first.pk)
    work(24)
    (to,) = mailoutbox[-1].reply_to
    send(written(to, "Thank you"), to)
    assert Message.objects.latest("pk").thread == first


def test_no_address_where_no_mail_is_taken_in(general, alice, bob, work, mailoutbox):
    say(alice, open_direct(alice, [bob]).slug, "Lunch?")
    work(12)
    assert mailoutbox[0].reply_to == []
    assert "Answer this mail" not in mailoutbox[0].body
    assert not ReplyAddress.objects.exists()


def test_what_comes_twice_is_posted_once(address, send, mailoutbox):
    for _ in range(2):
        send(written(address), address)
    # With other headers on its way, and without an id of its own.
    send(written(address, Received="by another"), address)
    mail = written(address, "Another")
    del mail["Message-ID"]
    for _ in range(2):
        send(mail, address)
    assert answers() == ["Gladly!", "Another"]
    assert mailoutbox == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"}, {"Precedence": "List"}, {"Precedence": "junk"}, {"List_Id": "<x.example>"},
        {"X_Autoreply": "yes"}, {"Return_Path": "<>"},
    ],
)  # fmt: skip
def test_what_a_program_sends_is_dropped(address, send, mailoutbox, headers):
    send(written(address, **headers), address)
    assert answers() == []
    assert mailoutbox == []


def test_so_are_bounces_loops_and_our_own_mails(address, send, mailoutbox, settings):
    settings.SITE_URL = "https://chat.example.net"
    send(written(address), address, sender="")
    send(written(address), address, sender="<>")
    own = written(address)
    del own["Message-ID"]
    own["Message-ID"] = "<missed-1-1-1@chat.example.net>"
    send(own, address)
    looping = b"Received: by a\r\n" * 40 + written(address).as_bytes()
    send(looping, address)
    assert answers() == []
    assert mailoutbox == []


def test_said_by_a_person_it_is_no_program(address, send):
    send(written(address, Auto_Submitted="no"), address)
    assert answers() == ["Gladly!"]


def lose(how: str, bob) -> None:
    room = Room.objects.get(kind="direct")
    match how:
        case "expired":
            ReplyAddress.objects.update(expires_at=timezone.now())
        case "left":
            Membership.objects.filter(person=bob, room=room).delete()
        case "archived":
            Room.objects.update(archived_at=timezone.now())
        case "muted":
            bob.muted_until = timezone.now() + datetime.timedelta(hours=1)
            bob.save()


@pytest.mark.parametrize(
    ("how", "why"),
    [("expired", "has ended"), ("left", "not in that room any longer"), ("archived", "is archived")],
)
def test_what_cannot_be_posted_is_said_once_to_the_address_that_is_confirmed(
    address, send, bob, mailoutbox, how, why
):
    lose(how, bob)
    for _ in range(2):
        send(written(address), address)
    assert answers() == []
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert why in mail.body
    assert "Gladly!" in mail.body
    assert mail.extra_headers["Auto-Submitted"] == "auto-replied"
    assert mail.extra_headers["In-Reply-To"] == "<1@example.net>"
    assert mail.reply_to == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("> alice:\n> Lunch?\n", "nothing in your mail"),
        ("", "nothing in your mail"),
        ("x" * 10_001, "is the most"),
    ],
)
def test_nothing_and_too_much_are_said(address, send, mailoutbox, text, why):
    send(written(address, text), address)
    assert answers() == []
    assert why in mailoutbox[0].body


def test_at_most_a_few_such_mails_an_hour(address, send, bob, mailoutbox):
    lose("archived", bob)
    for number in range(10):
        mail = written(address)
        mail.replace_header("Message-ID", f"<{number}@example.net>")
        send(mail, address)
    assert len(mailoutbox) == 5


def test_who_is_gone_gets_nothing(address, send, bob, mailoutbox):
    bob.is_active = False
    bob.save()
    send(written(address), address)
    assert (answers(), mailoutbox) == ([], [])


def test_files_go_along_through_the_same_checks(address, send, mailoutbox, settings):
    settings.FILE_TYPES = ["image"]
    mail = written(address, "Look")
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="dot.png")
    mail.add_attachment(b"\x00\x01", maintype="application", subtype="x-thing", filename="thing.bin")
    send(mail, address)
    assert answers() == ["Look"]
    assert [one.name for one in Attachment.objects.filter(message__isnull=False)] == ["dot.png"]
    assert "without some of its files. thing.bin" in mailoutbox[0].body


def test_more_than_a_person_may_say_comes_later(address, send, monkeypatch):
    few = FixedWindowLimit("few", 1, 60)
    monkeypatch.setattr(messages_post, "MESSAGE_LIMIT", few)
    monkeypatch.setattr(few, "take_each", lambda people, most: [False for _ in people])
    with pytest.raises(replies.TryLater):
        send(written(address), address)
    monkeypatch.undo()
    send(written(address), address)
    assert answers() == ["Gladly!"]


def test_addresses_are_forgotten(address):
    replies.sweep_addresses(timezone.now() + replies.LIFETIME)
    assert ReplyAddress.objects.exists()
    replies.sweep_addresses(timezone.now() + replies.LIFETIME + 2 * replies.KNOWN_AFTERWARDS)
    assert not ReplyAddress.objects.exists()


# -- What is read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Yes\n-- \nBob\nACME", "Yes"),
        ("Yes\n\nSent from my iPhone", "Yes"),
        ("Ja\n\nAm So., 29. Nov. 2026 um 10:00 Uhr schrieb P <p@example.org>:\n\n> Lunch?", "Ja"),
        ("Да\n\nвс, 29 нояб. 2026 г. в 10:00, P <p@example.org>:\n\n> Lunch?", "Да"),
        (
            "Yes\n\nFrom: P <p@example.org>\nSent: Sunday, November 29, 2026 10:00\nTo: B\nSubject: s\n\nx",
            "Yes",
        ),
        ("About this:\n> Lunch?\nat one", "About this:\n> Lunch?\nat one"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("Thanks,\nBob", "Thanks,\nBob"),
        ("日本語 👋 שלום", "日本語 👋 שלום"),
    ],
)
def test_quotations_and_signatures_are_left_out(text, left):
    assert mail_reading.read_mail(written("x@example.org", text).as_bytes()).text == left


def test_a_text_that_takes_the_library_minutes_is_there_all_the_same(monkeypatch):
    monkeypatch.setattr(mail_reading, "said_by", lambda *words: {"ended": "takes too long"})
    text = "Yes\n\nOn 29.11.2026 10:00, P <p@example.org>:\n> Lunch?"
    assert mail_reading.read_mail(written("x@example.org", text).as_bytes()).text == "Yes"


def test_html_alone_and_lines_that_a_program_folded():
    mail = EmailMessage()
    mail.set_content(
        "<style>p{}</style><p>Yes &amp; <b>no</b></p><div>second<br>third</div><blockquote>x</blockquote>",
        subtype="html",
    )
    assert mail_reading.read_mail(mail.as_bytes()).text == "Yes & no\nsecond\nthird"
    folded = b"Content-Type: text/plain; format=flowed\r\n\r\nThis is one \r\nline.\r\nAnd another.\r\n"
    assert mail_reading.read_mail(folded).text == "This is one line.\nAnd another."


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff\xfe", b"Content-Type: text/plain; charset=nothing\r\n\r\nYes",
        b"Content-Type: multipart/mixed\r\n\r\nYes", b"Message-ID: <\r\n x\r\nFrom: =?x?q?=\r\n\r\nYes",
        b"Content-Transfer-Encoding: base64\r\n\r\n!", b"Content-Type: ;;\r\nAuto-Submitted: \xff\r\n\r\n",
        b"Content-Disposition: attachment; filename*=x'y'%zz\r\n\r\nx",
    ],
)  # fmt: skip
def test_what_makes_no_sense_raises_nothing(content):
    assert mail_reading.read_mail(content).key


# -- The server --------------------------------------------------------------------------


@pytest.fixture
def server(address) -> Iterator[Callable[[], smtplib.SMTP]]:
    """The server that takes answers, to be spoken with."""
    with mail_door() as door:
        yield door


@pytest.mark.django_db(transaction=True)
def test_by_smtp(server, address, bob, caplog):
    with server() as smtp:
        smtp.send_message(written(address), "anybody@example.net", [address.upper()])
    assert answers() == ["Gladly!"]
    assert Message.objects.latest("pk").author == bob
    # The secret is in no log.
    assert replies.secret_in(address) not in caplog.text.lower()


@pytest.mark.django_db(transaction=True)
def test_an_address_that_is_none_and_two_at_once(server, address):
    with server() as smtp:
        smtp.ehlo()
        smtp.mail("anybody@example.net")
        local = f"reply+{'0' * 32}@{DOMAIN}"
        for wrong in (
            local,
            f"bob@{DOMAIN}",
            address.replace(DOMAIN, "example.org"),
            "reply+x",
            f"+@{DOMAIN}",
        ):
            assert smtp.rcpt(wrong)[0] == 550, wrong
        assert smtp.rcpt(address)[0] == 250
        assert smtp.rcpt(address)[0] == 452


@pytest.mark.django_db(transaction=True)
def test_what_goes_wrong_here_is_tried_again_by_the_other_side(server, address, monkeypatch):
    monkeypatch.setattr(replies, "read_mail", lambda content: 1 / 0)
    with server() as smtp, pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(written(address), "anybody@example.net", [address])
    assert refused.value.smtp_code == 451
    assert not TakenMail.objects.exists()


def test_the_command_says_what_is_missing(settings):
    with pytest.raises(CommandError, match="MAIL_IN_DOMAIN is not set"):
        call_command("mail_in")
    settings.MAIL_IN_DOMAIN, settings.MAIL_IN_LISTEN = DOMAIN, "8026"
    with pytest.raises(CommandError, match="an address and a port"):
        call_command("mail_in")
