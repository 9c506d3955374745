"""Tokens: shown once, for what they are for, and over at once."""

import datetime
import re
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.keeping_order import ban, deactivate
from accounts.models import Person
from integrations.actions.tokens import TOKENS_AT_MOST, make_token, revoke
from integrations.models import Token
from integrations.models.token import digest_of
from integrations.tokens import held_by
from rooms.actions.members import take_out
from rooms.models import Membership, Message, Room
from tests.sockets import Sockets

ADDRESS, CHAT = "/accounts/tokens/", "/ws/chat/general/"
FORM = {"name": "Backups", "scope": "write", "days": "30"}


@pytest.fixture
def boss(bob: Person) -> Person:
    """Bob, who may put others out."""
    Person.objects.filter(pk=bob.pk).update(role="administrator")
    return Person.objects.get(pk=bob.pk)


def test_it_is_made_shown_once_and_stored_nowhere(alice, client_of):
    browser = client_of(alice)
    page = browser.post(ADDRESS, FORM, follow=True).content.decode()
    (shown,) = re.findall(r'value="(parley_[\w-]{43})"', page)
    assert shown not in browser.get(ADDRESS).content.decode()
    token = held_by(shown)
    assert token is not None
    assert token.ends_at is not None
    assert (token.person, token.name, token.scope, token.rooms) == (alice, "Backups", "write", None)
    assert token.digest == digest_of(shown)
    assert token.ends_at - token.made_at == datetime.timedelta(days=30)


def test_it_is_for_some_rooms_alone(alice, general, client_of):
    client_of(alice).post(ADDRESS, FORM | {"rooms": [general.pk]})
    assert Token.objects.get().rooms == [general.pk]


def test_no_room_of_others_can_be_chosen(alice, bob, client_of):
    theirs = Room.objects.create(name="theirs", slug="theirs", kind="closed")
    assert client_of(alice).post(ADDRESS, FORM | {"rooms": [theirs.pk]}).status_code == 422


def test_when_it_was_used_is_noted_once_a_minute(alice, token_of, django_assert_num_queries):
    shown = token_of(alice)
    with django_assert_num_queries(2):
        held_by(shown)
    with django_assert_num_queries(1):
        token = held_by(shown)
    assert token is not None
    assert token.last_used_at is not None
    assert timezone.now() - token.last_used_at < datetime.timedelta(minutes=1)


def test_the_page_revokes_it(alice, client_of, token_of):
    shown, browser = token_of(alice), client_of(alice)
    browser.post(f"{ADDRESS}{Token.objects.get().pk}/revoke/")
    assert held_by(shown) is None
    assert "There are none." in browser.get(ADDRESS).content.decode()


def test_nobody_revokes_that_of_somebody_else(alice, bob, client_of, token_of):
    shown = token_of(alice)
    assert client_of(bob).post(f"{ADDRESS}{Token.objects.get().pk}/revoke/").status_code == 404
    assert held_by(shown)


@pytest.mark.parametrize("shown", ["", "parley_", "parley_" + "x" * 43, "parley_é", "x" * 10_000])
def test_nothing_else_is_one(alice, token_of, shown):
    token_of(alice)
    assert held_by(shown) is None


@pytest.mark.parametrize("put_out", [deactivate, ban])
def test_that_of_somebody_who_may_not_come_in_does_nothing(alice, boss, token_of, put_out: Callable):
    shown = token_of(alice)
    put_out(boss, alice)
    assert held_by(shown) is None


def test_there_are_so_many_at_most(alice, client_of):
    Token.objects.bulk_create(
        Token(person=alice, name="x", digest=str(number)) for number in range(TOKENS_AT_MOST)
    )
    answer = client_of(alice).post(ADDRESS, FORM)
    assert answer.status_code == 422
    assert "revoke one first" in answer.content.decode()


async def test_a_program_talks_with_it(sockets: Sockets, alice, bob, token_of):
    shown = await sync_to_async(token_of)(alice)
    program, other = await sockets(CHAT, token=shown, origin=None), await sockets(CHAT, "bob")
    await program.send(message="from a program")
    assert (await other.next_json())["username"] == "alice"


async def test_one_for_reading_says_nothing(sockets: Sockets, alice, token_of):
    program = await sockets(CHAT, token=await sync_to_async(token_of)(alice, "read"))
    await program.send(message="from a program")
    assert await program.next_json() == {"type": "error", "error": "This token is for reading."}
    assert not await Message.objects.aexists()


async def test_one_for_other_rooms_opens_nothing(sockets: Sockets, alice, token_of):
    other = await Room.objects.acreate(name="other", slug="other")
    shown = await sync_to_async(token_of)(alice, rooms=[other])
    assert await (await sockets(CHAT, token=shown)).closed() == 4403


async def test_a_token_opens_no_page(sockets: Sockets, alice, token_of):
    shown = await sync_to_async(token_of)(alice)
    assert await (await sockets("/ws/rooms/general/", token=shown)).closed() == 4401


def _revoke(boss: Person, alice: Person) -> None:
    revoke(alice, Token.objects.get())


def _remove(boss: Person, alice: Person) -> None:
    take_out(Membership.objects.get(person=alice, room__slug="general"))


def _end(boss: Person, alice: Person) -> None:
    Token.objects.update(ends_at=timezone.now())


@pytest.mark.parametrize(
    ("end", "code"), [(_revoke, 4401), (_end, 4401), (deactivate, 4401), (ban, 4401), (_remove, 4403)]
)
async def test_what_it_has_open_ends_with_it(sockets: Sockets, alice, boss, token_of, end, code: int):
    program = await sockets(CHAT, token=await sync_to_async(token_of)(alice, days=1))
    await sync_to_async(end)(boss, alice)
    assert await program.closed() == code


async def test_it_is_no_sign_in(sockets: Sockets, alice, bob, token_of):
    page = await sockets("/ws/live/", "bob")
    await page.resume(0)
    await sockets(CHAT, token=(await sync_to_async(make_token)(alice, "a program", "read"))[1])
    assert "signed in" not in await page.quiet()
