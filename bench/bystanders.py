"""How many events a process hears as others are added, and what its groups cost it: with a Redis.

    python -m tests.services -- python -m bench.bystanders

Each process is an event loop of its own in a thread, with its own channel; people and rooms grow with them,
so each serves as many as before. Messages are posted one after the other: none are joined.
"""

import asyncio
import os
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

from bench import machine
from tests.environment import environment

PROCESSES = (2, 4, 8, 16)
PEOPLE, MEMBERS, ROOMS_OF_ONE, MESSAGES = 50, 10, 5, 100
# Seconds in which what was told has been heard.
SETTLED = 2.0


class Place(threading.Thread):
    """A process, in a thread, and the people who have a page in it."""

    def __init__(self, people: list[int]) -> None:
        super().__init__(daemon=True)
        self.people = people
        self.loop = asyncio.new_event_loop()
        self.start()

    def run(self) -> None:
        """Run its loop."""
        self.loop.run_forever()

    def do(self, work: Any) -> Any:
        """What a coroutine gives that runs in it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def begin(self) -> float:
        """Start, and let the pages come; seconds of CPU that these took."""
        from live.hub import Socket
        from live.server_process import ServerProcess
        from rooms.unread.tracker import tracker_of

        async def send(event: dict[str, Any]) -> None:
            """To nobody."""

        self.process = ServerProcess.current()
        await self.process.started()
        began = time.thread_time()
        for person_id in self.people:
            page = Socket(send, person_id=person_id, session_key="")
            await tracker_of(self.process).welcome(page, "", None)
        return time.thread_time() - began

    async def post(self, person_id: int, slug: str, text: str) -> None:
        """Say something, and tell the others."""
        from database.threads import in_database
        from rooms import access
        from rooms.actions.messages_post import post_message

        member = await in_database(access.membership)(person_id, slug)
        await in_database(post_message)(member, text, "")

    async def end(self) -> None:
        """Stop."""
        await self.process.stop()


def fill(count: int, chance: random.Random) -> tuple[list[int], list[tuple[int, str]]]:
    """So many people, each in as many rooms; their ids, and of each room a member and its slug."""
    from accounts.models import Person
    from rooms.models import Membership, Room

    Membership.objects.all().delete()
    Room.objects.all().delete()
    missing, before = count - Person.objects.count(), Person.objects.count()
    Person.objects.bulk_create(Person(username=f"person-{before + n}") for n in range(missing))
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:count])
    rooms = [
        Room.objects.create(name=f"room {n}", slug=f"room-{n}")
        for n in range(count * ROOMS_OF_ONE // MEMBERS)
    ]
    told = []
    for room in rooms:
        members = chance.sample(people, MEMBERS)
        Membership.objects.bulk_create(Membership(person_id=pk, room=room) for pk in members)
        told.append((members[0], room.slug))
    return people, told


def measure(count: int, by_room: bool) -> str:
    """A row of the table."""
    from django.conf import settings

    from live.metrics import EVENTS

    settings.EVENTS_BY_ROOM = by_room
    chance = random.Random(count)
    people, rooms = fill(PEOPLE * count, chance)
    chance.shuffle(people)
    heard: Counter[Any] = Counter()
    count_event = EVENTS.inc

    places = [Place(people[n * PEOPLE : (n + 1) * PEOPLE]) for n in range(count)]
    # Whoever posts is one more, which is not counted.
    poster = Place([])
    poster.do(poster.begin())
    came = sum(place.do(place.begin()) for place in places) / len(people)

    def note() -> None:
        heard[threading.current_thread()] += 1

    EVENTS.inc = note  # type: ignore[method-assign, assignment]
    time.sleep(SETTLED)
    heard.clear()
    for number in range(MESSAGES):
        person_id, slug = chance.choice(rooms)
        poster.do(poster.post(person_id, slug, f"message {number}"))
    time.sleep(SETTLED)
    EVENTS.inc = count_event  # type: ignore[method-assign]
    groups = sum(len(place.process.groups.wanted) for place in places) / count
    for place in (*places, poster):
        place.do(place.end())
    each = sum(heard[place] for place in places) / count / MESSAGES
    return (
        f"| {count} | {'by room' if by_room else 'to all'} | {groups:.0f} | {came * 1000:.2f} | {each:.2f}"
        f" | {each * count:.1f} |"
    )


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="parley-bystanders-") as folder:
        os.environ.update(environment(Path(folder)) | {"REDIS_URL": os.environ["TEST_REDIS_URL"]})
        os.environ["DJANGO_SETTINGS_MODULE"] = "site_config.settings"
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print("\n".join(f"- {line}" for line in machine.description()))
        print(f"- load average {machine.load():.1f}; {PEOPLE} people a process, rooms of {MEMBERS},")
        print(f"  {ROOMS_OF_ONE} of them a person, {MESSAGES} messages\n")
        print(
            "| processes | events | groups a process | ms CPU a page that comes"
            " | events a message: each process | all |"
        )
        print("| ---: | --- | ---: | ---: | ---: | ---: |")
        for count in PROCESSES:
            for by_room in (False, True):
                print(measure(count, by_room), flush=True)


if __name__ == "__main__":
    main()
