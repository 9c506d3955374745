"""Fills an empty Parley: people who are signed in, rooms, a history. Run with its environment.

    python -m bench.furnish FOLDER [--people 3000] [--rooms 30] [--members 3000] [--messages 1000] [--rich 0]
        [--direct 0]

Writes into FOLDER `cookies` and `tokens`, a line for each person, `hook`, a key, and `fragment.html`, the
frame in which a message reaches a page, with {body} and {number} in their places.
"""

import argparse
import datetime
import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402

from accounts.models import Community, Person  # noqa: E402
from bench.house import CSRF, EMPTY  # noqa: E402
from hypermedia.fragments import seen_input  # noqa: E402
from hypermedia.locales import fill, site_locale  # noqa: E402
from integrations.actions.hooks import make_hook  # noqa: E402
from integrations.models import Hook, Token  # noqa: E402
from integrations.models.token import PREFIX, digest_of  # noqa: E402
from rooms.actions.messages_post import post_message  # noqa: E402
from rooms.actions.reactions import toggle_reaction  # noqa: E402
from rooms.models import Membership, Message, Preview, Room  # noqa: E402
from rooms.models.direct import people_key  # noqa: E402
from rooms.render import room_page  # noqa: E402

# Who asks for pages: as many as the generator has connections.
READERS = 16
# The size of the small rooms.
FEW = 10
# As long as most messages are.
TEXT = "The deploy is done, but I still see timeouts on staging; can someone look at last night's logs?"
# What every tenth message says, in a script without spaces.
UNSPACED = "病院の予約は昨日から機能していないので、今日中に誰か見てください。"
RICH = (
    "The notes are at https://example.org/notes",
    "I had **both** open, and `journalctl` says nothing:\n\n- staging is fine\n- the other is not",
    TEXT,
    "It was this:\n\n```python\nfor host in hosts:\n    restart(host)\n```",
    "Thanks! :tada:",
)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def main() -> None:
    """Everything; the people and what they said in one transaction."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    for name, most in (
        ("people", 3000),
        ("rooms", 30),
        ("members", 3000),
        ("messages", 1000),
        ("rich", 0),
        ("direct", 0),
    ):
        parser.add_argument(f"--{name}", type=int, default=most)
    wanted = parser.parse_args()
    prepare(wanted.folder)
    with transaction.atomic():
        Community.objects.update_or_create(pk=1, defaults={"name": "Bench"})
        people = add_people(max(wanted.people, wanted.members))
        everyone = add_rooms(people[: wanted.people], people[: wanted.members], wanted.rooms)
        add_conversations(people[:READERS], people[READERS:], wanted.direct)
        frame = fragment(people[0])
        if wanted.messages:
            add_history(everyone, people[:20], wanted.messages)
        cookies = sign_in(people[: wanted.people])
    if wanted.rich:
        add_rich_room(people[:READERS], wanted.rich)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    (wanted.folder / "cookies").write_text("\n".join(cookies) + "\n")
    (wanted.folder / "tokens").write_text("\n".join(give_tokens(people[: wanted.people])) + "\n")
    (wanted.folder / "hook").write_text(give_hook(everyone, people[0]))
    (wanted.folder / "fragment.html").write_text(frame)


def prepare(folder: Path) -> None:
    """The static files and the tables, where they are not there already."""
    if not (folder / "static").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    if not connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(folder / EMPTY)])


def add_people(count: int) -> list[Person]:
    """Numbered accounts with names as long as names are."""
    password = make_password(None)
    Person.objects.bulk_create(
        Person(username=f"person-{number:05}", display_name=f"Person {number:05}", password=password)
        for number in range(count)
    )
    return list(Person.objects.order_by("pk"))


def add_rooms(people: list[Person], members: list[Person], rooms: int) -> Room:
    """One room with all the members, one for each ten people, and those at the side of the readers."""
    everyone = Room.objects.create(name="Everyone", slug="everyone")
    count = len(people) // FEW
    few = Room.objects.bulk_create(Room(name=f"Ten {n}", slug=f"ten-{n}") for n in range(count))
    side = Room.objects.bulk_create(Room(name=f"Side {n}", slug=f"side-{n}") for n in range(rooms - 2))
    places = [Membership(room=everyone, person=person) for person in members]
    places += [
        Membership(room=few[n // FEW], person=person) for n, person in enumerate(people[: count * FEW])
    ]
    places += [Membership(room=room, person=person) for room in side for person in people[:READERS]]
    Membership.objects.bulk_create(places, batch_size=5000)
    return everyone


def add_conversations(readers: list[Person], others: list[Person], count: int) -> None:
    """So many direct conversations of each of the readers, in each of which something was said."""
    pairs = [(reader, others[n % len(others)]) for reader in readers for n in range(count)]
    rooms = Room.objects.bulk_create(
        (
            Room(
                kind=Room.Kind.DIRECT, slug=f"direct-{n}", people_key=people_key((one.pk, other.pk)), posts=1
            )
            for n, (one, other) in enumerate(pairs)
        ),
        batch_size=5000,
    )
    places = [
        Membership(room=room, person=one) for room, pair in zip(rooms, pairs, strict=True) for one in pair
    ]
    Membership.objects.bulk_create(places, batch_size=5000)


def add_history(room: Room, authors: list[Person], count: int) -> None:
    """Messages of some 120 characters, three in a row by one author, one a minute: the database makes them.

    The last word of each but the first two is its number, less one.
    """
    author = Membership.objects.get(room=room, person=authors[0])
    first, unspaced = (post_message(author, text).pk for text in (TEXT, UNSPACED))
    began = timezone.now() - datetime.timedelta(minutes=count)
    Message.objects.filter(pk__in=(first, unspaced)).update(posted_at=began)
    later = {
        "sqlite": "strftime('%Y-%m-%d %H:%M:%f', first.posted_at, ({}) || ' minutes')",
        "postgresql": "first.posted_at + ({}) * interval '1 minute'",
    }[connection.vendor]
    words = {
        "sqlite": "first.words || ' ' || n",
        "postgresql": "first.words || to_tsvector('simple', n::text)",
    }
    different = {
        "author_id": f"first.author_id + n / 3 % {len(authors)}",
        "body": "first.body || ' ' || n",
        "html": "replace(first.html, '</p>', ' ' || n || '</p>')",
        "words": words[connection.vendor],
        "posted_at": later.format("n"),
        "previous_at": later.format("n - 1"),
        "starts_group": "n % 3 = 0",
        **dict.fromkeys(("first_revision", "revision", "number"), "n + 1"),
    }
    columns = [str(field.column) for field in Message._meta.concrete_fields if not field.primary_key]
    values = [different.get(column, f"first.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO rooms_message ({', '.join(columns)})"
            " WITH RECURSIVE counted(n) AS"
            f" (SELECT 2 UNION ALL SELECT n + 1 FROM counted WHERE n < {count - 1})"
            f" SELECT {', '.join(values)} FROM counted JOIN rooms_message AS first"
            f" ON first.id = CASE n % 10 WHEN 0 THEN {unspaced} ELSE {first} END"
        )
    Room.objects.filter(pk=room.pk).update(revision=count, posts=count)
    # Everybody has read it all: a room that waits to be read is shown from where they left off.
    Membership.objects.filter(room=room).update(read=count)


def add_rich_room(people: list[Person], count: int) -> None:
    """A lively room: every third message has reactions, every fifth answers, every tenth has a preview."""
    room = Room.objects.create(name="Rich", slug="rich")
    Membership.objects.bulk_create(Membership(room=room, person=person) for person in people)
    members = list(Membership.objects.filter(room=room).select_related("person", "room"))
    messages: list[Message] = []
    for number in range(count):
        answered = messages[-2].pk if number % 5 == 2 else None
        posted = post_message(members[number // 2 % len(members)], RICH[number % 5], reply_to=answered)
        messages.append(Message.objects.get(pk=posted.pk))
        if number % 3 == 1:
            for emoji, member in (("👍", 0), ("👍", 1), ("👍", 2), ("🎉", 3)):
                toggle_reaction(members[(number + member) % len(members)], messages[-1], emoji)
    previewed = [message for number, message in enumerate(messages) if number % 10 == 0]
    Preview.objects.bulk_create(
        Preview(
            message=message,
            url="https://example.org/notes",
            site="Example",
            title=TEXT[:60],
            description=TEXT,
        )
        for message in previewed
    )
    for message in previewed:
        Message.objects.filter(pk=message.pk).update(revision=room.next_revision())
    Membership.objects.filter(room=room).update(read=count)


def give_tokens(people: list[Person]) -> list[str]:
    """A token for each; the header with it."""
    shown = [PREFIX + get_random_string(43) for _ in people]
    Token.objects.bulk_create(
        [
            Token(person=person, name="bench", digest=digest_of(token), scope=Token.Scope.WRITE)
            for person, token in zip(people, shown, strict=True)
        ],
        batch_size=1000,
    )
    return [f"Authorization: Bearer {token}" for token in shown]


def give_hook(room: Room, maker: Person) -> str:
    """Let a program speak in a room; the key that it needs for that."""
    Membership.objects.filter(room=room, person=maker).update(role=Membership.Role.MODERATOR)
    place = Membership.objects.select_related("room", "person").get(room=room, person=maker)
    return make_hook(place, Hook.Kind.CHAT, "Builds").key


def sign_in(people: list[Person]) -> list[str]:
    """A session for each; the value of the Cookie header that opens it."""
    expires = timezone.now() + datetime.timedelta(days=1)
    store = SessionStore()
    sessions = [
        Session(
            session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
            session_data=store.encode(
                {
                    SESSION_KEY: str(person.pk),
                    BACKEND_SESSION_KEY: BACKEND,
                    HASH_SESSION_KEY: person.get_session_auth_hash(),
                }
            ),
            expire_date=expires,
        )
        for person in people
    ]
    Session.objects.bulk_create(sessions, batch_size=1000)
    return [f"sessionid={session.session_key}; csrftoken={CSRF}" for session in sessions]


def fragment(author: Person) -> str:
    """The frame of one message of average length, as a page gets it."""
    posted = post_message(Membership.objects.get(room__slug="ten-0", person=author), "BODY")
    shown = posted._replace(pk=1234567, revision=1234567, previous_at=posted.posted_at)
    html = fill(room_page.message_posted(shown) + seen_input(shown.revision), site_locale())
    return html.replace("1234567", "{number}").replace("BODY", "{body}")


if __name__ == "__main__":
    main()
