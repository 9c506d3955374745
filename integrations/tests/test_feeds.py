"""Feeds of the web are read into a room: what is new in them is said there, by a bot."""

from collections.abc import Iterator

import pytest

from integrations.feeds import read
from integrations.feeds.read import look_at
from integrations.models import IncomingFeed
from rooms.models import Membership, Message, Room
from rooms.tests.test_previews import ELSEWHERE, Site

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/rooms/general/settings/feeds/"


@pytest.fixture
def site(settings, monkeypatch) -> Iterator[Site]:
    settings.LINK_PREVIEW_NETWORKS = [f"{ELSEWHERE}/32"]
    # A machine that has much to do takes its time to start a process.
    monkeypatch.setattr(read, "TIME_LIMIT", 60.0)
    monkeypatch.setattr(read, "START_LIMIT", 60.0)
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def feed_of(*titles: str, link: str = "https://garden.example/{}") -> str:
    entries = "".join(
        f"<item><title>{title}</title><guid>g{title}</guid><link>{link.format(title)}</link></item>"
        for title in titles
    )
    return f'<rss version="2.0"><channel><title>The &lt;garden&gt;</title>{entries}</channel></rss>'


def bodies() -> list[str]:
    return list(Message.objects.filter(notice=None).order_by("pk").values_list("body", flat=True))


def test_what_is_new_is_said(alice, client_of, site):
    url = site.says("/feed", feed_of("Two", "One"), "text/xml", Etag='"1"')
    page = client_of(alice).post(ADDRESS, {"url": url}, follow=True).content.decode()
    assert "The &lt;garden&gt;" in page
    # What was there already is nothing new.
    assert bodies() == []

    site.says("/feed", feed_of("Three_*", "Two", "One"), "text/xml")
    look_at(IncomingFeed.objects.get())
    look_at(IncomingFeed.objects.get())
    assert bodies() == ["[Three\\_\\*](https://garden.example/Three_*)"]
    assert Message.objects.get(notice=None).author.is_bot

    site.says("/feed", status=304)
    look_at(IncomingFeed.objects.get())
    feed = IncomingFeed.objects.get()
    assert (feed.failures, feed.why) == (0, "")

    site.says("/feed", "<html>gone</html>")
    look_at(feed)
    assert IncomingFeed.objects.get().failures == 1

    client_of(alice).post(ADDRESS, {"remove": feed.pk})
    assert not IncomingFeed.objects.exists()
    assert not Membership.objects.filter(person=feed.bot).exists()


def test_many_at_once_are_few(alice, client_of, site):
    url = site.says("/feed", feed_of("One"), "text/xml")
    client_of(alice).post(ADDRESS, {"url": url})
    site.says("/feed", feed_of(*map(str, range(30)), "One", link="javascript:{}"), "text/xml")
    look_at(IncomingFeed.objects.get())
    assert bodies() == ["And 20 more before these.", *map(str, range(9, -1, -1))]


def test_it_is_refused(alice, bob, client_of, site, settings):
    assert client_of(bob).post(ADDRESS, {"url": site.at("/feed")}).status_code == 404
    for url in ("", "ftp://garden.example/", site.says("/page", "<html>no feed</html>"), site.at("/nowhere")):
        assert client_of(alice).post(ADDRESS, {"url": url}).status_code == 422
    url = site.says("/feed", feed_of("One"), "text/xml")
    settings.LINK_PREVIEW_NETWORKS = []
    assert client_of(alice).post(ADDRESS, {"url": url}).status_code == 422
    assert not IncomingFeed.objects.exists()
    assert Room.objects.get().memberships.count() == 2
