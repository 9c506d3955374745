"""Bots: people of their own, marked wherever they speak, as whom nobody signs in."""

import re

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from accounts.keeping_order import deactivate
from accounts.models import Person
from integrations.actions.bots import create_bot
from integrations.models import Token
from integrations.tokens import held_by
from rooms.actions.members import put_in
from rooms.actions.messages_post import post_message
from rooms.models import Membership, Message, Room
from rooms.tests.files import PNG


def said_by(bot, room: Room, text: str, **more: str):
    return post_message(Membership.objects.get(person=bot, room=room), text, **more)


def test_what_it_says_is_marked(alice, general, client_of):
    said_by(create_bot(alice, "Builds", rooms=(general,)), general, "It is done.")
    page = client_of(alice).get("/rooms/general/").content.decode()
    assert '>Builds</a> <span class="mark bot">bot</span>' in page


def test_it_is_called_otherwise_in_one_message(alice, general, client_of):
    bot = create_bot(alice, "Builds", rooms=(general,))
    said_by(bot, general, "First", shown_name="Nightly", shown_icon="🌙")
    said_by(bot, general, "Second")
    page = client_of(alice).get("/rooms/general/").content.decode()
    assert 'title="Builds">Nightly</a>' in page
    assert ">🌙<" in page
    assert ">Builds</a>" in page


def test_nobody_signs_in_as_it(alice, general, client):
    bot = create_bot(alice, "Builds", rooms=(general,))
    client.post("/accounts/login/", {"login": bot.username, "password": ""})
    assert "_auth_user_id" not in client.session


def test_it_knows_the_rooms_it_was_put_in(alice, general):
    bot = create_bot(alice, "Builds", rooms=(general,))
    assert set(Room.objects.visible_to(bot)) == {general}


def test_two_bots_are_called_alike(alice):
    assert create_bot(alice, "GitHub").name == create_bot(alice, "GitHub").name


def test_nobody_is_called_like_a_bot(alice, bob):
    create_bot(alice, "GitHub")
    bob.display_name = "Github"
    with pytest.raises(ValidationError):
        bob.full_clean()


def test_no_bot_is_called_like_somebody_else(alice):
    with pytest.raises(ValidationError):
        create_bot(alice, "alice")


ADDRESS = "/accounts/bots/"


def owner_of(secret: str) -> Person | None:
    """Whose that token is, where it holds."""
    token = held_by(secret)
    return token.person if token else None


@pytest.fixture
def bot(alice) -> Person:
    return create_bot(alice, "Builds")


def test_it_is_made_put_in_a_room_and_given_a_token(alice, general, client_of):
    browser = client_of(alice)
    page = browser.post(ADDRESS, {"name": "Builds"}).headers["Location"]
    browser.post(f"{page}rooms/", {"room": "general"})
    shown = browser.post(f"{page}tokens/", {"name": "ci", "scope": "write"}, follow=True).content.decode()
    bot = Person.objects.get(is_bot=True)
    assert (bot.name, bot.bot_owner) == ("Builds", alice)
    (secret,) = re.findall(r'value="(parley_[\w-]+)"', shown)
    assert owner_of(secret) == bot
    assert Membership.objects.filter(person=bot, room=general).exists()
    # The room says who did it.
    assert Message.objects.get(notice="added").author == alice


def test_the_audit_says_who_made_and_who_ended_it(alice, general, client_of):
    Person.objects.filter(pk=alice.pk).update(role="owner")
    browser = client_of(alice)
    page = browser.post(ADDRESS, {"name": "Builds"}).headers["Location"]
    browser.post(f"{page}tokens/", {"name": "ci", "scope": "write"})
    token = Token.objects.get()
    browser.post(f"{page}tokens/{token.pk}/")
    browser.post(f"{page}delete/")
    audit = browser.get("/administration/audit/").content.decode()
    done = ["deleted the bot", "revoked a token of", "made a token for", "made the bot"]
    places = [audit.index(f"</bdi></strong> {words}") for words in done]
    assert places == sorted(places)
    assert audit.count("<bdi>ci, to write</bdi>") == 2


def test_it_has_a_picture(alice, bot, client_of, uploads):
    picture = SimpleUploadedFile("dot.png", PNG)
    assert client_of(alice).post(f"{ADDRESS}{bot.pk}/picture/", {"picture": picture}).status_code == 303
    assert Person.objects.get(pk=bot.pk).avatar


def test_it_is_taken_out_switched_off_and_deleted(alice, bot, general, client_of, token_of):
    put_in(general, [bot])
    shown, browser, page = token_of(bot), client_of(alice), f"{ADDRESS}{bot.pk}/"
    browser.post(f"{page}rooms/{Membership.objects.get(person=bot).pk}/")
    assert not Membership.objects.filter(person=bot).exists()
    browser.post(f"{page}switch/")
    assert held_by(shown) is None
    browser.post(f"{page}switch/", {"on": "on"})
    assert owner_of(shown) == bot
    browser.post(f"{page}delete/")
    assert held_by(shown) is None
    assert browser.get(page).status_code == 404


def test_its_owner_does_not_switch_on_what_an_administrator_has_closed(alice, bob, bot, client_of):
    Person.objects.filter(pk=bob.pk).update(role="administrator")
    deactivate(Person.objects.get(pk=bob.pk), bot)
    for person, is_on in ((alice, False), (Person.objects.get(pk=bob.pk), True)):
        client_of(person).post(f"{ADDRESS}{bot.pk}/switch/", {"on": "on"})
        assert Person.objects.get(pk=bot.pk).is_active is is_on


def test_it_ends_with_whoever_made_it(alice, bob, bot, token_of):
    shown = token_of(bot)
    Person.objects.filter(pk=bob.pk).update(role="administrator")
    deactivate(Person.objects.get(pk=bob.pk), alice)
    assert held_by(shown) is None


@pytest.mark.parametrize("address", ["", "rooms/", "switch/", "delete/", "tokens/", "picture/"])
def test_it_is_for_its_owner_alone(bob, bot, client_of, address):
    assert client_of(bob).post(f"{ADDRESS}{bot.pk}/{address}", {"name": "Mine"}).status_code == 404


def test_whoever_runs_the_community_sees_all(bob, bot, client_of):
    Person.objects.filter(pk=bob.pk).update(role="administrator")
    assert "Builds" in client_of(Person.objects.get(pk=bob.pk)).get(ADDRESS).content.decode()


def test_a_guest_makes_none(alice, client_of):
    Person.objects.filter(pk=alice.pk).update(role="guest")
    assert client_of(alice).post(ADDRESS, {"name": "Builds"}).status_code == 422


def test_it_goes_into_no_room_in_which_its_owner_is_not(alice, bot, client_of):
    Room.objects.create(name="closed", slug="closed", kind="closed")
    assert client_of(alice).post(f"{ADDRESS}{bot.pk}/rooms/", {"room": "closed"}).status_code == 404


@pytest.mark.parametrize("address", ["/people/", "/people/builds/", "/rooms/general/members/"])
def test_it_is_marked(alice, general, client_of, address):
    create_bot(alice, "Builds", rooms=(general,), username="builds")
    assert '<span class="mark bot">bot</span>' in client_of(alice).get(address).content.decode()


def test_it_is_marked_where_it_may_be_meant(alice, general, client_of):
    create_bot(alice, "Builds", rooms=(general,), username="builds")
    answer = client_of(alice).post("/rooms/general/suggestions/", {"body": "@bui", "at": "4", "to": "4"})
    assert re.search(r'@builds.*<span\s+class="mark bot">bot', answer.content.decode(), re.DOTALL)


def test_no_door_lets_it_in(bot, client, rf):
    """Even where somebody gave it a password and an address: all doors lead through this one."""
    bot.set_password("parley-demo")
    bot.save()
    EmailAddress.objects.create(user=bot, email="bot@example.org", verified=True, primary=True)
    for login in (bot.username, "bot@example.org"):
        client.post("/accounts/login/", {"login": login, "password": "parley-demo"})
        assert "_auth_user_id" not in client.session
    with pytest.raises(Http404):
        get_adapter().pre_login(rf.post("/"), bot)
