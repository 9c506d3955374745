"""Ending a session ends its sockets, wherever it is ended."""

import asyncio
from http.cookies import SimpleCookie

import pytest
from asgiref.sync import sync_to_async
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from live import server_process, sessions
from live.models import Connection
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob")


async def test_signing_out_closes_every_socket_of_the_session_with_4401(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    first, second = await sockets("/ws/live/", client), await sockets("/ws/live/", client)
    await sync_to_async(client.post)(reverse("account_logout"))
    assert await first.closed() == 4401
    assert await second.closed() == 4401
    assert "You are signed out." in first.texts[-1]


async def test_another_session_of_the_same_person_stays(sockets: Sockets) -> None:
    client, other = await sockets.client("alice"), await sockets.client("alice")
    socket = await sockets("/ws/live/", other)
    await sockets("/ws/live/", client)
    await sync_to_async(client.post)(reverse("account_logout"))
    assert "signed out." not in (await socket.quiet(0.5)).replace("alice signed out.", "")
    await socket.resume(0)


async def test_the_others_are_told_and_no_grace_is_left(sockets: Sockets) -> None:
    client = await sockets.client("bob")
    alice = await sockets("/ws/live/", "alice")
    await alice.quiet(1.2)
    page = await sockets("/ws/live/", client)
    await alice.until("bob came online")
    await page.leave()
    await sync_to_async(client.post)(reverse("account_logout"))
    said = str(await alice.until("bob signed out"))
    if "#online-" not in said:
        said += await alice.until('hx-swap="delete"')
    assert "went offline" not in said + await alice.quiet(0.5)


async def test_a_new_password_closes_the_other_sessions(sockets: Sockets, alice) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.next()
    alice.set_password("a-new-password")
    await sync_to_async(alice.save)()
    assert await socket.closed() == 4401


async def test_a_closed_account_closes_its_sockets(sockets: Sockets, alice) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.next()
    alice.is_active = False
    await sync_to_async(alice.save)()
    assert await socket.closed() == 4401


async def test_a_session_that_ends_unheard_is_noticed(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.resume(0)
    await asyncio.sleep(0.1)
    # As a database that was restored would: without any signal.
    await sync_to_async(Session.objects.all()._raw_delete)("default")
    await server_process.ServerProcess.current().recheck()
    assert await socket.closed() == 4401


async def test_signing_out_is_written_down(sockets: Sockets) -> None:
    client = await sockets.client("alice")
    socket = await sockets("/ws/live/", client)
    await socket.resume(0)
    await sync_to_async(client.post)(reverse("account_logout"))
    await socket.closed()
    await socket.leave(4401)
    row = await Connection.objects.aget()
    assert (row.close_code, row.present_until) == (4401, row.closed_at)


@pytest.mark.parametrize("what_ends", ["the session", "the password", "the account"])
async def test_what_ends_during_the_handshake_ends_the_socket(
    sockets: Sockets, alice, monkeypatch, what_ends: str
) -> None:
    client = await sockets.client("alice")
    find = sessions.people_of

    def find_and_then_end(session_keys: set[str]):
        people = find(session_keys)
        monkeypatch.setattr(sessions, "people_of", find)
        if what_ends == "the session":
            Session.objects.filter(session_key__in=session_keys).delete()
        elif what_ends == "the password":
            alice.set_password("a-new-password")
            alice.save()
        else:
            alice.is_active = False
            alice.save()
        return people

    monkeypatch.setattr(sessions, "people_of", find_and_then_end)
    assert await (await sockets("/ws/live/", client)).closed() == 4401


@sync_to_async
def change_password(client: Client, door: str, person) -> None:
    # The tests before this one have emptied the table behind it.
    ContentType.objects.clear_cache()
    doors = {
        "the form": ("/accounts/password/change/", {"oldpassword": "parley-demo"}),
        "the first one": ("/accounts/password/set/", {}),
        "the administration": (f"/admin/accounts/person/{person.pk}/password/", {"usable_password": "true"}),
    }
    address, form = doors[door]
    answer = client.post(address, form | {"password1": "a new horse 10", "password2": "a new horse 10"})
    assert answer.status_code == 302


@sync_to_async
def prepare(person, door: str, *clients: Client) -> None:
    if door == "the first one":
        person.set_unusable_password()
    person.role = "administrator"
    person.save()
    for client in clients:
        client.force_login(person)


@pytest.mark.parametrize("door", ["the form", "the first one", "the administration"])
async def test_a_new_password_leaves_the_pages_of_this_browser_where_they_are(
    sockets: Sockets, alice, door: str
) -> None:
    here, there = await sockets.client("alice"), await sockets.client("alice")
    await prepare(alice, door, here, there)
    old = SimpleCookie(here.cookies)
    page, elsewhere = await sockets("/ws/live/", here), await sockets("/ws/live/", there)
    await page.resume(0)
    await change_password(here, door, alice)
    # Come back, which a browser does by itself with that code.
    assert await page.closed() == 1013
    assert "signed out" not in "".join(page.texts)
    assert await elsewhere.closed() == 4401
    # A moment before the answer with the new cookie is there.
    early = await sync_to_async(Client)()
    early.cookies = old
    early_page = await sockets("/ws/live/", early)
    assert await early_page.closed() == 1013
    assert not early_page.texts
    await (await sockets("/ws/live/", here)).resume(0)


async def test_a_cookie_from_before_a_new_password_is_over_in_the_end(
    sockets: Sockets, alice, monkeypatch
) -> None:
    monkeypatch.setattr(sessions, "RENEWAL", 0)
    here = await sockets.client("alice")
    old = SimpleCookie(here.cookies)
    await change_password(here, "the form", alice)
    thief = await sync_to_async(Client)()
    thief.cookies = old
    assert await (await sockets("/ws/live/", thief)).closed() == 4401


async def test_a_password_that_is_not_changed_renews_nothing(sockets: Sockets, alice) -> None:
    client = await sockets.client("alice")
    await prepare(alice, "the administration", client)
    page = await sockets("/ws/live/", client)
    address = f"/admin/accounts/person/{alice.pk}/password/"
    form = {"usable_password": "true", "password1": "a new horse 10", "password2": "another"}
    assert (await sync_to_async(client.post)(address, form)).status_code == 200
    await sync_to_async(client.post)(reverse("account_logout"))
    assert await page.closed() == 4401


async def test_a_new_password_is_no_news_to_others(sockets: Sockets, alice) -> None:
    here = await sockets.client("alice")
    page = await sockets("/ws/live/", here)
    await page.resume(0)
    bob = await sockets("/ws/live/", "bob")
    await bob.resume(0)
    await change_password(here, "the form", alice)
    assert await page.closed() == 1013
    await page.leave(1013)
    [code] = [row.close_code async for row in Connection.objects.filter(person=alice)]
    assert code == 1013
    await (await sockets("/ws/live/", here)).resume(0)
    assert "offline" not in await bob.quiet(1.5)
