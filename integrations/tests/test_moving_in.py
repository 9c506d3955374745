"""What is moved in stands as if it had been said here, and is news to nobody."""

import datetime

import pytest
from allauth.account.models import EmailAddress

from accounts.models import Person
from integrations.moving.report import Report
from integrations.moving.slack import SlackArchive
from integrations.moving.writer import move_in
from integrations.tests.archives import BEGIN, moved, said, slack
from rooms.actions.members import put_in
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import post_message
from rooms.actions.rooms import create_room
from rooms.models import Follower, Membership, Mention, Message, Room
from rooms.search import parse_query, search_messages
from rooms.tests.saying import say

# What stands in a row of a message, besides ids and times of now.
STANDS = (
    "number",
    "body",
    "html",
    "words",
    "is_action",
    "calls",
    "replies",
    "links",
    "starts_group",
    "notice",
)


@pytest.fixture
def alice(alice) -> Person:
    """Has confirmed her address."""
    EmailAddress.objects.create(user=alice, email="alice@example.org", verified=True, primary=True)
    return alice


def garden() -> Room:
    return Room.objects.get(name="garden")


def test_it_is_as_if_said_here(alice, tmp_path):
    asked = f"{BEGIN:.6f}"
    report = moved(SlackArchive(slack(tmp_path, [
        said(0, "U1", "Who *waters* the roses, <@U2>?"),
        said(60, "U2", "I do", thread_ts=asked),
        said(61, "U2", "see <https://example.org|the plan> &amp; <!channel>"),
        said(4000, "U3", "Thanks <@U1>", thread_ts=asked),
        said(4001, "U3", "waves", subtype="me_message"),
    ])))  # fmt: skip

    bob, cid = (Person.objects.get(username=f"{name}-slack") for name in ("bob", "cid"))
    here = create_room(alice, "here")
    for one in (bob, cid):
        one.is_active = True
        one.save()
    put_in(here, [bob, cid])
    places = {one.person_id: one for one in Membership.objects.filter(room=here)}
    first = post_message(places[alice.pk], "Who **waters** the roses, @bob-slack?")
    post_message(places[bob.pk], "I do", reply_to=first.pk)
    post_message(places[bob.pk], "see [the plan](https://example.org) & @room")
    Message.objects.filter(room=here).update(posted_at=datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC))
    post_message(places[cid.pk], "Thanks @alice", reply_to=first.pk)
    post_message(places[cid.pk], "/me waves")

    def told_of(room):
        said = Message.objects.filter(room=room).order_by("pk")
        meant = Mention.objects.filter(message__room=room).order_by("pk")
        follow = Follower.objects.filter(thread__room=room)
        return (
            list(said.values_list(*STANDS)),
            list(meant.values_list("message__number", "person", "why")),
            set(follow.values_list("person", "follows")),
        )

    assert told_of(garden()) == told_of(here)
    assert [one.revision for one in Message.objects.filter(room=garden()).order_by("pk")] == [4, 2, 3, 4, 5]
    assert (garden().revision, garden().posts, garden().called) == (5, 5, 3)
    assert Message.objects.get(room=garden(), number=1).posted_at.timestamp() == BEGIN
    assert garden().active_at.timestamp() == BEGIN + 4001
    assert +report.came == {"messages": 5, "rooms": 1, "matched": 1, "placeholders": 2}
    assert not report.values()["found"]


def test_it_is_read_found_and_open_to_its_members(alice, client_of, tmp_path):
    moved(SlackArchive(slack(tmp_path, [said(0, "U2", "Roses for <@U1>"), said(9, "U2", "<!channel> now")])))

    page = client_of(alice).get("/rooms/garden/").content.decode()
    assert "Roses for" in page
    place = Membership.objects.get(room=garden(), person=alice)
    assert (place.read, place.mentioned, place.role) == (2, 1, "moderator")
    assert [
        one.number for one in search_messages(alice, parse_query("roses before:2024-03-02")).messages
    ] == [1]


def test_what_was_said_here_before_it_came_is_found_first(alice, tmp_path):
    say(alice, "general", "Roses here")
    moved(SlackArchive(slack(tmp_path, [said(0, "U2", "Roses there"), said(9, "U2", "More roses there")])))
    found = [one.body for one in search_messages(alice, parse_query("roses")).messages]
    assert found == ["Roses here", "More roses there", "Roses there"]


def test_once_more_adds_nothing(alice, tmp_path):
    path = slack(tmp_path, [said(0, "U2", "Roses"), said(1, "U9", "Unlisted")])
    moved(SlackArchive(path))
    before = Message.objects.count(), Person.objects.count(), Room.objects.count(), Membership.objects.count()

    report = moved(SlackArchive(path))
    after = Message.objects.count(), Person.objects.count(), Room.objects.count(), Membership.objects.count()
    assert after == before
    assert (report.came["known"], report.came["messages"]) == (2, 0)


def test_more_of_the_same_place_is_put_behind_it_and_is_new_to_nobody(alice, tmp_path):
    moved(SlackArchive(slack(tmp_path, [said(0, "U2", "Roses")])))
    place = Membership.objects.get(room=garden(), person=alice)
    bob = Person.objects.get(username="bob-slack")
    Person.objects.filter(pk=bob.pk).update(is_active=True)
    post_message(Membership.objects.get(room=garden(), person=bob), "Unread by Alice")

    moved(SlackArchive(slack(tmp_path, [said(0, "U2", "Roses"), said(99, "U2", "Tulips")])))
    place.refresh_from_db()
    assert (garden().posts, place.read) == (3, 2)


def test_a_room_with_a_name_that_is_taken_is_told_apart(alice, tmp_path):
    create_room(alice, "garden")
    report = moved(SlackArchive(slack(tmp_path, [said(0, "U2", "Roses")])))
    there = Message.objects.get(body="Roses").room
    assert (there.name, there.slug) == ("garden (slack)", "garden-slack")
    assert report.found["named apart"]["count"] == 1


def test_it_goes_on_where_it_was_killed(alice, tmp_path):
    path = slack(tmp_path, [said(number, "U2", f"Rose {number}") for number in range(1000)])
    beats = []

    def beat() -> None:
        beats.append(1)
        if len(beats) > 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move_in(SlackArchive(path), Report(), beat)
    came = Message.objects.count()
    assert 0 < came < 1000

    report = moved(SlackArchive(path))
    assert Message.objects.filter(room=garden()).count() == 1000 == garden().posts
    assert report.came["messages"] == 1000 - came
    numbers = list(Message.objects.filter(room=garden()).order_by("pk").values_list("number", "body"))
    assert numbers == [(number + 1, f"Rose {number}") for number in range(1000)]


def test_a_message_that_was_edited_says_so(alice, tmp_path):
    moved(
        SlackArchive(slack(tmp_path, [said(0, "U1", "Rose", edited={"user": "U1", "ts": f"{BEGIN + 5}.0"})]))
    )
    message = Message.objects.get(body="Rose")
    assert message.edited_at
    assert message.edited_at.timestamp() == BEGIN + 5
    edit_message(Membership.objects.get(room=garden(), person=alice), message, "Tulip", edit_state(message))


def test_nobody_signs_in_as_a_placeholder(tmp_path, alice, client):
    moved(SlackArchive(slack(tmp_path, [said(0, "U2", "Roses")])))
    bob = Person.objects.get(username="bob-slack")
    assert (bob.is_active, bob.has_usable_password(), bob.imported_from) == (False, False, "slack")
    client.post(
        "/accounts/signup/", {"username": "bob", "password1": "a-long-pass-word", "email": "b@example.org"}
    )
    assert Person.objects.filter(username="bob").exists()
