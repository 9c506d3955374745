"""The hooks of a room, under /api/v1/: what its moderators do on the page, programs of theirs do as well."""

import pytest
from django.test import Client

from integrations.models import Hook, OutgoingHook
from rooms.models import Membership, Message

pytestmark = pytest.mark.django_db
HOOKS, OUTGOING = "rooms/general/hooks", "rooms/general/outgoing-hooks"
EARS = {"kind": "messages", "name": "Ears", "address": "https://example.org/in", "words": "build"}
SKY = {"kind": "command", "name": "Sky", "address": "https://example.org/sky", "words": "/weather"}


@pytest.fixture
def moderator(alice, general, program_of):
    """A program of who moderates the room."""
    Membership.objects.filter(person=alice, room=general).update(role="moderator")
    return program_of(alice)


def test_a_program_makes_a_hook_and_speaks_through_it(moderator, django_assert_num_queries):
    made = moderator.post(HOOKS, {"kind": "chat", "name": "Builds"})
    assert made.status_code == 201
    hook = made.json()
    assert (hook["bot"]["name"], hook["maker"]["username"], hook["secret"]) == ("Builds", "alice", "")
    path = hook["slack_address"].removeprefix("http://testserver")
    assert Client().post(path, {"text": "Done"}, content_type="application/json").content == b"ok"
    with django_assert_num_queries(4):
        (call,) = moderator.get(f"{HOOKS}/{hook['id']}/calls").json()["calls"]
    assert (call["status"], call["outcome"], "Done" in call["came"]) == (200, "posted in general", True)
    with django_assert_num_queries(3):
        assert moderator.get(HOOKS).json()["hooks"] == [hook]
    assert moderator.get(f"{HOOKS}/{hook['id']}").json() == hook


@pytest.mark.parametrize("kind", Hook.Kind.values)
def test_one_of_each_kind_takes_its_sample(moderator, kind):
    hook = moderator.post(HOOKS, {"kind": kind, "name": "Robot"}).json()
    assert bool(hook["secret"]) == (kind in ("github", "gitlab"))
    assert (hook["slack_address"] is not None) == (kind == "chat")
    assert moderator.post(f"{HOOKS}/{hook['id']}/sample").json()["status"] == 200
    assert Message.objects.filter(author=hook["bot"]["id"]).exists()


def test_a_hook_is_changed_renewed_and_removed(moderator):
    hook = moderator.post(HOOKS, {"kind": "sentry", "name": "Builds", "secret": "s"}).json()
    one = f"{HOOKS}/{hook['id']}"
    changed = moderator.ask("PATCH", one, {"name": "Errors"}).json()
    assert (changed["name"], changed["bot"]["name"], changed["secret"]) == ("Errors", "Errors", "s")
    assert changed["address"] == hook["address"]
    assert moderator.post(f"{one}/renew").json()["address"] != hook["address"]
    assert moderator.ask("DELETE", one).status_code == 204
    assert moderator.get(one).status_code == 404
    assert not Hook.objects.exists()


def test_what_hears_a_room_and_a_command(moderator):
    ears, sky = (moderator.post(OUTGOING, said).json() for said in (EARS, SKY))
    assert (ears["words"], sky["words"], ears["off_at"]) == ("build", "weather", None)
    assert moderator.get(OUTGOING).json()["outgoing_hooks"] == [ears, sky]
    one = f"{OUTGOING}/{sky['id']}"
    changed = moderator.ask("PATCH", one, {"words": "sky", "hint": "says how it is"}).json()
    assert changed == sky | {"words": "sky", "hint": "says how it is"}
    assert moderator.get(one).json() == changed
    # Its own name is not taken; that of another command is.
    assert moderator.ask("PATCH", one, {"words": "sky"}).status_code == 200
    other = moderator.post(OUTGOING, SKY).json()
    assert moderator.ask("PATCH", f"{OUTGOING}/{other['id']}", {"words": "sky"}).status_code == 422
    assert moderator.ask("DELETE", one).status_code == 204
    assert moderator.get(one).status_code == 404


def test_what_is_switched_off_is_switched_on_again(moderator):
    hook = moderator.post(OUTGOING, EARS).json()
    OutgoingHook.objects.update(off_at=hook["made_at"], problem="500 Internal Server Error")
    assert moderator.get(f"{OUTGOING}/{hook['id']}").json()["problem"] == "500 Internal Server Error"
    assert moderator.post(f"{OUTGOING}/{hook['id']}/on").json() == hook


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (HOOKS, {"kind": "irc", "name": "x"}),
        (HOOKS, {"kind": "chat", "name": " "}),
        (HOOKS, {"kind": "chat", "name": "x", "buttons_to": "no address"}),
        (OUTGOING, EARS | {"address": "gopher://example.org/"}),
        (OUTGOING, SKY | {"words": "help"}),
    ],
)
def test_what_cannot_be_made(moderator, path, said):
    assert moderator.post(path, said).status_code == 422
    assert not Hook.objects.exists()
    assert not OutgoingHook.objects.exists()


def test_it_takes_a_moderator_and_a_token_for_it(moderator, alice, bob, general, program_of):
    assert program_of(bob).get(HOOKS).status_code == 404
    for path in (HOOKS, OUTGOING):
        assert program_of(alice, "write").get(path).status_code == 403
    hook = moderator.post(HOOKS, {"kind": "chat", "name": "Builds"}).json()["id"]
    moderator.post("rooms", {"name": "Plans"})
    elsewhere = program_of(alice, rooms=[general.__class__.objects.get(slug="plans")])
    # Neither in a room that the token is not for, nor by the address of another room.
    for path in (f"{HOOKS}/{hook}", f"rooms/plans/hooks/{hook}", f"rooms/plans/outgoing-hooks/{hook}"):
        assert elsewhere.get(path).status_code == 404
