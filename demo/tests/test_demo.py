"""`manage.py demo`."""

import datetime
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Invitation, Person
from demo import conversation, showcase
from demo.management.commands import demo
from rooms.models import Membership, Mention, Message, Reaction, Report, Room, Vote

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 20, 14, 30, tzinfo=datetime.UTC)


def run(**options) -> str:
    """Run the command; what it prints."""
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def test_the_three_can_sign_in(client):
    run(messages=0)

    assert {person.username: person.is_superuser for person in Person.objects.all()} == {
        "alice": True, "bob": False, "charlie": False,
    }  # fmt: skip
    assert all(client.login(username=name, password="parley-demo") for name in conversation.PEOPLE)


def test_rooms_have_topics_and_members():
    run(messages=0)

    assert {"general", "engineering", "design", "lunch", "random"} <= set(
        Room.objects.values_list("slug", flat=True)
    )
    assert not Room.objects.filter(topic="").exists()
    assert Membership.objects.filter(room__slug="general").count() == 3
    assert not Membership.objects.filter(room__slug="reading", person__username="alice").exists()


def test_revisions_are_those_of_posting():
    demo.fill(2000, 0, 0, timezone.localtime())

    for room in Room.objects.all():
        revisions = list(room.messages.order_by("pk").values_list("first_revision", "revision"))
        assert revisions == [(n, n) for n in range(1, room.revision + 1)]


def test_one_can_post_afterwards(client):
    run(messages=50)
    client.login(username="bob", password="parley-demo")

    assert client.post("/rooms/general/", {"body": "Hello"}).status_code == 303
    room = Room.objects.get(slug="general")
    assert room.messages.get(body="Hello").revision == room.revision


@pytest.mark.parametrize("messages", [0, 1, 2, 7, 99, 5000])
def test_says_as_much_as_asked(messages):
    assert len(conversation.compose(messages, NOW)) == messages


def test_says_the_same_each_time():
    assert conversation.compose(300, NOW) == conversation.compose(300, NOW)


@pytest.mark.parametrize("now", [NOW, NOW + datetime.timedelta(days=2), NOW.replace(hour=3)])
def test_nothing_is_said_in_the_future_or_at_once_in_a_room(now):
    said = conversation.compose(2000, now)

    assert said[-1].at < now
    for name in {one.room for one in said}:
        times = [one.at for one in said if one.room == name]
        assert all(earlier < later for earlier, later in pairwise(times))


def test_every_choice_is_made():
    texts = [one.text for one in conversation.compose(5000, NOW)]

    assert all(texts)
    assert not [text for text in texts if "{" in text or "}" in text or text != text.rstrip()]


def test_has_what_a_page_must_bear():
    texts = [one.text for one in conversation.compose(2000, NOW)]

    assert any("\u0627" in text for text in texts), "right to left"
    assert any(len(word) > 60 for text in texts for word in text.split()), "a long word"
    assert any("\n    " in text for text in texts), "code"
    assert any("https://example.org/" in text for text in texts), "a link"
    assert any("<script>" in text for text in texts), "markup"


def test_makes_a_large_site():
    run(messages=10, rooms=30, members=20)

    assert (Room.objects.count(), Person.objects.count()) == (30, 20)
    assert Membership.objects.filter(room__slug="general").count() == 20
    assert Membership.objects.filter(person__username="alice").count() == 29


def test_refuses_a_site_with_people(alice):
    with pytest.raises(CommandError, match="There are people on this site already"):
        run()

    assert (Person.objects.count(), Message.objects.count()) == (1, 0)


def test_all_or_nothing(monkeypatch):
    def fail(*args):
        raise InterruptedError

    monkeypatch.setattr(demo, "write_messages", fail)

    with pytest.raises(InterruptedError):
        run()

    assert not Person.objects.exists()
    assert not Room.objects.exists()


def test_people_say_something_of_themselves(client_of):
    run(messages=10)
    html = client_of(Person.objects.get(username="alice")).get("/people/bob/").content.decode()
    assert "Keeps the shelves" in html
    assert "Counting the stock" in html


def test_shows_one_of_everything(client_of):
    run(messages=300)

    kinds = set(Room.objects.values_list("kind", flat=True))
    assert kinds == {"open", "closed", "direct"}
    assert sorted(room.memberships.count() for room in Room.objects.filter(kind="direct")) == [1, 2, 3]
    for model in (Mention, Reaction, Report, Invitation):
        assert model.objects.exists(), model
    assert Message.objects.filter(pinned_at__isnull=False).count() == 1
    assert [vote.choice for vote in Vote.objects.order_by("pk")] == [choice for _, choice in showcase.VOTES]
    assert Message.objects.filter(thread=None, replies=3).exists()
    alice = Person.objects.get(username="alice")
    client = client_of(alice)
    page = client.get("/rooms/engineering/").content.decode()
    assert "<pre" in page
    assert client.get(alice.picture).status_code == 200
    # Something waits for who signs in first.
    assert "is-mention" in page
    assert len(showcase.FACES) < len(conversation.PEOPLE), "one with initials"


def test_few_messages_show_nothing_else():
    run(messages=showcase.SHOWN_FROM - 1)

    assert set(Room.objects.values_list("kind", flat=True)) == {"open"}
    assert Message.objects.count() == showcase.SHOWN_FROM - 1
