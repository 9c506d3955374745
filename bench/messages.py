"""What a message, a page, a return, a search and what is unread cost, as messages grow: with a PostgreSQL.

    python -m tests.services -- python -m bench.messages [--most 10000000]

The rooms are as many at each size, and what is measured happens in one of them: its own history grows with
all of it. Ten million take some ten gigabytes and a quarter of an hour.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

from bench import machine
from tests.environment import environment

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
PEOPLE, ROOMS, ROUNDS, WARMING = 100, 100, 30, 5
TEXT = "The deploy is done, but I still see timeouts on staging; can someone look at last night's logs?"
# So many messages a reader has missed who returns.
MISSED = 20
SECONDS_EACH = 3


def settle() -> None:
    """People, all of them in all the rooms, and the first message of each room."""
    from accounts.models import Community, Person
    from rooms.actions.messages_post import post_message
    from rooms.models import Membership, Room

    Community.objects.update_or_create(pk=1, defaults={"name": "Bench"})
    people = Person.objects.bulk_create(Person(username=f"person-{number:03}") for number in range(PEOPLE))
    rooms = Room.objects.bulk_create(
        Room(name=f"Room {number}", slug=f"room-{number}") for number in range(ROOMS)
    )
    Membership.objects.bulk_create(Membership(room=room, person=one) for room in rooms for one in people)
    for place in Membership.objects.select_related("room", "person").filter(person=people[0]):
        post_message(place, TEXT)


def grow(count: int) -> None:
    """Add messages until there are so many, made by the database: each after the ones of its room before.

    Each has its number as a word, and one in a thousand the word "seldom".
    """
    from django.db import connection

    from rooms.models import Membership, Message, Room

    there = Message.objects.count()
    first_room, first_person = Room.objects.earliest("pk").pk, Membership.objects.earliest("person").person_id
    moment = f"now() - ({count} - n) * interval '{SECONDS_EACH} seconds'"
    seldom = "CASE WHEN n % 1000 = 7 THEN ' seldom' ELSE '' END"
    different = {
        "author_id": f"{first_person} + (n / {ROOMS}) % {PEOPLE}",
        "room_id": f"{first_room} + n % {ROOMS}",
        "body": f"first.body || ' ' || n || {seldom}",
        "html": f"replace(first.html, '</p>', ' ' || n || {seldom} || '</p>')",
        "words": f"first.words || to_tsvector('simple', n || {seldom})",
        "posted_at": moment,
        "previous_at": moment,
        "token": "NULL",
        **dict.fromkeys(("first_revision", "revision", "number"), f"n / {ROOMS} + 1"),
    }
    columns = [str(field.column) for field in Message._meta.concrete_fields if not field.primary_key]
    values = [different.get(column, f"first.{column}") for column in columns]
    with connection.cursor() as cursor:
        # It is made anew: word by word it would take most of the time.
        cursor.execute("DROP INDEX message_words")
        cursor.execute(
            f"INSERT INTO rooms_message ({', '.join(columns)}) SELECT {', '.join(values)}"
            f" FROM generate_series({there}, {count - 1}) AS n,"
            " (SELECT * FROM rooms_message ORDER BY id LIMIT 1) AS first"
        )
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("CREATE INDEX message_words ON rooms_message USING gin (words)")
        cursor.execute(f"UPDATE rooms_room SET posts = {count // ROOMS}, revision = {count // ROOMS}")
        cursor.execute(f"UPDATE rooms_membership SET read = {count // ROOMS}")
        cursor.execute("VACUUM ANALYZE")


def works() -> dict[str, Callable[[], object]]:
    """What is measured, by its name."""
    from django.test import Client

    from accounts.models import Person
    from rooms.actions.messages_post import post_message
    from rooms.models import Membership, Message, Room
    from rooms.render import room_page
    from rooms.unread.state import load_viewers

    reader = Person.objects.latest("pk")
    client = Client()
    client.force_login(reader)
    place = Membership.objects.select_related("room", "person").filter(person=reader).earliest("pk")
    room = Room.objects.get(pk=place.room_id)
    middle = Message.objects.filter(room=room, number=max(1, room.posts // 2)).earliest("pk").pk
    assert room_page.changes_since(room, room.revision - MISSED).html

    def fetch(address: str) -> Callable[[], object]:
        assert client.get(address).status_code == 200, address
        return lambda: client.get(address)

    return {
        "a message, stored": lambda: post_message(place, TEXT),
        "the page of a room": fetch(f"/rooms/{room.slug}/"),
        "a page in the middle of it": fetch(f"/rooms/{room.slug}/?before={middle}"),
        "a day of it": fetch(f"/rooms/{room.slug}/history/"),
        f"{MISSED} missed": lambda: room_page.changes_since(room, room.revision - MISSED),
        "a word that is in all": fetch("/search/?q=deploy"),
        "a word in one of a thousand": fetch("/search/?q=seldom"),
        "a word in one": fetch(f"/search/?q={room.posts * ROOMS // 2}"),
        "a word in none": fetch("/search/?q=nowhere"),
        "what is unread in all rooms": lambda: load_viewers([reader.pk]),
    }


def spent(work: Callable[[], object]) -> float:
    """Median milliseconds of CPU for one: of this process, and of the database's that work for it."""
    from hypermedia.cache import rendered

    taken = []
    for number in range(ROUNDS + WARMING):
        rendered.clear()
        before = time.process_time_ns() + of_the_database()
        work()
        if number >= WARMING:
            taken.append((time.process_time_ns() + of_the_database() - before) / 1e6)
    return statistics.median(taken)


def of_the_database() -> int:
    """Nanoseconds of CPU that the processes behind our connections have had: as Linux counts them."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in backends)


# Their numbers; asked once, when all connections are open.
backends: list[int] = []


def look_for_backends() -> None:
    """Note which processes of the database work for us."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        backends[:] = [pid for (pid,) in cursor.fetchall()]


def size_of_table() -> str:
    """What the messages and their indexes take."""
    from django.db import connection

    table, indexes = "pg_table_size('rooms_message')", "pg_indexes_size('rooms_message')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_size_pretty({table}), pg_size_pretty({indexes})")
        return "{} and {} of indexes".format(*cursor.fetchone())


def measure(count: int) -> dict[str, float]:
    """What each work takes with so many messages; says meanwhile how it goes."""
    began = time.monotonic()
    grow(count)
    made = time.monotonic() - began
    print(f"- {count:,} messages: {size_of_table()}; made in {made:.0f} s", flush=True)
    asked = works()
    look_for_backends()
    return {name: spent(work) for name, work in asked.items()}


def table(results: dict[int, dict[str, float]]) -> str:
    """A row for each work, with what it takes at each size; and how the last is to the first."""
    sizes = list(results)
    lines = [f"| CPU, ms | {' | '.join(f'{size:,}' for size in sizes)} | last to first |"]
    lines.append(f"| --- | {' | '.join('---:' for _ in sizes)} | ---: |")
    for name in results[sizes[0]]:
        taken = [results[size][name] for size in sizes]
        cells = " | ".join(f"{value:.2f}" for value in taken)
        lines.append(f"| {name} | {cells} | {taken[-1] / taken[0]:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--most", type=int, default=SIZES[-1])
    most = parser.parse_args().most
    with tempfile.TemporaryDirectory(prefix="parley-messages-") as folder:
        os.environ.update(environment(Path(folder)) | {"DATABASE_URL": os.environ["TEST_DATABASE_URL"]})
        os.environ["DJANGO_SETTINGS_MODULE"] = "site_config.settings"
        django.setup()
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        setup_test_environment()
        settle()
        print("\n".join(f"- {line}" for line in machine.description()))
        print(f"- {PEOPLE} people, {ROOMS} rooms; medians of {ROUNDS}, nothing kept rendered", flush=True)
        results = {size: measure(size) for size in SIZES if size <= most}
        print(f"\n{table(results)}")


if __name__ == "__main__":
    main()
