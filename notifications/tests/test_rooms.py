"""`/rooms/<slug>/involvement/`: of what of one room somebody is told while they are away."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import gathering
from notifications.models import PendingMail
from notifications.preferences import change_preferences
from notifications.tests.test_mails import AFTER, USUAL, read
from rooms.actions.direct import open_direct
from rooms.actions.members import put_in, take_out
from rooms.models import Membership
from rooms.tests.saying import say

ADDRESS = "/rooms/general/involvement/"


def told(person) -> str:
    return Membership.objects.get(person=person, room__slug="general").told


@pytest.fixture
def choose(bob, client_of):
    """Let bob choose, as the form does: `choose("everything", involvement="nothing")`."""

    def post(value: str, involvement: str = "mentions", slug: str = "general"):
        form = {"involvement": involvement, "told": value}
        return client_of(bob).post(f"/rooms/{slug}/involvement/", form)

    return post


def test_it_is_kept(general, bob, choose, client_of):
    assert choose("everything").status_code == 303
    assert told(bob) == "everything"
    page = client_of(bob).get(ADDRESS).content.decode()
    assert re.search(r'name="told"\s+value="everything" checked', page)
    # What an older page does not ask stays.
    client_of(bob).post(ADDRESS, {"involvement": "nothing"})
    assert told(bob) == "everything"


def test_what_cannot_be_chosen_changes_nothing(general, bob, choose):
    assert choose("whatever").status_code == 422
    assert told(bob) == "usual"
    assert Membership.objects.get(person=bob).involvement == "everything"


@pytest.mark.parametrize(
    ("value", "involvement", "count"),
    [
        ("usual", "everything", 1), ("usual", "nothing", 0), ("nothing", "everything", 0),
        ("everything", "mentions", 3), ("everything", "nothing", 3),
    ],
)  # fmt: skip
def test_it_is_told_of_as_was_chosen(
    general, alice, bob, charlie, work, mailoutbox, choose, value, involvement, count
):
    choose(value, involvement)
    for text in ("one", "@bob two", "three"):
        say(alice, "general", text)
    say(bob, "general", "my own")
    read_to_the_first(bob)
    work(AFTER, 60)
    assert [mail.body.count("alice, ") for mail in mailoutbox] == ([count] if count else [])
    if count == 3:
        assert mailoutbox[0].subject == "alice wrote in general"


def read_to_the_first(person) -> None:
    """Let all be unread again: who writes has read."""
    Membership.objects.filter(person=person).update(read=0)


def test_a_direct_conversation_is_told_of_though_none_is_as_usual(
    general, alice, bob, work, mailoutbox, choose
):
    slug = open_direct(alice, [bob]).slug
    change_preferences(bob, **USUAL | {"direct": False})
    say(alice, slug, "one")
    work(AFTER)
    assert mailoutbox == []
    choose("everything", "everything", slug)
    say(alice, slug, "two")
    work(2 * AFTER)
    (mail,) = mailoutbox
    assert "two" in mail.body


@pytest.mark.parametrize("value", ["nothing", "usual"])
def test_what_is_chosen_otherwise_while_it_waits_holds(general, alice, bob, work, mailoutbox, choose, value):
    choose("everything")
    say(alice, "general", "one")
    work(2)
    assert PendingMail.objects.exists()
    choose(value)
    work(AFTER)
    assert mailoutbox == []
    assert not PendingMail.objects.exists()


def test_what_was_read_is_not_told(general, alice, bob, work, mailoutbox, choose):
    choose("everything")
    say(alice, "general", "one")
    work(2)
    read(bob)
    work(AFTER)
    assert mailoutbox == []


def test_who_returns_is_told_as_before(general, bob, choose):
    choose("everything")
    take_out(Membership.objects.get(person=bob))
    put_in(general, [bob])
    assert told(bob) == "everything"


def test_its_queries_do_not_grow_with_who_is_told(general, alice, person, work):
    def queries() -> int:
        say(alice, "general", "one")
        with CaptureQueriesContext(connection) as asked:
            gathering.gather(timezone.now() + datetime.timedelta(minutes=2))
        return len(asked)

    queries()
    few = queries()
    for number in range(20):
        Membership.objects.update_or_create(
            room=general, person=person(f"p{number}"), defaults={"told": "everything"}
        )
    assert queries() == few
