"""Pages that return together: what they have missed is read once for all of them, and by members alone."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms import access
from rooms.changelog import Returning, changes_for_pages
from rooms.models import Membership, Room
from rooms.tests.saying import say


@pytest.mark.parametrize(("missed", "most"), [(0, 2), (2, 4)])
def test_it_is_asked_once_whatever_their_number(alice, bob, missed, most):
    for number in range(3):
        say(alice, "general", f"number {number}")
    since = Room.objects.get(slug="general").revision - missed
    pages = [Returning(who.pk, "general", since) for who in (alice, bob)] * 20
    with CaptureQueriesContext(connection) as captured:
        found: list[Any] = list(changes_for_pages(pages))
    assert len(captured) <= most
    assert {id(changes) for changes in found} == {id(found[0])}
    assert [f"number {n}" in found[0].html for n in range(3)] == [n >= 3 - missed for n in range(3)]
    assert found[0].news == missed


@pytest.mark.parametrize("why", ["has left", "is deactivated"])
def test_who_is_no_member_hears_nothing(alice, bob, why):
    say(alice, "general", "for members")
    if why == "has left":
        Membership.objects.filter(person=bob).delete()
    else:
        bob.is_active = False
        bob.save()
    answers: list[Any] = list(changes_for_pages([Returning(who.pk, "general", 0) for who in (alice, bob)]))
    hers, his = answers
    assert "for members" in hers.html
    assert isinstance(his, access.NotFound)
