"""One room, read in two zones: each page parts the days at its own midnights, however it heard of them."""

import datetime
import random
from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from bs4 import BeautifulSoup
from django.test import Client

from accounts.models import Person
from rooms.actions import messages_post, notices
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message
from rooms.actions.messages_post import post_message
from rooms.models import Membership, Message
from rooms.tests.test_convergence import frames_up_to, page_afresh, revision, something_happens
from tests.page import Page
from tests.sockets import Sockets, TestSocket, signed_in_client

AUCKLAND, LOS_ANGELES = "Pacific/Auckland", "America/Los_Angeles"
ZONES = {"alice": AUCKLAND, "bob": LOS_ANGELES}


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{text}Z")


class Clock:
    """In the place of `django.utils.timezone`, where messages get their times."""

    def __init__(self, times: Iterator[datetime.datetime]) -> None:
        self._times = times

    def now(self) -> datetime.datetime:
        return next(self._times)


@pytest.fixture
def clock(monkeypatch):
    """Let messages be posted at such times: `clock(times)`."""

    def set_times(times: Iterator[datetime.datetime]) -> None:
        for module in (messages_post, notices):
            monkeypatch.setattr(module, "timezone", Clock(times))

    return set_times


@pytest.fixture
def zones(alice, bob) -> None:
    """The two people are at home where midnight is at 11:00 and at 8:00, until clocks change in between."""
    for username, zone in ZONES.items():
        Person.objects.filter(username=username).update(time_zone=zone)


class Reader:
    """Somebody with a page open since before, and its socket."""

    client: Client
    address: str
    page: Page
    socket: TestSocket

    @classmethod
    async def come(cls, sockets: Sockets, username: str) -> "Reader":
        reader = cls()
        reader.client, reader.address = (
            await sockets.client(username),
            f"/ws/rooms/general/?zone={ZONES[username]}",
        )
        reader.socket = await sockets(reader.address, reader.client)
        reader.page = await page_afresh(reader.client)
        return reader

    async def read_on(self) -> None:
        """Take all that was pushed until now."""
        for frame in await frames_up_to(self.socket, await revision()):
            assert "\0" not in frame
            self.page.apply(frame)

    async def is_right(self) -> bool:
        """Whether the page shows what one shows that is loaded now."""
        return self.page.shown == (await page_afresh(self.client)).shown


def days_and_clocks(page: Page) -> list[str]:
    """The days and times of the rows of a page, in their order."""
    rows = BeautifulSoup("".join(page.shown), "html.parser")
    return [time.get_text() for time in rows.select(".day time, .when time, .notice-line time")]


def scattered(chance: random.Random) -> Iterator[datetime.datetime]:
    """Times that go on by minutes or by hours, over the days around a change of the clocks in Los Angeles."""
    now = moment("2026-03-07 05:00")
    while True:
        now += datetime.timedelta(minutes=chance.choice((0, 1, 2, 7, 40, 180, 600)), seconds=chance.random())
        yield now


@pytest.mark.usefixtures("zones")
@pytest.mark.parametrize("seed", range(3))
async def test_two_zones_converge_whatever_happens(sockets: Sockets, clock, seed: int) -> None:
    chance = random.Random(seed)
    clock(scattered(chance))
    readers = [await Reader.come(sockets, username) for username in ZONES]
    left = await Reader.come(sockets, "bob")
    await left.socket.leave()
    await something_happens(chance, 40)
    for reader in readers:
        await reader.read_on()
        assert await reader.is_right()
    # One page returns after a while, and is what the other of its zone is.
    again = await sockets(left.address, left.client)
    left.page.apply(await again.resume(left.page.seen))
    assert left.page.shown == readers[1].page.shown
    assert days_and_clocks(readers[0].page) != days_and_clocks(readers[1].page)


def say_each(*words: str) -> None:
    """Alice says these, one after the other."""
    member = Membership.objects.select_related("room", "person").get(person__username="alice")
    for word in words:
        post_message(member, word)


@sync_to_async
def take_back(words: str) -> None:
    """What says that is deleted."""
    remove_message(Message.objects.select_related("room").get(body=words))


@sync_to_async
def say_instead(words: str, others: str) -> None:
    """What says that says something else."""
    member = Membership.objects.select_related("room", "person").get(person__username="alice")
    edit_message(member, Message.objects.select_related("room").get(body=words), others, "")


# 11:00 is midnight in Auckland, 8:00 in Los Angeles.
TIMES = ("2026-03-01 07:59", "2026-03-01 08:01", "2026-03-01 10:58", "2026-03-01 11:01", "2026-03-01 11:03")
IN_AUCKLAND = [
    "Sunday 1 March 2026", "20:59", "21:01", "23:58", "Monday 2 March 2026", "00:01", "00:03",
]  # fmt: skip
IN_LOS_ANGELES = [
    "Saturday 28 February 2026", "23:59", "Sunday 1 March 2026", "00:01", "02:58", "03:01", "03:03",
]  # fmt: skip


@pytest.mark.usefixtures("zones")
async def test_days_part_at_each_ones_midnight_and_move_on_when_their_first_goes(sockets, clock) -> None:
    clock(map(moment, TIMES))
    alice, bob = [await Reader.come(sockets, username) for username in ZONES]
    await sync_to_async(say_each)("one", "two", "three", "four", "five")
    for reader, shown in ((alice, IN_AUCKLAND), (bob, IN_LOS_ANGELES)):
        await reader.read_on()
        assert days_and_clocks(reader.page) == shown
        assert await reader.is_right()
    # Each is below the name of the one before, unless a day is between them.
    assert ["is-continued" in row for row in alice.page.shown] == [False, True, False, False, True]
    assert ["is-continued" in row for row in bob.page.shown] == [False, False, False, True, True]

    # The first of Auckland's second day goes: the next one opens it. And then of that of Los Angeles.
    for gone, auckland, los_angeles in (
        ("four", [*IN_AUCKLAND[:5], "00:03"], [*IN_LOS_ANGELES[:5], "03:03"]),
        ("two", [*IN_AUCKLAND[:2], *IN_AUCKLAND[3:5], "00:03"], [*IN_LOS_ANGELES[:3], "02:58", "03:03"]),
    ):
        await take_back(gone)
        for reader, shown in ((alice, auckland), (bob, los_angeles)):
            await reader.read_on()
            assert days_and_clocks(reader.page) == shown
            assert await reader.is_right()


@pytest.mark.usefixtures("zones")
async def test_a_row_that_changes_keeps_its_day(sockets, clock) -> None:
    clock(map(moment, TIMES))
    readers = [await Reader.come(sockets, username) for username in ZONES]
    await sync_to_async(say_each)("one", "two", "three", "four", "five")
    await say_instead("four", "other words")
    for reader, shown in zip(readers, (IN_AUCKLAND, IN_LOS_ANGELES), strict=True):
        await reader.read_on()
        assert days_and_clocks(reader.page) == shown
        assert await reader.is_right()


@pytest.mark.usefixtures("zones", "transactional_db")
def test_on_the_day_on_which_clocks_go_forward(clock) -> None:
    """2:00 is 3:00 in Los Angeles, and the next midnight comes an hour earlier."""
    times = (
        "2026-03-08 07:59",
        "2026-03-08 08:00",
        "2026-03-08 09:59",
        "2026-03-08 10:00",
        "2026-03-09 07:00",
    )
    clock(map(moment, times))
    say_each("one", "two", "three", "four", "five")
    page = Page(signed_in_client("bob").get("/rooms/general/").content.decode())
    assert days_and_clocks(page) == [
        "Saturday 7 March 2026", "23:59", "Sunday 8 March 2026", "00:00", "01:59", "03:00",
        "Monday 9 March 2026", "00:00",
    ]  # fmt: skip


@pytest.mark.usefixtures("zones", "transactional_db")
def test_on_the_day_on_which_clocks_go_back(clock) -> None:
    """In Auckland 2:30 comes twice, and the day is one: 25 hours."""
    times = (
        "2026-04-04 10:59",
        "2026-04-04 11:00",
        "2026-04-04 13:30",
        "2026-04-04 14:30",
        "2026-04-05 11:59",
    )
    clock(map(moment, times))
    say_each("one", "two", "three", "four", "five")
    page = Page(signed_in_client("alice").get("/rooms/general/").content.decode())
    assert days_and_clocks(page) == [
        "Saturday 4 April 2026", "23:59", "Sunday 5 April 2026", "00:00", "02:30", "02:30", "23:59",
    ]  # fmt: skip


@pytest.mark.usefixtures("zones", "transactional_db")
@pytest.mark.parametrize(
    ("username", "top_day", "date"),
    [("alice", "Sunday 1 March 2026", "2026-03-01"), ("bob", "", "2026-03-01")],
)
def test_what_is_read_further_back_begins_in_ones_own_day(clock, username, top_day, date) -> None:
    """Each way to read on: a page, a part of one for htmx, and the history, from a message and of a day."""
    clock(map(moment, TIMES))
    say_each("one", "two", "three", "four", "five")
    Message.objects.filter(body="one").update(removed_at=moment("2026-03-02 00:00"))
    client, second = signed_in_client(username), Message.objects.get(body="two")
    for address in ("/rooms/general/", f"/rooms/general/history/?around={second.pk}"):
        page = Page(client.get(address).content.decode())
        assert page.find("#top-day").get_text() == top_day
    for address in (
        f"/rooms/general/?before={second.pk + 1}",
        f"/rooms/general/history/?before={second.pk + 1}",
    ):
        html = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert (f'<p id="top-day" class="day"><time datetime="{date}">{top_day}</time></p>' in html) is bool(
            top_day
        )
        assert "\0" not in html


@pytest.mark.usefixtures("zones", "transactional_db")
@pytest.mark.parametrize(
    ("username", "date", "first"),
    [("alice", "2026-03-02", "four"), ("bob", "2026-03-01", "two"), ("alice", "2026-03-01", "one")],
)
def test_a_day_of_the_history_is_ones_own(clock, username, date, first) -> None:
    clock(map(moment, TIMES))
    say_each("one", "two", "three", "four", "five")
    answer = signed_in_client(username).get("/rooms/general/history/", {"date": date})
    assert answer["Location"].endswith(f"#message-{Message.objects.get(body=first).pk}")
