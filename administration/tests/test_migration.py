"""The migration that made roles of Django's flags, on a database of before with people in it."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("accounts", "0003_revisions_of_people"), ("rooms", "0009_search_text")]


@pytest.mark.django_db(transaction=True)
def test_whoever_could_do_everything_is_an_administrator_and_the_first_of_them_the_owner():
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    try:
        executor.migrate(BEFORE)
        people = executor.loader.project_state(BEFORE).apps.get_model("accounts", "Person")._base_manager
        for name, is_active, is_superuser in (
            ("old", False, True), ("ann", True, True), ("ben", True, True), ("cid", True, False),
        ):  # fmt: skip
            people.create(username=name, is_active=is_active, is_superuser=is_superuser)
        executor = MigrationExecutor(connection)
        executor.migrate(newest)
        from accounts.models import Person

        found = {one.username: (one.role, one.is_superuser, one.is_staff) for one in Person.objects.all()}
        assert found == {
            "old": ("administrator", True, True),
            "ann": ("owner", True, True),
            "ben": ("administrator", True, True),
            "cid": ("member", False, False),
        }
    finally:
        MigrationExecutor(connection).migrate(newest)
