"""/ws/live/: somebody is called otherwise, on every page that is open."""

import re

import pytest
from asgiref.sync import sync_to_async

from accounts import names
from accounts import render as people_render
from accounts.models import Community, Person
from accounts.models.values import SeenPerson
from live import bus
from live.server_process import ServerProcess
from tests.sockets import Sockets

LIVE = "/ws/live/"

pytestmark = pytest.mark.usefixtures("alice", "bob", "charlie")


def called(pk: int, name: str) -> str:
    """What gives somebody a new name, wherever it stands as a name."""
    return f'<hx-partial hx-target="[data-name=&#x27;{pk}&#x27;]" hx-swap="textContent">{name}</hx-partial>'


@sync_to_async
def rename(person: Person, **fields: object) -> None:
    for name, value in fields.items():
        setattr(person, name, value)
    person.save(update_fields=list(fields))


@sync_to_async
def revision() -> int:
    return Community.current().people_revision


async def test_a_name_its_initials_and_its_colour(sockets: Sockets, alice):
    socket = await sockets(LIVE, "bob")

    await rename(alice, display_name="Ann <b> Lee", hue=3)

    html = await socket.until('id="names"')
    assert called(alice.pk, "Ann &lt;b&gt; Lee") in html
    assert '<span class="avatar hue-3" aria-hidden="true">AL<svg' in html
    author = r'<a class="author hue-3" href="/people/alice/">Ann &lt;b&gt; Lee</a>'
    assert re.search(author, html)
    assert re.search(r'<li id="online-\d+" class=hue-3 data-initials="AL">', html)


async def test_a_page_of_a_person_says_from_where_on_it_wants_to_hear(sockets: Sockets, alice):
    client = await sockets.client("bob")
    await rename(alice, display_name="Ann")
    page = (await sync_to_async(client.get)("/rooms/")).content.decode()

    assert f'<input type="hidden" id="names" name="names" value="{await revision()}">' in page


async def test_two_at_once_come_in_one(sockets: Sockets, alice, bob):
    socket = await sockets(LIVE, "bob")

    await Person.objects.all().aupdate(display_name="The same")

    html = await socket.until('id="names"')
    assert called(alice.pk, "The same") in html
    assert called(bob.pk, "The same") in html


async def test_a_deletion_counts_and_changes_no_name(sockets: Sockets, alice):
    socket = await sockets(LIVE, "bob")

    await alice.adelete()

    assert "[data-name=" not in await socket.until(f'name="names" value="{await revision() or 1}"')


async def test_a_name_given_while_no_page_was_open_comes_to_none_that_opens(sockets: Sockets, alice):
    first = await sockets(LIVE, "bob")
    await first.leave()
    # Somebody else's page: once the name is there, none is on its way to this process any more.
    elsewhere = await sockets(LIVE, "charlie")
    await rename(alice, display_name="Ann")
    await elsewhere.until(called(alice.pk, "Ann"))
    # It is said once more with the next look.
    await elsewhere.until(called(alice.pk, "Ann"))

    second = await sockets(LIVE, "bob")
    html = await second.resume(0, names=str(await revision()))

    assert ">Ann<" not in html


async def test_a_page_from_before_hears_what_it_missed(sockets: Sockets, alice, bob):
    await rename(bob, display_name="Bo")
    known = await revision()
    await rename(alice, display_name="Ann")
    socket = await sockets(LIVE, "bob")

    html = await socket.resume(0, names=str(known))

    assert called(alice.pk, "Ann") in html
    assert called(bob.pk, "Bo") not in html
    assert f'name="names" value="{await revision()}"' in html


async def test_a_page_that_does_not_say_gets_no_names(sockets: Sockets, alice):
    await rename(alice, display_name="Ann")
    socket = await sockets(LIVE, "bob")

    assert ">Ann<" not in await socket.resume(0)


@pytest.mark.parametrize("wrong", ["x", "-1", "", "9" * 30, None, 1.5])
async def test_no_number_is_refused(sockets: Sockets, wrong: object):
    socket = await sockets(LIVE, "bob")

    await socket.send(type="resume", names=wrong)

    await socket.until("is-problem")


async def test_so_many_that_a_page_is_better_read_anew(sockets: Sockets, monkeypatch, alice, bob):
    monkeypatch.setattr(names, "MOST_RENAMED", 1)
    socket = await sockets(LIVE, "bob")

    await Person.objects.all().aupdate(display_name="The same")

    html = await socket.until('id="names"')
    assert "Many people are called otherwise now" in html
    assert "data-name" not in html


async def test_what_came_with_the_old_name_meanwhile_gets_the_new_one(sockets: Sockets, alice):
    """It is said once more with the next look."""
    socket = await sockets(LIVE, "bob")
    await rename(alice, display_name="Ann")
    await socket.until(called(alice.pk, "Ann"))

    await socket.until(called(alice.pk, "Ann"))


async def test_is_rendered_once_for_all_pages(sockets: Sockets, monkeypatch, alice):
    rendered: list[int] = []
    render = people_render.name_changed

    def counted(person: SeenPerson) -> str:
        rendered.append(person.pk)
        return render(person)

    monkeypatch.setattr(people_render, "name_changed", counted)
    opened = [await sockets(LIVE, "bob") for _ in range(5)]

    await rename(alice, display_name="Ann")
    for socket in opened:
        await socket.until(called(alice.pk, "Ann"))

    # When it is told, and when it is said again.
    assert rendered in ([alice.pk], [alice.pk, alice.pk])


async def test_a_process_knows_where_it_is_from_its_start(sockets: Sockets, alice):
    await rename(alice, display_name="Ann")
    await sockets(LIVE, "bob")

    assert ServerProcess.current().cursor.revision[bus.EVERYONE] == await revision()
