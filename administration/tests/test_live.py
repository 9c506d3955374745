"""Order is kept on pages that are open: through sockets."""

import pytest
from asgiref.sync import sync_to_async

from accounts import keeping_order
from accounts.models import Person
from rooms.actions.removals import ask_for_removal, remove_messages
from rooms.actions.rooms import create_room
from rooms.models import Membership, Removal, Room
from rooms.tests.saying import say
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
    # What is said in their room they do hear.
    await sync_to_async(say)(owner, "garden", "Hello, guest")
    await page.until("Hello, guest")
    assert f"online-{guest.pk}" not in "".join(other.texts)


async def test_who_becomes_a_guest_hears_no_more_of_others(sockets: Sockets, owner, bob) -> None:
    page = await sockets("/ws/live/", await sockets.client("bob"))
    await act(keeping_order.change_role, owner, bob, "guest")
    # Come back, which a browser does by itself with that code.
    assert await page.closed() == 1013
