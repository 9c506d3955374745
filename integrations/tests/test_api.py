"""What programs ask under /api/v1/: each noun, and what is refused."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Person
from integrations.actions.bots import create_bot
from integrations.api import limits
from rooms.actions.messages_post import post_message
from rooms.actions.rooms import create_room
from rooms.models import Attachment, Membership, Message, Room
from rooms.tests.files import PNG

MESSAGES = "rooms/general/messages"


@pytest.fixture
def said(alice):
    """Something that alice says: `said("Hello")`."""
    mine = Membership.objects.select_related("room", "person").get(person=alice, room__slug="general")
    return lambda text, **more: post_message(mine, text, **more)


# -- Each noun ------------------------------------------------------------------------------


def test_rooms(alice, general, program, django_assert_num_queries):
    closed = create_room(alice, "Plans", kind="closed")
    with django_assert_num_queries(3):
        rooms = program.get("rooms").json()["rooms"]
    assert [one["slug"] for one in rooms] == ["general", closed.slug]
    assert program.get("rooms?limit=1").json()["after"] == general.pk
    assert program.get("rooms/plans").json()["kind"] == "closed"


def test_a_room_is_made_and_changed(program):
    assert program.post("rooms", {"name": "Ship it", "kind": "closed"}).status_code == 201
    changed = program.ask("PATCH", "rooms/ship-it", {"topic": "Releases"})
    assert (changed.status_code, changed.json()["topic"], changed.json()["kind"]) == (
        200,
        "Releases",
        "closed",
    )
    assert Message.objects.get(notice="topic")


def test_a_room_is_archived_and_deleted(program, alice):
    room = create_room(alice, "Plans")
    for _ in range(2):
        assert program.ask("PUT", "rooms/plans/archive").json()["is_archived"]
    assert is_problem(program.post("rooms/plans/messages", {"text": "x"}), 422)
    assert not program.ask("DELETE", "rooms/plans/archive").json()["is_archived"]
    assert is_problem(program.ask("DELETE", "rooms/plans"), 422)
    assert is_problem(program.ask("DELETE", "rooms/plans?name=General"), 422)
    assert program.ask("DELETE", "rooms/plans?name=Plans").status_code == 204
    assert not Room.objects.filter(pk=room.pk).exists()


def test_pins(program, said, django_assert_num_queries):
    first, second = said("Hello"), said("Hello again")
    for message in (first, second, first):
        assert program.ask("PUT", f"{MESSAGES}/{message.pk}/pin").json()["is_pinned"]
    with django_assert_num_queries(4):
        pins = program.get("rooms/general/pins").json()["messages"]
    assert [one["id"] for one in pins] == [second.pk, first.pk]
    for _ in range(2):
        assert program.ask("DELETE", f"{MESSAGES}/{second.pk}/pin").status_code == 204
    assert [one["id"] for one in program.get("rooms/general/pins").json()["messages"]] == [first.pk]


def test_a_room_is_gone_into_and_left(bob, alice, program_of):
    create_room(alice, "Lobby")
    program = program_of(bob)
    assert program.post("rooms/lobby/join").json()["joined"]
    assert program.ask("DELETE", "rooms/lobby/members/bob").status_code == 204
    assert not Membership.objects.filter(person=bob, room__slug="lobby").exists()


def test_members(alice, bob, program, django_assert_num_queries):
    create_room(alice, "Plans", kind="closed")
    assert program.post("rooms/plans/members", {"usernames": ["bob"]}).status_code == 201
    program.ask("PATCH", "rooms/plans/members/bob", {"role": "moderator"})
    with django_assert_num_queries(3):
        members = program.get("rooms/plans/members").json()["members"]
    assert [(one["person"]["username"], one["role"]) for one in members] == [
        ("alice", "moderator"), ("bob", "moderator"),
    ]  # fmt: skip


def test_a_message_is_said_once_edited_and_taken_back(program):
    first = program.post(MESSAGES, {"text": "Hello *you*"}, **{"idempotency-key": "k1"})
    again = program.post(MESSAGES, {"text": "Hello *you*"}, **{"idempotency-key": "k1"})
    message = first.json()
    assert (first.status_code, message["text"], message["author"]["username"]) == (
        201,
        "Hello *you*",
        "alice",
    )
    assert again.json()["id"] == message["id"]
    address = f"{MESSAGES}/{message['id']}"
    edited = program.ask("PATCH", address, {"text": "Hello all", "seen": None}).json()
    assert edited["text"] == program.get(address).json()["text"] == "Hello all"
    late = program.ask("PATCH", address, {"text": "Hello again", "seen": None})
    assert (late.status_code, "edited meanwhile" in late.json()["detail"]) == (409, True)
    now = program.ask("PATCH", address, {"text": "Hello again", "seen": edited["edited_at"]})
    assert now.json()["text"] == "Hello again"
    assert program.ask("DELETE", address).status_code == 204
    assert program.get(address).status_code == 404


def test_posting_is_cheap(program, general, django_assert_num_queries):
    program.post(MESSAGES, {"text": "before"})
    # The token, the membership, and what a message is (actions/messages_post.py).
    with django_assert_num_queries(10):
        program.post(MESSAGES, {"text": "Hello"})


def test_a_room_is_read_page_by_page(program, said, django_assert_num_queries):
    ids = [said(str(number)).pk for number in range(5)]
    with django_assert_num_queries(5):
        newest = program.get(f"{MESSAGES}?limit=2").json()
    assert ([one["id"] for one in newest["messages"]], newest["newer"]) == (ids[3:], None)
    older = program.get(f"{MESSAGES}?limit=2&before={newest['older']}").json()
    assert [one["id"] for one in older["messages"]] == ids[1:3]
    newer = program.get(f"{MESSAGES}?limit=2&after={older['newer']}").json()
    assert ([one["id"] for one in newer["messages"]], newer["newer"]) == (ids[3:], None)
    oldest = program.get(f"{MESSAGES}?before={older['older']}").json()
    assert ([one["id"] for one in oldest["messages"]], oldest["older"]) == (ids[:1], None)


def test_search(program, said):
    said("The harbour is closed")
    found = program.get("search?q=harbour").json()
    assert [one["text"] for one in found["messages"]] == ["The harbour is closed"]


def test_reactions(program, said):
    address = f"{MESSAGES}/{said('Hello').pk}/reactions"
    for _ in range(2):
        assert program.ask("PUT", f"{address}/👍").json()["reactions"] == [{"emoji": "👍", "count": 1}]
    assert program.get(address).json()["reactions"][0]["people"][0]["username"] == "alice"
    for _ in range(2):
        assert program.ask("DELETE", f"{address}/👍").status_code == 204
    assert program.get(address).json() == {"reactions": []}


def test_files(program, uploads):
    sent = program.client.post("/api/v1/rooms/general/files", {"file": SimpleUploadedFile("a.png", PNG)})
    assert sent.status_code == 201
    file = sent.json()["id"]
    message = program.post(MESSAGES, {"files": [file]}).json()
    assert [one["name"] for one in message["files"]] == ["a.png"]
    assert program.get(f"files/{file}").json()["content_type"] == "image/png"
    content = program.get(f"files/{file}/content")
    assert content["Content-Disposition"].startswith("attachment")
    assert content.getvalue().startswith(b"\x89PNG")


def test_a_file_that_waits_is_taken_back(program, uploads):
    sent = program.client.post("/api/v1/rooms/general/files", {"file": SimpleUploadedFile("a.png", PNG)})
    assert program.ask("DELETE", f"rooms/general/files/{sent.json()['id']}").status_code == 204
    assert not Attachment.objects.exists()


def test_people(program, bob, django_assert_num_queries):
    with django_assert_num_queries(3):
        assert [one["username"] for one in program.get("people").json()["people"]] == ["alice", "bob"]
    assert program.get("people/bob").json()["id"] == bob.pk
    assert program.get("me").json()["scope"] == "administer"
    assert program.get("presence").json() == {"here": []}


def test_unread(program, bob, program_of, said):
    said("Hello @bob")
    mine = program_of(bob)
    assert mine.get("unread").json()["rooms"] == [{"room": "general", "unread": 1, "is_meant": True}]
    assert mine.post("rooms/general/read").status_code == 204
    assert mine.get("unread").json() == {"rooms": []}


def test_a_direct_conversation(program, bob):
    room = program.post("direct", {"usernames": ["bob"]}).json()
    assert (room["kind"], room["name"]) == ("direct", "bob")
    assert program.post(f"rooms/{room['slug']}/messages", {"text": "Psst"}).status_code == 201


def test_a_bot_speaks_where_it_was_put(alice, general, program_of):
    program = program_of(create_bot(alice, "Builds", rooms=(general,)), "write")
    assert program.post(MESSAGES, {"text": "Done"}).json()["author"]["is_bot"]
    assert [one["slug"] for one in program.get("rooms").json()["rooms"]] == ["general"]


# -- What is refused ------------------------------------------------------------------------


def is_problem(answer, status: int) -> bool:
    """Whether it is refused so, as RFC 9457 says it."""
    said = json.loads(answer.content)
    return (answer.status_code, answer["Content-Type"], said["status"]) == (
        status, "application/problem+json", status,
    )  # fmt: skip


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer parley_x", "Basic YTpi", "parley_x"])
def test_nobody_asks_without_a_token(db, client, shown):
    answer = client.get("/api/v1/rooms", headers={"authorization": shown})
    assert is_problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_is_none(alice, client_of):
    assert is_problem(client_of(alice).get("/api/v1/me"), 401)


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("read", "POST", MESSAGES),
        ("read", "POST", "rooms/general/read"),
        ("write", "POST", "rooms"),
        ("write", "PATCH", "rooms/general"),
        ("write", "DELETE", "rooms/general/members/alice"),
    ],
)
def test_a_scope_is_what_it_is(alice, program_of, scope, method, path):
    assert is_problem(program_of(alice, scope).ask(method, path, {"text": "x", "name": "x"}), 403)


def test_one_for_some_rooms_knows_no_others(alice, bob, program_of, said):
    plans = create_room(alice, "Plans")
    said("The harbour")
    program = program_of(alice, rooms=[plans])
    assert [one["slug"] for one in program.get("rooms").json()["rooms"]] == ["plans"]
    assert program.get("search?q=harbour").json()["messages"] == []
    assert [one["username"] for one in program.get("people").json()["people"]] == ["alice"]
    for path in ("rooms/general", MESSAGES, "people/bob", "rooms/general/members"):
        assert is_problem(program.get(path), 404)
    assert is_problem(program.post("direct", {"usernames": ["bob"]}), 403)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("[]", "application/json", 422),
        ("", "application/json", 422),
        ('{"text": 7}', "application/json", 422),
        ('{"text": "x", "more": 1}', "application/json", 422),
        ('{"text": "\\u0000"}', "application/json", 422),
        ('{"text": "\\ud800"}', "application/json", 422),
        ('{"text": "  "}', "application/json", 422),
        ('{"text": "x", "reply_to": 99}', "application/json", 422),
        ('{"text": "x", "reply_to": 99999999999999999999}', "application/json", 422),
        ("text=x", "application/x-www-form-urlencoded", 415),
        ('{"text": "' + "x" * 132_000 + '"}', "application/json", 413),
    ],
)
def test_what_cannot_be_used(program, body, content_type, status):
    answer = program.client.generic("POST", f"/api/v1/{MESSAGES}", body, content_type=content_type)
    assert is_problem(answer, status)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "path", ["nothing", "rooms/", "rooms/none", "rooms/%00", f"{MESSAGES}/1", "files/1", "people/nobody"]
)
def test_what_is_not_there(program, path):
    assert program.get(path).status_code in (404, 422)
    assert program.get(path)["Content-Type"] == "application/problem+json"


def test_a_method_that_an_address_does_not_have(program):
    answer = program.ask("DELETE", "rooms")
    assert is_problem(answer, 405)
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_nobody_edits_what_others_said(alice, bob, program_of, said):
    address = f"{MESSAGES}/{said('Hello').pk}"
    assert is_problem(program_of(bob).ask("PATCH", address, {"text": "x"}), 422)
    assert is_problem(program_of(bob).ask("DELETE", address), 422)


def test_so_many_requests_a_minute(program, monkeypatch):
    monkeypatch.setattr(limits, "REQUESTS_A_MINUTE", 2)
    assert [program.get("me")["RateLimit-Remaining"] for _ in range(2)] == ["1", "0"]
    answer = program.get("me")
    assert is_problem(answer, 429)
    assert 0 < int(answer["Retry-After"]) <= 60


def test_what_a_program_has_is_not_sent_again(program, said):
    said("Hello")
    tag = program.get(MESSAGES)["ETag"]
    assert program.get(MESSAGES, **{"if-none-match": tag}).status_code == 304
    said("Hello again")
    assert program.get(MESSAGES, **{"if-none-match": tag}).status_code == 200


def test_an_answer_says_how_long_it_is(program):
    for path in ("me", "nothing"):
        answer = program.get(path)
        assert answer["Content-Length"] == str(len(answer.content))


def test_the_schema_is_for_anybody(client):
    said = client.get("/api/v1/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    assert "/api/v1/rooms/{slug}/messages" in said["paths"]


def test_no_page_of_others_is_there(client):
    assert client.get("/api/v1/docs").status_code == 404


def test_nothing_but_a_token_is_asked_of_a_program(alice, token_of):
    """No session, no form's token: a program that never saw a page."""
    browser = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {token_of(alice)}"})
    answer = browser.post(f"/api/v1/{MESSAGES}", {"text": "x"}, content_type="application/json")
    assert (answer.status_code, answer.cookies) == (201, {})
    assert Room.objects.get(slug="general").posts == 1
    assert Person.objects.get(pk=alice.pk).last_login is None


def test_the_page_says_what_there_is(alice, client_of):
    page = client_of(alice).get("/api/").content.decode()
    assert "<code>POST /api/v1/rooms/{slug}/messages</code>" in page
    assert "Idempotency-Key" in page
