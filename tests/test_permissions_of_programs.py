"""What programs may do with a token is what its person may do on the pages: docs/permissions.md."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from integrations.actions.tokens import make_token
from rooms.tests.files import PNG
from tests.permissions import KINDS, PAGE, WHO, Site, addresses, plain

ROOM, MESSAGE = "rooms/{slug}", "rooms/{slug}/messages/{pk}"
OUTGOING = {"kind": "messages", "name": "Robot", "address": "https://example.org/"}
# What is asked, and the address of the page that does the same.
IN_A_ROOM: list[tuple[str, str, Any, str, str]] = [
    ("GET", ROOM, None, "room", "GET"),
    ("PATCH", ROOM, {"name": "renamed", "kind": "closed"}, "room_settings", "POST"),
    ("POST", ROOM + "/join", {}, "room_join", "POST"),
    ("PUT", ROOM + "/archive", {}, "room_archive", "POST"),
    ("DELETE", ROOM + "/archive", None, "room_archive", "POST"),
    ("DELETE", ROOM + "?name=the%20{kind}%20one", None, "room_delete", "POST"),
    ("GET", ROOM + "/pins", None, "pins", "GET"),
    ("PUT", MESSAGE + "/pin", {}, "message_pin", "POST"),
    ("DELETE", MESSAGE + "/pin", None, "message_pin", "POST"),
    ("GET", ROOM + "/members", None, "members", "GET"),
    ("POST", ROOM + "/members", {"usernames": ["newcomer"]}, "members_add", "POST"),
    ("PATCH", ROOM + "/members/member", {"role": "moderator"}, "member_role", "POST"),
    ("DELETE", ROOM + "/members/member", None, "member_remove", "POST"),
    ("POST", ROOM + "/read", {}, "room_read", "POST"),
    ("POST", ROOM + "/messages", {"text": "said by somebody"}, "room", "POST"),
    ("POST", ROOM + "/messages", {"text": "an answer", "reply_to": "PK"}, "thread", "POST"),
    ("GET", MESSAGE, None, "message", "GET"),
    ("PATCH", MESSAGE, {"text": "other words"}, "message_edit", "POST"),
    ("DELETE", MESSAGE, None, "message", "POST"),
    ("GET", MESSAGE + "/reactions", None, "reactions", "GET"),
    ("PUT", MESSAGE + "/reactions/👍", {}, "reactions", "POST"),
    ("POST", ROOM + "/files", "a file", "files", "POST"),
    ("DELETE", ROOM + "/files/{file_remove}", None, "file_remove", "POST"),
    ("GET", "files/{file}", None, "file", "GET"),
    ("GET", ROOM + "/hooks", None, "hooks", "GET"),
    ("POST", ROOM + "/hooks", {"kind": "github", "name": "Nightly"}, "hooks", "POST"),
    ("GET", ROOM + "/hooks/{hook}", None, "hook", "GET"),
    ("GET", ROOM + "/hooks/{hook}/calls", None, "hook", "GET"),
    ("PATCH", ROOM + "/hooks/{hook}", {"name": "Nightly"}, "hook", "POST"),
    ("POST", ROOM + "/hooks/{hook}/renew", {}, "hook", "POST"),
    ("POST", ROOM + "/hooks/{hook}/sample", {}, "hook", "POST"),
    ("DELETE", ROOM + "/hooks/{hook}", None, "hook", "POST"),
    ("GET", ROOM + "/outgoing-hooks", None, "hooks", "GET"),
    ("POST", ROOM + "/outgoing-hooks", OUTGOING, "outgoing_new", "POST"),
    ("GET", ROOM + "/outgoing-hooks/{outgoing}", None, "outgoing", "GET"),
    ("PATCH", ROOM + "/outgoing-hooks/{outgoing}", {"words": "rain"}, "outgoing", "POST"),
    ("POST", ROOM + "/outgoing-hooks/{outgoing}/on", {}, "outgoing", "POST"),
    ("DELETE", ROOM + "/outgoing-hooks/{outgoing}", None, "outgoing", "POST"),
    ("GET", "files/{file}/content", None, "file", "GET"),
]
ELSEWHERE: list[tuple[str, str, Any, str, str]] = [
    ("GET", "rooms", None, "rooms", "GET"),
    ("POST", "rooms", {"name": "a new one"}, "room_new", "POST"),
    ("POST", "direct", {"usernames": ["newcomer"]}, "direct_new", "POST"),
    ("GET", "people", None, "people", "GET"),
    ("GET", "people/member", None, "person", "GET"),
    ("GET", "search?q=words", None, "search", "GET"),
    ("GET", "unread", None, "mentions", "GET"),
]
WORDS = {401: "sign in", 403: "no", 404: "–", 409: "told", 422: "told"}
# Somebody more in a direct conversation is another one: that is asked for at its own address.
OTHERWISE = {("members_add", "direct")}


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """A site that is undone behind the tests; everybody in it has a token."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = Site(ended=False)
        made.clients = {who: program_of(made, who) for who in WHO}
        made.end_some()
        yield made
        transaction.set_rollback(True)


def program_of(site: Site, who: str) -> Client:
    """A program with a token of somebody, and no cookie."""
    if who not in site.people:
        return Client()
    _, shown = make_token(site.people[who], "a program", "administer")
    return Client(headers={"authorization": f"Bearer {shown}"})


def words_of_page(name: str, method: str) -> dict[tuple[str, str], str]:
    """What the page says that everybody gets there, by who asks and the kind of the room."""
    (route,) = (plain(one.route) for one in addresses() if one.name == name)
    (row,) = re.findall(rf"^\| `/{re.escape(route)}` \| {method} \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    words = {}
    for who, cell in zip(WHO, row.split(" | "), strict=True):
        each = cell.split(", ")
        for kind, word in zip(KINDS, each * (len(KINDS) // len(each)), strict=True):
            words[who, kind] = "yes" if word == "same" else word
    return words


def ask(site: Site, who: str, kind: str, method: str, path: str, said: Any) -> str:
    """What a program gets for it, as a word of the page; what it does is undone."""
    things = site.things[kind] | {"slug": site.rooms[kind].slug, "kind": kind}
    address = "/api/v1/" + path.format(**things)
    sent: dict[str, Any] = {}
    if isinstance(said, str):
        sent = {"data": {"file": SimpleUploadedFile("dot.png", PNG)}}
    elif said is not None:
        body = json.dumps(said).replace('"PK"', str(things["pk"]))
        sent = {"data": body, "content_type": "application/json"}
    with transaction.atomic():
        response = getattr(site.clients[who], method.lower())(address, **sent)
        transaction.set_rollback(True)
    return WORDS.get(response.status_code) or (
        "yes" if response.status_code < 300 else str(response.status_code)
    )


@pytest.mark.parametrize(
    ("method", "path", "said", "like", "by"),
    [*IN_A_ROOM, *ELSEWHERE],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_programs_may_what_the_page_says(db: None, site: Site, method, path, said, like, by) -> None:
    so = words_of_page(like, by)
    kinds = KINDS if (method, path, said, like, by) in IN_A_ROOM else KINDS[:1]
    asked = [(who, kind) for who in WHO for kind in kinds if (like, kind) not in OTHERWISE]
    found = {(who, kind): ask(site, who, kind, method, path, said) for who, kind in asked}
    assert found == {key: so[key] for key in asked}
