"""A new name stands wherever the old one did: in rows, in quotes and under reactions, by any door."""

import re
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from django.test import Client

from accounts.models import Community, Person
from live import bus
from rooms import access
from rooms.actions.messages_post import post_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import create_room
from rooms.models import Message, Room
from rooms.render import quotes
from rooms.tests.panel import panel
from rooms.tests.saying import say
from tests.page import Page
from tests.sockets import Sockets

GENERAL = "/rooms/general/"
Rename = Callable[[Person, str], object]


def talk(alice: Person, bob: Person) -> None:
    """Alice says something; bob answers it, and alice reacts to that."""
    first = say(alice, "general", "Tea?")
    mine, hers = access.membership(bob.pk, "general"), access.membership(alice.pk, "general")
    answer = post_message(mine, "Coffee", reply_to=first.pk)
    toggle_reaction(hers, Message.objects.select_related("room").get(pk=answer.pk), "👍")


def names_on(html: str) -> list[str]:
    """Who wrote, who is quoted, and who reacted, in the two rows of that talk."""
    found = re.findall(r'<[ab] class="(?:author|quote-author)[^>]*>([^<]*)</[ab]>|title="(\w*) reacted', html)
    return [author or giver for author, giver in found]


def save(person: Person, name: str) -> None:
    person.display_name = name
    person.save()


def save_that_alone(person: Person, name: str) -> None:
    person.display_name = name
    person.save(update_fields=["display_name"])


def bulk_update(person: Person, name: str) -> None:
    person.display_name = name
    Person.objects.bulk_update([person], ["display_name"])


def update(person: Person, name: str) -> None:
    Person.objects.filter(pk=person.pk).update(display_name=name)


def elsewhere(person: Person, name: str) -> None:
    """As another process has it stored."""
    Community.objects.get_or_create(pk=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_community SET people_revision = people_revision + 1")
        cursor.execute(
            "UPDATE accounts_person SET display_name = %s,"
            " profile_revision = (SELECT people_revision FROM accounts_community) WHERE id = %s",
            [name, person.pk],
        )


DOORS = pytest.mark.parametrize("rename", [save, save_that_alone, bulk_update, update, elsewhere])


@DOORS
def test_on_a_fresh_page(alice, bob, client_of, rename: Rename):
    talk(alice, bob)
    client = client_of(bob)
    assert names_on(client.get(GENERAL).content.decode()) == ["alice", "bob", "alice", "alice"]

    rename(alice, "Alison")

    assert names_on(client.get(GENERAL).content.decode()) == ["Alison", "bob", "Alison", "Alison"]


@DOORS
def test_in_the_history(alice, bob, client_of, rename: Rename):
    talk(alice, bob)
    client, address = client_of(bob), f"{GENERAL}history/?around={Message.objects.latest('pk').pk}"
    client.get(address)

    rename(alice, "Alison")

    assert names_on(client.get(address).content.decode()) == ["Alison", "bob", "Alison", "Alison"]


def test_on_a_page_of_one_message(alice, bob, client_of):
    talk(alice, bob)
    client = client_of(bob)
    address = f"{GENERAL}messages/{Message.objects.latest('pk').pk}/reactions/"
    client.get(address)

    update(alice, "Alison")

    assert names_on(panel(client.get(address).content.decode())) == ["bob", "Alison", "Alison"]


def test_from_the_administration(alice, bob, client_of):
    alice.role = "administrator"
    alice.save()
    talk(bob, alice)
    client, address = client_of(alice), f"/admin/accounts/person/{bob.pk}/change/"
    client.get(GENERAL)
    form = client.get(address).context["adminform"].form
    values = {name: form.initial[name] or "" for name in ("username", "email", "time_zone", "hue", "role")}
    moments = ("last_login_0", "last_login_1", "date_joined_0", "date_joined_1")
    values |= {name: "2026-01-01" if name.endswith("0") else "10:00" for name in moments}

    response = client.post(address, values | {"display_name": "Robert", "is_active": "on"})

    assert response.status_code == 302, response.context["errors"]
    assert names_on(client.get(GENERAL).content.decode()) == ["Robert", "alice", "Robert", "Robert"]


def test_given_while_a_page_is_made_is_on_the_next(alice, bob, client_of, monkeypatch):
    """What was read before is not kept as what came after."""
    talk(alice, bob)
    client, quoted = client_of(bob), quotes.render_for
    renamed: list[bool] = []
    # Each row anew.
    update(bob, "Bo")

    def meanwhile(messages):
        found = quoted(messages)
        if not renamed:
            renamed.append(True)
            save(alice, "Alison")
        return found

    monkeypatch.setattr(quotes, "render_for", meanwhile)
    client.get(GENERAL)

    assert renamed
    assert names_on(client.get(GENERAL).content.decode()) == ["Alison", "Bo", "Alison", "Alison"]


def test_that_is_taken_back_is_on_no_page(alice, bob, client_of):
    talk(alice, bob)
    with transaction.atomic():
        save(alice, "Nobody")
        transaction.set_rollback(True)

    assert names_on(client_of(bob).get(GENERAL).content.decode()) == ["alice", "bob", "alice", "alice"]


# -- Pages that are open -------------------------------------------------------------------


@pytest.fixture
def nothing_told(monkeypatch) -> None:
    """No event reaches anybody, as where another process has no Redis."""
    monkeypatch.setattr(bus, "tell", _nobody)


async def _nobody(group: str, event: object) -> None:
    pass


@DOORS
async def test_comes_to_an_open_page(sockets: Sockets, alice, bob, rename: Rename):
    socket = await sockets("/ws/rooms/general/", "bob")

    await sync_to_async(rename)(alice, "Alison")

    await socket.until(f'hx-target="[data-name=&#x27;{alice.pk}&#x27;]" hx-swap="textContent">Alison<')


@pytest.mark.usefixtures("nothing_told")
@DOORS
async def test_comes_without_an_event(sockets: Sockets, alice, bob, rename: Rename):
    socket = await sockets("/ws/rooms/general/", "bob")

    await sync_to_async(rename)(alice, "Alison")

    await socket.until(f'hx-target="[data-name=&#x27;{alice.pk}&#x27;]" hx-swap="textContent">Alison<')


async def test_comes_to_the_reactions_of_an_open_page(sockets: Sockets, alice, bob):
    await sync_to_async(talk)(alice, bob)
    socket = await sockets("/ws/rooms/general/", "bob")

    await sync_to_async(save)(alice, "Alison")

    html = await socket.until('title="Alison reacted with 👍"')
    answer = await sync_to_async(Message.objects.latest)("pk")
    assert f'hx-target="#message-{answer.pk} .reactions"' in html


async def test_of_who_reacted_comes_to_the_pages_of_that_room_alone(sockets: Sockets, alice, bob):
    await sync_to_async(talk)(alice, bob)
    await sync_to_async(create_room)(bob, "attic")
    general = await sockets("/ws/rooms/general/", "bob")
    attic = await sockets("/ws/rooms/attic/", "bob")

    await sync_to_async(save)(alice, "Alison")

    await general.until("Alison reacted")
    assert "reacted" not in await attic.until(">Alison<") + await attic.quiet()


async def test_a_page_that_was_away_hears_of_it(sockets: Sockets, alice, bob):
    client = await sockets.client("bob")
    await sync_to_async(talk)(alice, bob)
    page = (await sync_to_async(client.get)(GENERAL)).content.decode()
    known = re.search(r'id="names" name="names" value="(\d+)"', page)
    await sync_to_async(save)(alice, "Alison")
    socket = await sockets("/ws/rooms/general/", client)
    seen = (await sync_to_async(Room.objects.get)()).revision

    assert known
    html = await socket.resume(seen, names=known[1])

    assert f'hx-target="[data-name=&#x27;{alice.pk}&#x27;]" hx-swap="textContent">Alison<' in html
    assert "Alison reacted" in html


# -- An open page is the page loaded afresh ------------------------------------------------


@sync_to_async
def page_of(client: Client) -> tuple[Page, str]:
    html = client.get(GENERAL).content.decode()
    return Page(html), re.findall(r'name="names" value="(\d+)"', html)[0]


@sync_to_async
def rename_both(alice: Person, bob: Person) -> None:
    post_message(access.membership(alice.pk, "general"), "/me waves")
    # At once: no process looks between the two.
    with transaction.atomic():
        Person.objects.filter(pk=alice.pk).update(display_name="Al <b> Lee", hue=11)
        Person.objects.filter(pk=bob.pk).update(username="robert")


async def test_after_the_frames_of_new_names(sockets: Sockets, alice, bob):
    client = await sockets.client("alice")
    await sync_to_async(talk)(alice, bob)
    await sync_to_async(say)(bob, "general", "/me waves")
    socket = await sockets("/ws/rooms/general/", client)
    page, _ = await page_of(client)

    await rename_both(alice, bob)
    page.apply(await socket.until("Lee reacted"))

    afresh, _ = await page_of(client)
    assert "robert" in "".join(page.shown)
    assert page.shown == afresh.shown


async def test_after_it_was_away(sockets: Sockets, alice, bob):
    client = await sockets.client("alice")
    await sync_to_async(talk)(alice, bob)
    page, known = await page_of(client)

    await rename_both(alice, bob)
    socket = await sockets("/ws/rooms/general/", client)
    page.apply(await socket.resume(page.seen, names=known))

    afresh, names = await page_of(client)
    assert page.shown == afresh.shown
    assert int(names) > int(known)
