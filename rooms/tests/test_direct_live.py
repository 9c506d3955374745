"""Direct conversations on open pages: at the side, with what they are called, for those in them alone."""

from html import unescape

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Person
from rooms.actions.direct import open_direct
from rooms.models import Room
from rooms.render.badges import badge_html, badge_of
from rooms.tests.saying import say
from rooms.tests.test_room_list import opened  # noqa: F401  (a fixture)
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


@sync_to_async
def begin(*usernames: str) -> Room:
    """The direct conversation that the first of them begins with the others."""
    first, *others = [Person.objects.get(username=name) for name in usernames]
    return open_direct(first, others)


def called(*usernames: str) -> str:
    """What a conversation with these people is called at the side."""
    ids = [Person.objects.get(username=name).pk for name in usernames]
    return ", ".join(f'<span data-name="{pk}">{name}</span>' for pk, name in zip(ids, usernames, strict=True))


async def test_comes_with_its_first_message_to_those_in_it(sockets: Sockets, opened):  # noqa: F811
    bobs, charlies = await opened("bob"), await opened("charlie")
    room = await begin("alice", "bob")

    await sync_to_async(say)(await Person.objects.aget(username="alice"), room.slug, "hi")

    await bobs.socket.until(lambda frames: bobs.apply(frames) or f'id="side-{room.pk}"' in bobs.direct)
    assert await sync_to_async(called)("alice") in bobs.direct
    assert badge_html(room.pk, badge_of(1, True)) in bobs.direct
    assert f'id="side-{room.pk}"' not in charlies.direct


async def test_a_new_name_is_there_and_in_what_comes_later(sockets: Sockets, opened):  # noqa: F811
    room = await begin("bob", "alice")
    bobs = await opened("bob")
    alice = await Person.objects.aget(username="alice")
    alice.display_name = "Ana"

    await sync_to_async(alice.save)()

    await bobs.socket.until(lambda frames: bobs.apply(frames) or ">Ana</span>" in bobs.direct)
    assert f'id="side-{room.pk}"' in bobs.direct


async def test_a_new_picture_is_in_the_place_of_initials(sockets: Sockets, opened):  # noqa: F811
    await begin("bob", "alice")
    bobs = await opened("bob")
    alice = await Person.objects.aget(username="alice")
    assert "<img" not in bobs.direct
    alice.avatar = "b" * 22

    await sync_to_async(alice.save)()

    picture = f'src="/avatars/{alice.avatar}/"'
    frames = await bobs.socket.until(lambda frames: bobs.apply(frames) or picture in bobs.direct)
    # In whatever else has that face now, such as the open list of where one can go.
    html = frames if "span.avatar:has" in frames else await bobs.socket.until("span.avatar:has")
    assert picture in unescape(html).partition(f"span.avatar:has([href='#on-{alice.pk}'])")[2]


async def test_a_title_counts_under_the_name_that_each_sees(sockets: Sockets):
    room = await begin("alice", "bob")
    socket = await sockets(f"/ws/rooms/{room.slug}/", "bob")
    await socket.resume(seen=0, room=room.slug, rooms=0)
    await socket.send(type="away")

    await sync_to_async(say)(await Person.objects.aget(username="alice"), room.slug, "hi")

    await socket.until(lambda frames: "(1) alice" in frames)


async def test_a_stranger_does_not_come_in(sockets: Sockets):
    room = await begin("alice", "bob")

    assert await (await sockets(f"/ws/rooms/{room.slug}/", "charlie")).closed() == 4403
