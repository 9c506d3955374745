"""The migration after which a message knows when the one before it was posted, on rooms of before."""

import datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("rooms", "0015_messages_stay")]
NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)


@pytest.mark.django_db(transaction=True)
def test_each_message_is_told_of_the_one_that_stands_before_it_in_its_room(alice):
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate(BEFORE)
        apps = executor.loader.project_state(BEFORE).apps
        rooms = apps.get_model("rooms", "Room").objects
        places = [rooms.create(name=name, slug=name) for name in ("here", "there")]
        for number, (place, is_removed) in enumerate(
            ((0, False), (1, False), (0, True), (0, False), (1, False))
        ):
            apps.get_model("rooms", "Message").objects.create(
                room=places[place], author_id=alice.pk, body=str(number), first_revision=1, revision=1,
                posted_at=NOON + datetime.timedelta(hours=number), removed_at=NOON if is_removed else None,
            )  # fmt: skip
        MigrationExecutor(connection).migrate(newest)
        from rooms.models import Message

        found = {
            one.body: one.previous_at and (one.previous_at - NOON) // datetime.timedelta(hours=1)
            for one in Message.objects.visible()
        }
        assert found == {"0": None, "1": None, "3": 0, "4": 1}
    finally:
        MigrationExecutor(connection).migrate(newest)
