"""/accounts/profile/status/: what somebody is up to, on every page that is open, until it ends."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts import actions, statuses
from accounts.forms import end_of
from accounts.models import Community, Person
from accounts.render import people_list
from tests.sockets import Sockets

ADDRESS = "/accounts/profile/status/"
LIVE = "/ws/live/"


def post(client, **fields):
    return client.post(ADDRESS, {"emoji": "🌴", "text": "Away", "end": "1h"} | fields)


def test_it_is_set_and_cleared(client_of, alice):
    client = client_of(alice)
    assert post(client).status_code == 303
    alice.refresh_from_db()
    assert (alice.status_emoji, alice.status_text) == ("🌴", "Away")
    left = alice.status_until - timezone.now()
    assert datetime.timedelta(minutes=59) < left <= datetime.timedelta(hours=1)
    assert client.post(ADDRESS, {"clear": "1"}).status_code == 303
    alice.refresh_from_db()
    assert (alice.status_emoji, alice.status_text, alice.status_until) == ("", "", None)


@pytest.mark.parametrize(
    "bad", [{"emoji": "ab"}, {"emoji": "x"}, {"emoji": "🌴🌴"}, {"text": "x" * 101}, {"end": "year"}]
)
def test_what_is_none_is_said_and_kept(client_of, alice, bad):
    answer = post(client_of(alice), **bad)
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    assert "Away" in answer.content.decode() or "text" in bad
    alice.refresh_from_db()
    assert not alice.status_text


@pytest.mark.parametrize("emoji", ["🌴", "✈️", "👩‍🚀", "🇦🇹", "❤"])
def test_emoji_of_many_kinds(client_of, alice, emoji):
    assert post(client_of(alice), emoji=emoji).status_code == 303


def test_days_end_where_somebody_is():
    tokyo = ZoneInfo("Asia/Tokyo")
    with timezone.override(tokyo):
        now = timezone.localtime()
        assert end_of("") is None
        for choice, days in (("today", 1), ("tomorrow", 2), ("week", 7 - now.weekday())):
            end = end_of(choice)
            assert end is not None
            assert (end.hour, end.minute, end.tzinfo) == (0, 0, tokyo)
            assert end.date() == now.date() + datetime.timedelta(days=days)


def test_names_are_not_counted_as_changed(alice):
    before = Community.current()
    actions.set_status(alice, "🌴", "", None)
    after = Community.current()
    assert after.people_revision == before.people_revision
    assert after.status_revision == before.status_revision + 1


def test_lists_show_it(alice):
    people_list("online", [alice.pk])
    actions.set_status(alice, "🌴", "On <b>", None)
    assert 'title="On &lt;b&gt;">🌴</span>' in people_list("online", [alice.pk]).html


def test_a_look_is_one_query(alice, django_assert_num_queries):
    actions.set_status(alice, "🌴", "", timezone.now() + datetime.timedelta(hours=1))
    with django_assert_num_queries(1):
        assert statuses.changes(1) == (1, {})


def test_what_ends_ends_for_all_at_once(alice, bob):
    for who in (alice, bob):
        actions.set_status(who, "🌴", "", timezone.now() - datetime.timedelta(seconds=1))
    revision, news = statuses.changes(2)
    assert revision == 3
    assert news.keys() == {alice.pk, bob.pk}
    assert "".join(news.values()).count('<span class="status"') == 2
    assert not Person.objects.exclude(status_emoji="").exists()


@pytest.mark.usefixtures("bob")
async def test_open_pages_show_it_and_its_end(sockets: Sockets, alice):
    socket = await sockets(LIVE, "bob")
    await socket.send(type="resume", statuses="0")
    await socket.until("online-dots")
    until = timezone.now() + datetime.timedelta(seconds=2)
    await sync_to_async(actions.set_status)(alice, "🌴", "Away", until)
    assert "🌴 Away" in await socket.until(f'data-status-words="{alice.pk}"')
    html = await socket.until(f'data-status="{alice.pk}"></span>')
    assert "🌴" not in html.rpartition("[data-status=")[2]


@pytest.mark.usefixtures("bob")
async def test_a_page_that_was_away_is_told(sockets: Sockets, alice):
    await sync_to_async(actions.set_status)(alice, "🌴", "Away", None)
    socket = await sockets(LIVE, "bob")
    await socket.send(type="resume", statuses="0")
    assert "🌴 Away" in await socket.until("data-status-words")
