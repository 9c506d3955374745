"""The migrations that make something new of what is stored: a site of before, with people and messages in it.

One site goes through all of them, as one that was not updated for long does: to apply them takes seconds.
"""

import datetime
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import Person
from rooms.markup import render_markup
from rooms.models import Message
from rooms.tests.saying import say
from rooms.tests.test_search import texts

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
BEFORE_ROLES_AND_WORDS = [("accounts", "0003_revisions_of_people"), ("rooms", "0008_messages_that_are_gone")]
BEFORE_DAYS = [("accounts", "0004_roles"), ("rooms", "0015_messages_stay")]


@pytest.fixture
def nothing_migrated(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """The connection is to a database without a table, until the test is over."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA of_before")
            cursor.execute("SET search_path TO of_before")
        yield
        with connection.cursor() as cursor:
            cursor.execute("RESET search_path")
            cursor.execute("DROP SCHEMA of_before CASCADE")
    else:
        name = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = str(tmp_path / "before.sqlite3")
        yield
        connection.close()
        connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def migrate(*to: tuple[str, str]) -> Any:
    """Apply migrations up to those, or all; the models as they are then."""
    executor = MigrationExecutor(connection)
    targets = list(to) or executor.loader.graph.leaf_nodes()
    return executor.migrate(targets).apps


def people_of_before(apps: Any) -> Any:
    """Four people, whom Django's flags tell apart; gives Ann."""
    # Not by the manager of today, whose update asks for tables of today.
    people = apps.get_model("accounts", "Person")._base_manager
    made = {
        name: people.create(username=name, is_active=is_active, is_superuser=is_superuser)
        for name, is_active, is_superuser in (
            ("old", False, True), ("ann", True, True), ("ben", True, True), ("cid", True, False),
        )
    }  # fmt: skip
    return made["ann"]


def said_before_words(apps: Any, ann: Any) -> None:
    """What Ann said when no message had words of its own, nor a count of its links; one of it was deleted."""
    room = apps.get_model("rooms", "Room").objects.create(name="general", slug="general", for_everyone=True)
    apps.get_model("rooms", "Membership").objects.create(person=ann, room=room)
    for number, text in enumerate(
        ("我的爸爸", "Straßenbahn HTTP://EXAMPLE.ORG/B", "ガラス", "regretted", "", "last"), start=1
    ):
        apps.get_model("rooms", "Message").objects.create(
            room=room, author=ann, body=text, html=render_markup(text, {}).html, number=number,
            first_revision=number, revision=number, removed_at=None if text else NOON,
        )  # fmt: skip
    apps.get_model("rooms", "Room").objects.filter(pk=room.pk).update(posts=6, revision=6)


def said_before_days(apps: Any) -> None:
    """What was said by turns in two rooms, an hour apart; the third message was deleted."""
    ann = apps.get_model("accounts", "Person")._base_manager.get(username="ann")
    rooms = apps.get_model("rooms", "Room").objects
    places = [rooms.create(name=name, slug=name) for name in ("here", "there")]
    for number, (place, is_removed) in enumerate(((0, False), (1, False), (0, True), (0, False), (1, False))):
        apps.get_model("rooms", "Message").objects.create(
            room=places[place], author=ann, body=str(number), first_revision=1, revision=1,
            posted_at=NOON + number * HOUR, removed_at=NOON if is_removed else None,
        )  # fmt: skip


def test_what_is_there_is_there_afterwards(
    nothing_migrated: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("rooms.migrations.0009_search_text"), "BATCH", 2)
    apps = migrate(*BEFORE_ROLES_AND_WORDS)
    said_before_words(apps, people_of_before(apps))
    said_before_days(migrate(*BEFORE_DAYS))
    migrate()

    # Whoever could do everything is an administrator, and the first of them who can come in is the owner.
    assert {one.username: (one.role, one.is_superuser, one.is_staff) for one in Person.objects.all()} == {
        "old": ("administrator", True, True),
        "ann": ("owner", True, True),
        "ben": ("administrator", True, True),
        "cid": ("member", False, False),
    }
    # Each message is told of the one that stands before it in its room.
    assert {
        one.body: one.previous_at and (one.previous_at - NOON) // HOUR
        for one in Message.objects.visible().filter(room__slug__in=("here", "there"))
    } == {"0": None, "1": None, "3": 0, "4": 1}
    # What was said before the index was is found, and so is what is said now.
    ann = Person.objects.get(username="ann")
    client.force_login(ann)
    say(ann, "general", "爸爸 again")
    assert texts(client, "爸爸") == ["爸爸 again", "我的爸爸"]
    assert len(texts(client, "strassenbahn has:link")) == len(texts(client, "ガラス")) == 1
    assert texts(client, "gone") == []
