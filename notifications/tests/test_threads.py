"""What is answered in threads that somebody follows, told while they are away."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import gathering
from notifications.models import PendingMail
from notifications.preferences import change_preferences
from notifications.tests.test_mails import AFTER, USUAL, read, to
from rooms import access
from rooms.actions.following import read_threads, unfollow
from rooms.models import Follower, Membership
from rooms.tests.saying import say
from rooms.tests.test_reply import answer


@pytest.fixture
def thread(general, alice, bob, charlie, person):
    """What dora began, and bob has answered: an answer of alice's to him, which he has read."""
    first = say(person("dora"), "general", "Shall we?")
    answer(bob, first, "Yes")
    return first


def test_who_follows_is_told_and_nobody_else(thread, alice, work, mailoutbox):
    answer(alice, thread, "Good then")
    work(AFTER, 60)
    (mail,) = mailoutbox
    assert mail.to == ["bob@example.org"]
    assert mail.subject == "alice wrote in general"
    assert "Good then" in mail.body


def test_what_names_them_as_well_is_told_once_and_says_so(thread, alice, bob, work, mailoutbox):
    answer(alice, thread, "@bob good then")
    work(AFTER, 60)
    assert [mail.subject for mail in mailoutbox] == ["alice wrote to you in general"]
    assert mailoutbox[0].body.count("good then") == 1


@pytest.mark.parametrize(
    ("chosen", "told"),
    [({"threads": False}, 0), ({"mentions": False}, 1), ({"mentions": False, "threads": False}, 0)],
)
def test_it_is_as_each_has_chosen(thread, alice, bob, work, mailoutbox, chosen, told):
    change_preferences(bob, **USUAL | chosen)
    answer(alice, thread, "Good then")
    work(AFTER)
    assert len(mailoutbox) == told


def test_an_answer_to_oneself_is_told_either_way(thread, alice, bob, work, mailoutbox):
    for chosen in ({"threads": False}, {"mentions": False}):
        change_preferences(bob, **USUAL | chosen)
        answer(alice, thread.thread_messages.get(author=bob), "Good then")
        work(AFTER)
        read(bob)
    assert to(mailoutbox) == ["bob@example.org"] * 2


@pytest.mark.parametrize("when", ["before it is noted", "while it waits"])
@pytest.mark.parametrize("how", ["unfollow", "see", "read", "leave", "silence"])
def test_what_is_no_longer_to_be_told_is_not(thread, alice, bob, work, mailoutbox, when, how):
    answer(alice, thread, "Good then")
    if when == "while it waits":
        work(2)
        assert PendingMail.objects.exists()
    membership = access.membership(bob.pk, "general")
    match how:
        case "unfollow":
            unfollow(membership, thread)
        case "see":
            read_threads(bob)
        case "read":
            read(bob)
        case "leave":
            Membership.objects.filter(pk=membership.pk).delete()
        case "silence" if when == "before it is noted":
            Membership.objects.filter(pk=membership.pk).update(involvement="nothing")
        case _:
            read(bob)
    work(AFTER, 60)
    assert mailoutbox == []
    assert not PendingMail.objects.exists()


def test_its_queries_do_not_grow_with_who_follows(thread, alice, person, work):
    def queries() -> int:
        answer(alice, thread, "Good then")
        with CaptureQueriesContext(connection) as asked:
            gathering.gather(timezone.now() + datetime.timedelta(minutes=2))
        return len(asked)

    queries()
    few = queries()
    people = [person(f"p{number}") for number in range(20)]
    Follower.objects.bulk_create(Follower(person=one, thread=thread) for one in people)
    assert queries() == few
