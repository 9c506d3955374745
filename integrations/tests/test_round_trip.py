"""What goes out of a site in our own layout comes into another one as it was."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from accounts.actions import keep_picture
from accounts.models import Person
from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.messages_delete import delete_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.messages_post import post_message
from rooms.actions.pins import pin_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import create_room, join_room
from rooms.actions.votes import toggle_vote
from rooms.models import Room
from rooms.tests.files import PDF, PNG, attach, posted
from rooms.tests.saying import closed_room, say

pytestmark = pytest.mark.django_db(transaction=True)
pytest.importorskip("integrations.moving.ndjson", reason="nothing reads it yet")

# Which kind of thing a field names.
KINDS = {
    "person": "person", "author": "person", "pinned_by": "person", "room": "room", "thread": "message",
    "reply_to": "message", "shown_picture": "picture",
}  # fmt: skip


@pytest.fixture
def said(alice, bob, client_of, tmp_path, settings):
    """A bit of everything."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    mine = access.membership(alice.pk, "general")
    first = say(alice, "general", "Frist **plan** for @bob")
    edit_message(mine, first, "First **plan** for @bob", edit_state(first))
    client_of(bob).post("/rooms/general/", {"body": "Fine by me", "reply_to": first.pk})
    toggle_reaction(access.membership(bob.pk, "general"), first, "👍")
    pin_message(mine, first)
    toggle_vote(mine, say(bob, "general", "/poll Lunch? | Pizza | Soup"), "Soup")
    client = client_of(alice)
    posted(client, attach(client, "notes.pdf", PDF), text="the notes")
    delete_message(mine, say(alice, "general", "regretted"))
    answered = say(alice, "general", "answered, and then deleted")
    client_of(bob).post("/rooms/general/", {"body": "An answer", "reply_to": answered.pk})
    delete_message(mine, answered)
    say(alice, "general", "/me waves")
    join_room(alice, create_room(bob, "garden"))
    closed_room(bob, "cellar")
    say(bob, "cellar", "between walls")
    direct = open_direct(alice, [bob])
    say(alice, direct.slug, "between us")
    shown = {"shown_name": "Nightly", "shown_picture": keep_picture(io.BytesIO(PNG))}
    post_message(mine, "Done", **shown)
    post_message(mine, "Done once more", **shown)


def export(path: Path) -> list[dict[str, Any]]:
    """What `manage.py export` says of this site, in words that are no site's own."""
    call_command("export", path, direct=True, stdout=io.StringIO())
    with zipfile.ZipFile(path) as found:
        lines = [json.loads(line) for line in found.read("parley.ndjson").splitlines()]
    return anew([line for line in lines if line.get("username") != "zoe"])


def anew(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with ids by the order in which they are said; and without what moving in changes.

    Who comes in has an account that waits for them, has read everything, and talks at another address.
    """
    ids: dict[str, dict[str, int]] = {"person": {}, "room": {}, "message": {}, "picture": {}}

    def called(kind: str, value: str) -> str:
        return f"{kind} {ids[kind].setdefault(value, len(ids[kind]))}" if value else ""

    def field(name: str, value: Any, kind: str) -> Any:
        if name == "id" or name in KINDS:
            return called(KINDS.get(name, kind), value)
        if name in ("people", "named"):
            return [called("person", one) for one in value]
        if name == "path":
            return value.split("/")[-1]
        return [walk(one) for one in value] if isinstance(value, list) else value

    def walk(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        changed = {"read", "is_active", "display_name", "made_at"}
        if value.get("kind") == "direct":
            changed.add("slug")
        kind = value.get("type", "")
        return {name: field(name, one, kind) for name, one in value.items() if name not in changed}

    return [walk(line) for line in lines]


def empty() -> None:
    """A site with somebody who runs it, and with nothing else."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    Person.objects.create_superuser("zoe")
    Room.objects.all().delete()


def test_it_comes_in_as_it_went_out(said, tmp_path):
    before = export(tmp_path / "one.zip")
    empty()

    call_command("import_parley", tmp_path / "one.zip", stdout=io.StringIO(), stderr=io.StringIO())

    after = export(tmp_path / "two.zip")
    assert [one["type"] for one in before].count("message") == 12
    assert after[1:] == before[1:]
    with zipfile.ZipFile(tmp_path / "two.zip") as found:
        assert PDF in [found.read(name) for name in found.namelist()]
        assert len([name for name in found.namelist() if name.startswith("files/shown/")]) == 1
