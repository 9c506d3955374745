"""Every address, asked by everybody: docs/permissions.md."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.permissions import Site, addresses, compare, table_of


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """A site that is undone behind the tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Site()
        transaction.set_rollback(True)


@pytest.mark.parametrize("title", ["In a room", "Elsewhere"])
def test_addresses_say_what_is_so(db: None, site: Site, title: str) -> None:
    those = [one for one in addresses() if one.is_in_room is (title == "In a room")]
    compare(title, table_of(site, those))
