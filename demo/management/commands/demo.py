"""A site to look at: three people, a few rooms, and what they have said in them."""

import datetime
from argparse import ArgumentParser
from collections import defaultdict
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.audit import What, record
from accounts.models import Community, Invitation, Person
from demo import conversation, showcase
from rooms.actions.members import put_in
from rooms.actions.rooms import create_room
from rooms.markup import render_markup
from rooms.models import Membership, Message, Report, Room

PASSWORD = "parley-demo"  # noqa: S105  (meant to be known)
COMMUNITY = "Parley demo"
ADMINISTRATOR = "alice"

# What two of the three say of themselves.
PROFILES: dict[str, dict[str, str]] = {
    "bob": {
        "title": "Keeps the shelves", "pronouns": "he/him", "about": "Ask me where the drill is.",
        "status_emoji": "☕", "status_text": "Counting the stock",
    },
    "charlie": {"title": "Counter and telephone", "status_emoji": "✈", "status_text": "Back on Monday"},
}  # fmt: skip


class Command(BaseCommand):
    """Fill an empty site."""

    help = "Fill an empty site with alice, bob and charlie, a few rooms and a conversation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to change for a larger site."""
        parser.add_argument(
            "--messages", type=int, default=2000, help="How many messages in all (default 2000)."
        )
        parser.add_argument(
            "--rooms", type=int, default=0, help="At least so many rooms, numbered and empty."
        )
        parser.add_argument(
            "--members", type=int, default=0, help="At least so many people, numbered and silent."
        )

        parser.add_argument(
            "--if-empty", action="store_true", help="Leave a site that is in use as it is, without a word."
        )

    def handle(
        self, *, messages: int, rooms: int, members: int, if_empty: bool = False, **options: Any
    ) -> None:
        """Refuse on a site that is in use, else fill it in one go."""
        if is_in_use():
            if if_empty:
                return
            raise CommandError("There are people on this site already; the demo fills an empty one.")
        now = timezone.localtime(timezone=timezone.get_default_timezone())
        with transaction.atomic():
            if messages < showcase.SHOWN_FROM:
                fill(max(messages, 0), rooms, members, now)
            else:
                showcase.show(fill(messages - showcase.LINES, rooms, members, now))
        self.stdout.write(
            f"Filled: {Person.objects.count():,} people, {Room.objects.count():,} rooms,"
            f" {Message.objects.count():,} messages.\n"
            f"Sign in as alice (the administrator), bob or charlie with the password {PASSWORD}"
        )


def is_in_use() -> bool:
    """Whether somebody has an account here, or there is a room."""
    try:
        return Person.objects.exists() or Room.objects.exists()
    except DatabaseError:
        raise CommandError("The database is not prepared yet. Type: python manage.py migrate") from None


def fill(messages: int, rooms: int, members: int, now: datetime.datetime) -> dict[str, Person]:
    """People, rooms and what they said, inside a transaction; the three, by username."""
    Community.objects.update_or_create(pk=1, defaults={"name": COMMUNITY})
    people = create_people()
    said = conversation.compose(messages, now)
    places = create_rooms(people)
    write_messages(said, people, places)
    add_people(members - len(people))
    add_rooms(rooms - len(places), people)
    keep_order(people)
    backdate((said[0].at if said else now) - datetime.timedelta(days=1))
    return people


def create_people() -> dict[str, Person]:
    """The three, by username. The first one founds `general`."""
    people = {}
    for name in conversation.PEOPLE:
        create = Person.objects.create_superuser if name == ADMINISTRATOR else Person.objects.create_user
        profile = PROFILES.get(name, {})
        people[name] = create(name, password=PASSWORD, display_name=name.capitalize(), **profile)
    return people


def create_rooms(people: dict[str, Person]) -> dict[str, Room]:
    """The rooms of the script, by name, with their members."""
    script, _ = conversation.read_script(conversation.SCRIPT.read_text(encoding="utf-8"))
    places = {room.name: room for room in Room.objects.all()}
    for room in script:
        first, *others = [people[name] for name in room.members]
        if room.name not in places:
            places[room.name] = create_room(first, room.name, room.topic)
            put_in(places[room.name], others)
    return places


def write_messages(
    said: list[conversation.ComposedMessage], people: dict[str, Person], places: dict[str, Room]
) -> None:
    """All that was said, each message with the revision that posting it would have taken."""
    revisions: dict[str, int] = defaultdict(int)
    newest: dict[str, Message] = {}
    messages = []
    named = {username.lower(): person.pk for username, person in people.items()}
    for one in said:
        revisions[one.room] += 1
        rendered = render_markup(one.text, named)
        message = Message(
            room=places[one.room], author=people[one.who], body=one.text, posted_at=one.at,
            html=rendered.html, calls=rendered.calls, links=len(rendered.links), number=revisions[one.room],
            first_revision=revisions[one.room], revision=revisions[one.room],
        )  # fmt: skip
        message.stand_after(newest.get(one.room))
        newest[one.room] = message
        messages.append(message)
    Message.objects.bulk_create(messages, batch_size=500)
    for name, revision in revisions.items():
        places[name].revision = places[name].posts = revision
    Room.objects.bulk_update(places.values(), ["revision", "posts"])


def add_people(count: int) -> None:
    """Numbered accounts beside the three, in the rooms for everyone."""
    password = make_password(PASSWORD)
    people = Person.objects.bulk_create(
        Person(username=f"member-{number}", password=password) for number in range(1, count + 1)
    )
    Membership.objects.bulk_create(
        Membership(room=room, person=person)
        for room in Room.objects.filter(for_everyone=True)
        for person in people
    )


def add_rooms(count: int, people: dict[str, Person]) -> None:
    """Numbered rooms beside those of the conversation, with the three in them."""
    rooms = Room.objects.bulk_create(
        Room(name=f"room {number}", slug=f"room-{number}", created_by=people[ADMINISTRATOR])
        for number in range(1, count + 1)
    )
    Membership.objects.bulk_create(
        Membership(room=room, person=person) for room in rooms for person in people.values()
    )


def keep_order(people: dict[str, Person]) -> None:
    """Something of each for the administration: a report, an invitation, an entry in the audit."""
    administrator, author, reporter = people.values()
    message = Message.objects.filter(author=author).order_by("pk").first()
    if message is None:
        return
    Report.objects.create(
        message=message, reporter=reporter, words="Was this meant for here?", body=message.body
    )
    Invitation.objects.create(email="dora@example.org", invited_by=administrator)
    record(administrator, What.INVITE, name="dora@example.org", details="as a member")


def backdate(began: datetime.datetime) -> None:
    """Let nobody have spoken before they were there, and everybody have read it."""
    Person.objects.update(date_joined=began)
    Room.objects.update(created_at=began)
    posts = Room.objects.filter(pk=OuterRef("room_id")).values("posts")
    Membership.objects.update(joined_at=began, read=Subquery(posts))
