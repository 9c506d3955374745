"""Who is mailed of what was said, and when: each thing once, or not at all where it was read before."""

import datetime
from email import message_from_bytes

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block
from live.limits import FixedWindowLimit
from notifications import gathering, mails, preferences, sending
from notifications.models import Gathered, PendingMail
from rooms.actions.direct import open_direct
from rooms.actions.messages_delete import remove_message
from rooms.models import Membership, Message
from rooms.tests.saying import closed_room, say

AFTER = 12
USUAL = {
    "after_minutes": 10, "direct": True, "mentions": True, "threads": True, "quiet_from": None,
    "quiet_until": None,
}  # fmt: skip


def to(sent) -> list[str]:
    return sorted(address for mail in sent for address in mail.to)


def read(person, slug: str = "general") -> None:
    """Read all that there is in a room."""
    membership = Membership.objects.get(person=person, room__slug=slug)
    Membership.objects.filter(pk=membership.pk).update(read=membership.room.posts)


@pytest.fixture
def talk(alice, bob):
    """The slug of what alice and bob say to each other."""
    return open_direct(alice, [bob]).slug


def test_a_direct_message_is_mailed_once(general, alice, bob, talk, work, mailoutbox):
    say(alice, talk, "Lunch at **one**?")
    work(2, 9)
    assert mailoutbox == []
    work(AFTER, 13, 60, 600)
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert mail.subject == "alice wrote to you"
    assert "Lunch at one?" in mail.body
    assert f"http://localhost:8000/rooms/{talk}/" in mail.body
    assert not PendingMail.objects.exists()


def test_what_names_answers_or_calls_is_mailed_and_nothing_else(
    general, alice, bob, charlie, work, mailoutbox
):
    say(alice, "general", "Good morning")
    say(alice, "general", "@bob look")
    work(AFTER)
    assert to(mailoutbox) == ["bob@example.org"]
    assert mailoutbox[0].subject == "alice wrote to you in general"
    assert "Good morning" not in mailoutbox[0].body
    mailoutbox.clear()
    say(alice, "general", "@room all of you")
    work(2 * AFTER)
    assert to(mailoutbox) == ["bob@example.org", "charlie@example.org"]


def test_a_conversation_is_gathered_in_one_mail(general, alice, bob, talk, work, mailoutbox):
    for number in range(13):
        say(alice, talk, f"number {number}.")
    work(AFTER, 60)
    (mail,) = mailoutbox
    assert "number 12." in mail.body
    assert "number 2." not in mail.body
    assert "3 more before these." in mail.body
    html = mail.alternatives[0].content
    assert html.count('class="line"') == 10


def test_what_is_said_while_a_mail_waits_goes_with_it_and_what_comes_later_is_another(
    general, alice, bob, talk, work, mailoutbox
):
    say(alice, talk, "one")
    work(2)
    say(alice, talk, "two")
    work(5, AFTER)
    say(alice, talk, "three")
    work(AFTER + 2, 2 * AFTER)
    first, second = mailoutbox
    assert "one" in first.body
    assert "two" in first.body
    assert "three" in second.body
    assert "two" not in second.body
    # One conversation to a mail program, and two mails of it.
    assert first.extra_headers["References"] == second.extra_headers["References"]
    assert first.extra_headers["Message-ID"] != second.extra_headers["Message-ID"]


@pytest.mark.parametrize("when", ["before it is noted", "while it waits"])
def test_what_was_read_meanwhile_is_not_mailed(general, alice, bob, talk, work, mailoutbox, when):
    say(alice, talk, "seen")
    if when == "while it waits":
        work(2)
        assert PendingMail.objects.exists()
    read(bob, talk)
    work(AFTER)
    assert mailoutbox == []
    assert not PendingMail.objects.exists()


def test_what_was_changed_meanwhile_is_mailed_as_it_is_and_what_is_gone_is_not(
    general, alice, bob, talk, work, mailoutbox
):
    slip, kept = say(alice, talk, "a slip"), say(alice, talk, "wrnog")
    work(2)
    Message.objects.filter(pk=kept.pk).update(body="right", html="<p>right</p>")
    remove_message(slip)
    work(AFTER)
    (mail,) = mailoutbox
    assert "right" in mail.body
    assert "wrnog" not in mail.body
    assert "slip" not in mail.body


def test_who_is_not_told(general, alice, bob, charlie, person, work, mailoutbox):
    dora = person("dora")  # has no address that is confirmed
    say(bob, "general", "@bob, @charlie and @dora")
    Membership.objects.filter(person=charlie).update(involvement=Membership.Involvement.NOTHING)
    work(AFTER)
    # Oneself, who wants nothing of the room, and whom no mail reaches.
    assert mailoutbox == []
    assert dora.is_active


def test_who_left_or_blocks_is_not_told(general, alice, bob, charlie, work, mailoutbox):
    Block.objects.create(person=charlie, blocked=alice)
    charlie.has_blocked = True
    charlie.save()
    say(alice, "general", "@bob and @charlie")
    work(2)
    Membership.objects.filter(person=bob).delete()
    work(AFTER)
    assert mailoutbox == []


def test_nobody_is_told_of_a_room_they_are_not_in(general, alice, bob, work, mailoutbox):
    say(alice, closed_room(alice).slug, "@bob must not know")
    work(AFTER)
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"after_minutes": None}, []),
        ({"direct": False}, ["room"]),
        ({"mentions": False}, ["direct"]),
        ({"after_minutes": 60}, []),
        ({"after_minutes": 2}, ["direct", "room"]),
    ],
)
def test_it_is_as_each_has_chosen(general, alice, bob, talk, work, mailoutbox, chosen, told):
    preferences.change_preferences(bob, **USUAL | chosen)
    say(alice, talk, "hello")
    say(alice, "general", "@bob")
    work(4)
    early = len(mailoutbox)
    work(AFTER)
    assert sorted("room" if " in general" in mail.subject else "direct" for mail in mailoutbox) == told
    assert early == (len(told) if chosen.get("after_minutes") == 2 else 0)


def test_what_is_wanted_no_longer_while_it_waits_is_not_mailed(general, alice, bob, talk, work, mailoutbox):
    say(alice, talk, "hello")
    work(2)
    preferences.stop_mails(bob)
    work(AFTER)
    assert mailoutbox == []
    assert not PendingMail.objects.exists()


def test_quiet_hours_put_it_off(general, alice, bob, talk, work, mailoutbox):
    now = timezone.localtime(timezone.now() + datetime.timedelta(minutes=AFTER))
    begin, end = ((now + datetime.timedelta(hours=hours)).time() for hours in (-1, 2))
    preferences.change_preferences(bob, **USUAL | {"quiet_from": begin, "quiet_until": end})
    say(alice, talk, "hello")
    work(AFTER, 60)
    assert mailoutbox == []
    work(AFTER + 121)
    assert len(mailoutbox) == 1


def test_quiet_days_put_it_off_in_their_zone(general, alice, bob, talk, work, mailoutbox):
    bob.time_zone = "Pacific/Kiritimati"
    bob.save()
    there = timezone.now().astimezone(bob.zone)
    days = {(there + datetime.timedelta(days=n)).isoweekday() for n in (0, 1)}
    preferences.change_preferences(bob, **USUAL | {"quiet_days": "".join(map(str, sorted(days)))})
    say(alice, talk, "hello")
    work(AFTER, 60)
    assert mailoutbox == []
    work(2 * 24 * 60)
    assert len(mailoutbox) == 1


def test_more_than_so_many_an_hour_wait(general, alice, bob, work, mailoutbox, monkeypatch):
    monkeypatch.setattr(sending, "MAIL_LIMIT", FixedWindowLimit("few", 1, 3600))
    say(alice, "general", "@bob")
    say(alice, open_direct(alice, [bob]).slug, "hello")
    work(AFTER)
    assert len(mailoutbox) == 1
    assert PendingMail.objects.count() == 1


def test_what_is_young_is_not_looked_at_nor_what_follows_it(general, alice, bob, talk, work, mailoutbox):
    early, late = say(alice, talk, "early"), say(alice, talk, "late")
    # Two processes, whose clocks are not the same.
    Message.objects.filter(pk=late.pk).update(posted_at=early.posted_at - datetime.timedelta(minutes=2))
    gathering.gather(timezone.now() + datetime.timedelta(seconds=10))
    assert not PendingMail.objects.exists()
    work(AFTER)
    assert "early" in mailoutbox[0].body


def test_what_is_older_than_a_day_is_not_told(general, alice, bob, talk, work, mailoutbox):
    say(alice, talk, "long ago")
    work(24 * 60 + 30)
    assert mailoutbox == []
    assert Gathered.objects.count() == 1


def test_two_workers_send_it_once(general, alice, bob, talk, work, mailoutbox):
    say(alice, talk, "hello")
    work(2)
    (pending,) = PendingMail.objects.all()
    later = timezone.now() + datetime.timedelta(minutes=AFTER)
    assert sending._taken(pending.pk, later)
    assert sending._taken(pending.pk, later) is None
    work(AFTER)
    assert mailoutbox == []
    # Who had taken it ended: it comes up again.
    work(AFTER + 6)
    assert len(mailoutbox) == 1


def test_what_comes_while_it_is_sent_is_another_mail(
    general, alice, bob, talk, work, mailoutbox, monkeypatch
):
    say(alice, talk, "one")
    work(2)
    compose = mails.compose

    def slow(*words):
        say(alice, talk, "two")
        gathering.gather(timezone.now() + datetime.timedelta(minutes=AFTER))
        return compose(*words)

    monkeypatch.setattr(mails, "compose", slow)
    work(AFTER)
    monkeypatch.undo()
    work(2 * AFTER + 1)
    first, second = mailoutbox
    assert "two" not in first.body
    assert "two" in second.body
    assert "one" not in second.body


def test_what_people_write_is_text_in_it(general, alice, bob, talk, work, mailoutbox):
    alice.display_name = "Ann <b>"
    alice.save()
    say(alice, talk, "<script>alert(1)</script> & שלום\n\nmore " + "x" * 2000)
    work(AFTER)
    (mail,) = mailoutbox
    html = mail.alternatives[0].content
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; שלום" in html
    assert mail.subject == "Ann <b> wrote to you"
    assert "<script>alert(1)</script> & שלום" in mail.body
    assert "x" * 700 not in mail.body
    assert message_from_bytes(mail.message().as_bytes())["Auto-Submitted"] == "auto-generated"


def test_times_are_the_readers(general, alice, bob, talk, work, mailoutbox):
    bob.time_zone = "Pacific/Kiritimati"
    bob.save()
    said = say(alice, talk, "hello")
    work(AFTER)
    there = said.posted_at.astimezone(bob.zone)
    assert f"{there:%-d %B, %H:%M}" in mailoutbox[0].body


def test_its_queries_do_not_grow_with_who_is_told(general, alice, bob, person, work, mailoutbox):
    def queries() -> int:
        say(alice, "general", "@room")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            gathering.gather(timezone.now() + datetime.timedelta(minutes=2))
        return len(asked)

    queries()
    few = queries()
    for number in range(20):
        Membership.objects.get_or_create(room=general, person=person(f"p{number}"))
    assert queries() == few
