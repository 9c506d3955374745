"""Who lives at a site that faults happen to, and the rooms that they are in: one of each kind."""

# An administrator, whom no fault is about, and people.
ADMINISTRATOR = "root"
PEOPLE = tuple(f"p{number}" for number in range(12))
# Browsers in which each of them is signed in.
SESSIONS_EACH = 2
# By what they are called in the tests: the addresses of two are given when they are made.
ADDRESSES = "addresses.json"
# The database that large sites are copies of.
FURNISHED = "furnished"
ROOMS = ("general", "closed", "doomed", "pair", "several")

FURNITURE = f"""
import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.models import Community
from rooms.actions.direct import open_direct
from rooms.actions.members import put_in
from rooms.actions.rooms import create_room
from rooms.models import Membership, Room

Person = get_user_model()
Community(name="Test house", messages_a_minute=100_000).save()
root = Person.objects.create_superuser("{ADMINISTRATOR}")
people = [Person.objects.create_user(name) for name in {PEOPLE!r}]
general, _ = Room.objects.get_or_create(slug="general", defaults=dict(name="general", for_everyone=True))
for person in [root, *people]:
    Membership.objects.get_or_create(room=general, person=person)
rooms = {{"general": general}}
for name, kind in (("closed", "closed"), ("doomed", "open")):
    rooms[name] = create_room(root, name, kind=kind)
    put_in(rooms[name], people)
rooms["pair"] = open_direct(people[0], [people[1]])
rooms["several"] = open_direct(people[0], people[1:5])

def session_of(person):
    client = Client()
    client.force_login(person)
    return client.session.session_key

keys = {{one.username: [session_of(one) for _ in range({SESSIONS_EACH})] for one in [root, *people]}}
Path(settings.DATA_DIR, "sessions.json").write_text(json.dumps(keys))
addresses = {{key: room.slug for key, room in rooms.items()}}
Path(settings.DATA_DIR, "{ADDRESSES}").write_text(json.dumps(addresses))
"""


def members_of(room: str) -> tuple[str, ...]:
    """Who is in a room, but for the administrator."""
    return {"pair": PEOPLE[:2], "several": PEOPLE[:5]}.get(room, PEOPLE)
