"""Order is kept on pages that are open: through sockets."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from accounts import actions, guests, keeping_order
from accounts.models import Person
from live.models import Connection
from live.server_process import ServerProcess
from rooms.actions.removals import ask_for_removal, remove_messages
from rooms.actions.rooms import create_room
from rooms.models import Membership, Removal, Room
from rooms.tests.saying import say
from tests.page import takes_away
from tests.sockets import Sockets


@sync_to_async
def act(action, actor: Person, person: Person, *more: object) -> None:
    action(actor, person, *more)


@pytest.mark.parametrize("action", [keeping_order.ban, keeping_order.deactivate])
async def test_all_pages_of_one_who_is_out_are_closed(sockets: Sockets, owner, bob, action) -> None:
    client = await sockets.client("bob")
    pages = [await sockets("/ws/rooms/general/", client), await sockets("/ws/live/", client),
             await sockets("/ws/chat/general/", client)]  # fmt: skip
    await act(action, owner, bob)
    for page in pages:
        assert await page.closed() == 4401
    assert await (await sockets("/ws/rooms/general/", client)).closed() == 4401


async def test_one_who_is_muted_is_told_through_the_socket(sockets: Sockets, owner, bob) -> None:
    page = await sockets("/ws/rooms/general/", await sockets.client("bob"))
    await act(keeping_order.mute, owner, bob, 60)
    await page.send(type="message", body="Hello", token="t")
    await page.until("You are muted until")


async def test_all_that_somebody_said_goes_from_open_pages(sockets: Sockets, owner, bob) -> None:
    said = [await sync_to_async(say)(bob, "general", f"nasty {number}") for number in range(3)]
    page = await sockets("/ws/rooms/general/", await sockets.client("olga"))
    await page.resume((await sync_to_async(Room.objects.get)(slug="general")).revision)

    def remove() -> None:
        ask_for_removal(owner, bob, "ever")
        removal = Removal.objects.get()
        remove_messages(removal.pk)

    await sync_to_async(remove)()
    await page.until(lambda html: all(f"#message-{message.pk}" in html for message in said))


async def test_a_guest_hears_nothing_of_others(sockets: Sockets, owner, guest, person, bob) -> None:
    def put() -> None:
        room = create_room(owner, "garden")
        Membership.objects.create(room=room, person=guest)

    await sync_to_async(put)()
    page = await sockets("/ws/rooms/garden/", await sockets.client("gerd"))
    await page.resume(0, names="0")
    other = await sockets("/ws/live/", await sockets.client("bob"))
    await other.resume(0)
    await sync_to_async(Person.objects.filter(pk=bob.pk).update)(display_name="Robert")
    await other.until("Robert")
    heard = "".join([*page.texts, *await page.quiet(0.5)])
    assert "Robert" not in heard
    assert f"online-{bob.pk}" not in heard
    assert "bob" not in heard
    await sync_to_async(actions.set_status)(bob, "🌴", "On the beach", None)
    await other.until("On the beach")
    assert "On the beach" not in "".join([*page.texts, *await page.quiet(0.5)])
    # What is said in their room they do hear.
    await sync_to_async(say)(owner, "garden", "Hello, guest")
    await page.until("Hello, guest")
    assert f"online-{guest.pk}" not in "".join(other.texts)


@sync_to_async
def share_garden(owner: Person, *people: Person) -> None:
    room = create_room(owner, "garden")
    for one in people:
        Membership.objects.create(room=room, person=one)


@transaction.atomic
def change_rows(person: Person, **values: Any) -> None:
    """Let somebody's sockets be so, as any process may write it down."""
    Connection.objects.filter(person=person).change(**values)


async def test_a_guest_hears_of_people_in_their_rooms(sockets: Sockets, owner, guest, bob) -> None:
    await share_garden(owner, guest, bob)
    page = await sockets("/ws/live/", await sockets.client("gerd"))
    # Somebody of another room has a page open, too.
    await page.send(type="resume", names="0", statuses="0")
    assert f"online-{guest.pk}" in await page.until(f'id="on-{guest.pk}"')
    other = await sockets("/ws/live/", await sockets.client("bob"))
    assert ">bob</a>" in await page.until(f'id="on-{bob.pk}"')
    await sync_to_async(Person.objects.filter(pk=bob.pk).update)(display_name="Robert")
    await page.until("Robert")
    await sync_to_async(actions.set_status)(bob, "🌴", "On the beach", None)
    await page.until("On the beach")
    await sync_to_async(change_rows)(bob, is_away=True)
    await page.until(f'data-away="{bob.pk}"')
    await other.leave()
    await sync_to_async(change_rows)(bob, present_until=timezone.now())
    await page.until(takes_away(f"#online-{bob.pk}"))


async def test_a_guest_who_returns_hears_what_they_missed_of_people_in_their_rooms(
    sockets: Sockets, owner, guest, bob, person
) -> None:
    await share_garden(owner, guest, bob)
    stranger = await sync_to_async(person)("stella")
    for one, name in ((bob, "Robert"), (stranger, "Stella S")):
        await sync_to_async(Person.objects.filter(pk=one.pk).update)(display_name=name)
        await sync_to_async(actions.set_status)(one, "🌴", f"Of {name}", None)
    page = await sockets("/ws/live/", await sockets.client("gerd"))
    await page.send(type="resume", names="0", statuses="0")
    html = await page.until("Of Robert")
    assert ">Robert</" in html
    assert "Stella" not in "".join([*page.texts, *await page.quiet()])


async def test_a_guest_sees_who_is_put_in_their_room_and_loses_sight_of_who_goes(
    sockets: Sockets, owner, guest, bob
) -> None:
    await share_garden(owner, guest)
    await sockets("/ws/live/", await sockets.client("bob"))
    page = await sockets("/ws/live/", await sockets.client("gerd"))
    await page.send(type="resume")
    assert f"online-{bob.pk}" not in await page.until(f'id="on-{guest.pk}"')

    def put() -> Membership:
        return Membership.objects.create(room=Room.objects.get(slug="garden"), person=bob)

    place = await sync_to_async(put)()
    await page.until(f'id="online-{bob.pk}"')
    await sync_to_async(place.delete)()
    await page.until(takes_away(f"#online-{bob.pk}"))


async def test_guests_of_the_same_rooms_hear_one_frame(sockets: Sockets, owner, guest, bob, person) -> None:
    greta = await sync_to_async(person)("greta", role="guest")
    await share_garden(owner, guest, greta, bob)
    pages = [await sockets("/ws/live/", await sockets.client(name)) for name in ("gerd", "greta")]
    for page in pages:
        await page.resume(0)
    process = ServerProcess.current()
    known = await sync_to_async(guests.known_to)([guest.pk, greta.pk], [bob.pk, owner.pk])
    assert known == dict.fromkeys([guest.pk, greta.pk], frozenset({bob.pk, owner.pk}))
    await guests.pages_of_guests(process).tell({bob.pk: "<i>news</i>"})
    assert len(process.hub._pending) == 1
    for page in pages:
        await page.until("<i>news</i>")


async def test_who_becomes_a_guest_hears_no_more_of_others(sockets: Sockets, owner, bob) -> None:
    page = await sockets("/ws/live/", await sockets.client("bob"))
    await act(keeping_order.change_role, owner, bob, "guest")
    # Come back, which a browser does by itself with that code.
    assert await page.closed() == 1013
