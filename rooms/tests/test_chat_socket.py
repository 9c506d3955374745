"""ws/chat/<slug>/: the same room, in JSON, for programs."""

import json
import re
from collections.abc import Callable

import jsonschema_rs
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.utils.dateparse import parse_datetime

from live import consumers
from rooms.actions.members import add_members, leave_room, remove_member
from rooms.actions.message_change import change_message
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.pins import pin_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import change_room, join_room
from rooms.actions.topic import change_topic
from rooms.models import Membership, Message
from tests.environment import ROOT
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob")

CHAT, PAGE = "/ws/chat/general/", "/ws/rooms/general/"


async def test_a_message_reaches_programs_and_pages(sockets: Sockets) -> None:
    sender, program = await sockets(CHAT, "alice"), await sockets(CHAT, "bob", origin=None)
    page = await sockets(PAGE, "bob")
    await sender.send(message="Hello from a program")
    for socket in (sender, program):
        said = await socket.next_json()
        message = await Message.objects.aget()
        assert said == {
            "type": "message",
            "id": message.pk,
            "revision": 1,
            "username": "alice",
            "message": "Hello from a program",
            "sent_at": said["sent_at"],
            "is_bot": False,
            "shown_name": None,
            "thread": None,
            "reply_to": None,
        }
        assert parse_datetime(said["sent_at"]) == message.posted_at
    await page.until("Hello from a program")


async def test_a_page_reaches_programs(sockets: Sockets) -> None:
    page, program = await sockets(PAGE, "alice"), await sockets(CHAT, "bob")
    await page.send(type="message", body="<b>Hello</b>")
    assert (await program.next_json())["message"] == "<b>Hello</b>"


async def test_a_message_is_a_frame_of_its_own(sockets: Sockets) -> None:
    alice, bob = await sockets(CHAT, "alice"), await sockets(CHAT, "bob")
    for number in range(10):
        await alice.send(message=str(number))
    assert [(await bob.next_json())["message"] for _ in range(10)] == [str(number) for number in range(10)]


async def test_a_token_twice_is_one_message(sockets: Sockets) -> None:
    alice = await sockets(CHAT, "alice")
    bob = await sockets(CHAT, "bob")
    for _ in range(2):
        await alice.send(message="only once", token="t1")
    await alice.send(message="and then")
    assert [(await bob.next_json())["message"] for _ in range(2)] == ["only once", "and then"]


async def test_what_is_sent_again_is_told_to_its_sender_again(sockets: Sockets) -> None:
    """A line may take the first answer with it, and a resume that is too far behind does not bring it."""
    alice, bob = await sockets(CHAT, "alice"), await sockets(CHAT, "bob")
    await alice.send(message="only once", token="t1")
    first = await alice.next_json()
    await alice.send(message="only once", token="t1")
    assert await alice.next_json() == first
    await sync_to_async(remove_message)(await Message.objects.select_related("room").aget())
    await alice.next_json()
    await alice.send(message="only once", token="t1")
    assert await alice.next_json() == {"type": "deletion", "id": first["id"], "revision": 2}
    await alice.send(message="and then")
    assert [(await bob.next_json()).get("message") for _ in range(3)] == ["only once", None, "and then"]


async def test_a_deletion_is_told(sockets: Sockets) -> None:
    alice = await sockets(CHAT, "alice")
    await alice.send(message="a slip")
    said = await alice.next_json()
    await sync_to_async(remove_message)(await Message.objects.select_related("room").aget())
    assert await alice.next_json() == {"type": "deletion", "id": said["id"], "revision": 2}


async def test_resume_brings_what_was_missed(sockets: Sockets) -> None:
    alice = await sockets(CHAT, "alice")
    for body in ("one", "two", "three"):
        await alice.send(message=body)
        await alice.next_json()
    await alice.send(resume=1)
    assert [(await alice.next_json())["message"] for _ in range(2)] == ["two", "three"]


async def test_what_was_missed_comes_before_what_is_newer(sockets: Sockets) -> None:
    alice = await sockets(CHAT, "alice")
    for body in ("one", "two", "three"):
        await alice.send(message=body)
        await alice.next_json()
    back = await sockets(f"{CHAT}?resume=1", "bob")
    await alice.send(message="four")
    assert [(await back.next_json())["message"] for _ in range(3)] == ["two", "three", "four"]


async def test_a_number_that_is_none_is_said_and_the_socket_stays(sockets: Sockets) -> None:
    back = await sockets(f"{CHAT}?resume=x", "bob")
    assert (await back.next_json())["type"] == "error"
    await back.send(message="Hello")
    assert (await back.next_json())["message"] == "Hello"


@pytest.fixture
def change_hello(db) -> Callable[[str], None]:
    """Do something to the one message that there is, which alice said."""

    def change(what: str) -> None:
        member = Membership.objects.select_related("room", "person").get(person__username="alice")
        message = Message.objects.select_related("room").get()
        match what:
            case "edit":
                edit_message(member, message, "Hello again", edit_state(message))
            case "reaction":
                toggle_reaction(member, message, "👍")
            case "pin":
                pin_message(member, message)

    return change


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize("what", ["edit", "reaction", "pin"])
async def test_a_message_is_new_once(sockets: Sockets, change_hello, what: str, is_live: bool) -> None:
    """Whether the program hears of the change, or of it after a lost connection."""
    alice = await sockets(CHAT, "alice")
    await alice.send(message="Hello")
    said = await alice.next_json()
    if is_live:
        await sync_to_async(change_hello)(what)
    else:
        await alice.leave()
        await sync_to_async(change_hello)(what)
        alice = await sockets(f"{CHAT}?resume=1", "alice")
    await alice.send(message="and then")
    heard = [await alice.next_json()]
    if what == "edit":
        assert heard == [{**said, "type": "edit", "revision": 2, "message": "Hello again"}]
        heard = [await alice.next_json()]
    if what == "reaction":
        reactions = [{"emoji": "👍", "count": 1}]
        assert heard == [{"type": "reaction", "id": said["id"], "revision": 2, "reactions": reactions}]
        heard = [await alice.next_json()]
    assert [one["message"] for one in heard] == ["and then"]


@pytest.fixture
def change_general(db) -> Callable[[str], None]:
    """Do something to the room: as alice, who moderates it, but for who comes and goes by themselves."""

    def change(what: str) -> None:
        mine = Membership.objects.select_related("room", "person").get(person__username="alice")
        match what:
            case "topic":
                change_topic(mine, "Ships & harbours")
            case "name":
                mine.room.name = "Harbour"
                change_room(mine, mine.room, ["name"])
            case "removed":
                remove_member(mine, Membership.objects.get(person__username="bob"))
            case "added":
                add_members(mine, [get_user_model().objects.create_user("carol", role="guest")])
            case "joined":
                carol = get_user_model().objects.create_user("carol", role="guest")
                carol.role = "member"
                join_room(carol, mine.room)
            case "left":
                leave_room(Membership.objects.select_related("room", "person").get(person__username="bob"))

    return change


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize(
    ("what", "event"),
    [
        ("topic", {"type": "topic", "topic": "Ships & harbours"}),
        ("name", {"type": "topic", "name": "Harbour"}),
        ("removed", {"type": "member", "what": "removed", "people": ["bob"]}),
        ("added", {"type": "member", "what": "added", "people": ["carol"]}),
        ("joined", {"type": "member", "what": "joined", "username": "carol", "people": ["carol"]}),
        ("left", {"type": "member", "what": "left", "username": "bob", "people": ["bob"]}),
    ],
)
async def test_what_happens_to_the_room_is_told(
    sockets: Sockets, change_general, what: str, event: dict[str, object], is_live: bool
) -> None:
    """Whether the program hears of it, or of it after a lost connection."""
    if is_live:
        alice = await sockets(CHAT, "alice")
        await sync_to_async(change_general)(what)
    else:
        await sync_to_async(change_general)(what)
        alice = await sockets(f"{CHAT}?resume=0", "alice")
    heard = await alice.next_json()
    assert heard == {"username": "alice"} | event | {"revision": heard["revision"]}


async def test_a_late_preview_is_no_message(sockets: Sockets) -> None:
    """Nor is it where another process made it, of which this one hears by looking."""
    alice = await sockets(CHAT, "alice")
    await alice.send(message="Hello")
    said = await alice.next_json()

    def elsewhere() -> None:
        message = Message.objects.select_related("room").get()
        change_message(message, tell=lambda row: None, links=1)

    await sync_to_async(elsewhere)()
    await alice.send(message="and then")
    assert (await alice.next_json())["message"] == "and then"
    assert said["type"] == "message"


async def test_a_message_answers_another(sockets: Sockets) -> None:
    alice = await sockets(CHAT, "alice")
    await alice.send(message="Hello")
    first = (await alice.next_json())["id"]
    await alice.send(message="Hello yourself", reply_to=first)
    answer = await alice.next_json()
    assert (answer["reply_to"], answer["thread"]) == (first, first)


async def test_the_page_about_it_says_what_comes(sockets: Sockets, change_hello, change_general) -> None:
    """The schema in docs/programs.md holds for a frame of each type."""
    (schema,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs/programs.md").read_text(), re.DOTALL)
    says = jsonschema_rs.validator_for(json.loads(schema))
    alice = await sockets(CHAT, "alice")
    await alice.send(message="Hello")
    await alice.next_json()
    for what in ("edit", "reaction"):
        await sync_to_async(change_hello)(what)
    for what in ("topic", "name", "removed", "added"):
        await sync_to_async(change_general)(what)
    await sync_to_async(remove_message)(await Message.objects.select_related("room").aget(notice=None))
    await alice.send(message="")
    frames = [await alice.next_json() for _ in range(8)]
    back = await sockets(f"{CHAT}?resume=0", "alice")
    frames += [await back.next_json() for _ in range(5)]
    assert {frame["type"] for frame in frames} == {
        "edit", "reaction", "topic", "member", "deletion", "error",
    }  # fmt: skip
    assert [list(says.iter_errors(frame)) for frame in frames] == [[]] * len(frames)
    assert not says.is_valid({"type": "message"})


async def test_an_error_names_the_token_that_it_answers(sockets: Sockets) -> None:
    alice = await sockets(CHAT, "alice")
    await alice.send(message="  ", token="t7")
    assert (await alice.next_json())["token"] == "t7"
    await alice.send(message="  ")
    assert "token" not in await alice.next_json()


BAD = [
    "", "{", "[]", "7", "{}", '{"message": 7}', '{"message": null}', '{"message": ""}', '{"message": "  "}',
    '{"message": "\\u0000"}', '{"message": "\\ud800"}', '{"message": "x", "token": 7}', '{"resume": "x"}',
    json.dumps({"message": "x" * 10_001}),
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
async def test_bad_input_is_answered_to_the_sender_alone_and_the_socket_stays(
    sockets: Sockets, text: str
) -> None:
    alice, bob = await sockets(CHAT, "alice"), await sockets(CHAT, "bob")
    await alice.send_raw(text=text)
    answer = await alice.next_json()
    assert answer["type"] == "error"
    assert answer["error"]
    assert await bob.quiet() == ""
    assert not await Message.objects.aexists()
    await alice.send(message="still here")
    assert (await alice.next_json())["message"] == "still here"


async def test_binary_is_answered(sockets: Sockets) -> None:
    alice = await sockets(CHAT, "alice")
    await alice.send_raw(data=b"\xff\xfe")
    assert (await alice.next_json())["type"] == "error"


async def test_a_flood_is_closed_and_the_others_are_served(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(consumers, "FRAME_BURST", 5)
    monkeypatch.setattr(consumers, "FRAMES_REFUSED", 10)
    alice = await sockets(CHAT, "alice")
    for number in range(40):
        await alice.send(message=f"spam {number}")
    assert await alice.closed() == 4429
    bob = await sockets(CHAT, "bob")
    await bob.send(message="calm")
    assert (await bob.next_json())["message"] == "calm"


async def test_a_stranger_is_closed_with_4401_and_no_markup(sockets: Sockets) -> None:
    socket = await sockets(CHAT)
    assert await socket.closed() == 4401
    assert socket.texts == []


async def test_an_outsider_is_closed_with_4403(sockets: Sockets) -> None:
    await Membership.objects.filter(person__username="bob").adelete()
    assert await (await sockets(CHAT, "bob")).closed() == 4403


async def test_another_origin_is_refused(sockets: Sockets) -> None:
    assert not await (await sockets.knock(CHAT, "alice", origin="https://elsewhere.example.org")).connect()
