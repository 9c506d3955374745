"""What is taken out of a room, or of everything: who may have it, and what is in it."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command

from accounts.models import AuditEntry, Person
from integrations.models import Export
from integrations.moving.mrkdwn_out import mrkdwn
from rooms import access
from rooms.actions.direct import open_direct
from rooms.actions.members import leave_room, put_in
from rooms.actions.messages_delete import delete_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.reactions import toggle_reaction
from rooms.actions.votes import toggle_vote
from rooms.markup import render_markup
from rooms.models import Room
from rooms.tests.files import PDF, attach, posted
from rooms.tests.saying import closed_room, say

HERE = "/rooms/general/export/"
ALL = "/administration/export/"
HOSTILE = '</style></title><script>alert(1)</script><img src=x onerror=alert(1)> "><b onclick=x>'


@pytest.fixture(autouse=True)
def stored(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def owner(person) -> Person:
    return person("olga", role="owner", email="olga@example.org")


@pytest.fixture
def taken(client_of, django_capture_on_commit_callbacks) -> Callable[..., zipfile.ZipFile]:
    """What somebody gets who asks for an export at an address."""

    def have(who: Person, layout: str, address: str = HERE) -> zipfile.ZipFile:
        client = client_of(who)
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(address, {"layout": layout}).status_code == 303
        export = Export.objects.get(person=who)
        assert f"/exports/{export.pk}/" in client.get(address).content.decode()
        answer = client.get(f"/exports/{export.pk}/")
        assert answer.status_code == 200
        return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))

    return have


@pytest.fixture
def said(alice, bob, client_of):
    """A bit of everything, in a room."""
    mine = access.membership(alice.pk, "general")
    first = say(alice, "general", "Frist **plan** for @bob & <all>")
    edit_message(mine, first, "First **plan** for @bob & <all>", edit_state(first))
    client_of(bob).post("/rooms/general/", {"body": "Fine by me", "reply_to": first.pk})
    toggle_reaction(access.membership(bob.pk, "general"), first, "👍")
    toggle_vote(mine, say(bob, "general", "/poll Lunch? | Pizza | Soup"), "Soup")
    client = client_of(alice)
    posted(client, attach(client, "notes.pdf", PDF), text="the notes")
    delete_message(mine, say(alice, "general", "regretted"))
    say(alice, "general", "/me waves")
    return first


def records(found: zipfile.ZipFile) -> dict[str, list[dict]]:
    lines = [json.loads(line) for line in found.read("parley.ndjson").splitlines()]
    return {kind: [line for line in lines if line["type"] == kind] for kind in ("person", "room", "message")}


def everything_in(found: zipfile.ZipFile) -> str:
    return b"".join(found.read(name) for name in found.namelist()).decode(errors="replace")


def test_our_own_has_all_that_there_is(taken, said, owner, alice, bob):
    found = taken(owner, "parley", ALL)

    there = records(found)
    first, answer, poll, notes, waves = there["message"]
    assert first["text"] == "First **plan** for @bob & <all>"
    assert [one["text"] for one in first["versions"]] == ["Frist **plan** for @bob & <all>"]
    assert first["reactions"] == [{"emoji": "👍", "people": [str(bob.pk)]}]
    assert answer["thread"] == answer["reply_to"] == first["id"] == str(said.pk)
    assert poll["votes"] == [{"person": str(alice.pk), "choice": "Soup"}]
    assert found.read(notes["files"][0]["path"]) == PDF
    assert waves["is_action"]
    assert "edited_at" not in waves
    (room,) = there["room"]
    assert (room["slug"], len(room["members"])) == ("general", 3)
    read = {one["person"]: one.get("read") for one in room["members"]}
    # Whoever has read to the end has nothing said about it.
    assert (read[str(alice.pk)], read[str(bob.pk)]) == (None, poll["id"])
    assert {one["username"]: one.get("email") for one in there["person"]}["olga"] == "olga@example.org"


def test_a_member_gets_what_members_see(taken, said, owner, alice, bob):
    closed_room(owner, "cellar")
    say(owner, "cellar", "a secret")

    found = taken(bob, "parley")

    there = records(found)
    assert [one["slug"] for one in there["room"]] == ["general"]
    text = everything_in(found)
    assert "a secret" not in text
    assert "olga@example.org" not in text
    # Neither how others follow the room, nor what was said before.
    assert all(set(one) <= {"person", "role"} for one in there["room"][0]["members"])
    assert "Frist" not in text


def test_slack_reads_it(taken, said, owner, alice, bob):
    direct = open_direct(alice, [bob])
    say(alice, direct.slug, "between us")
    closed_room(owner, "cellar")

    found = taken(owner, "slack", ALL)

    users = {one["id"]: one for one in json.loads(found.read("users.json"))}
    assert users[f"U{alice.pk}"]["name"] == "alice"
    assert [one["name"] for one in json.loads(found.read("channels.json"))] == ["general"]
    assert [one["name"] for one in json.loads(found.read("groups.json"))] == ["cellar"]
    assert json.loads(found.read("dms.json")) == []
    (day,) = [name for name in found.namelist() if name.startswith("general/")]
    assert day == f"general/{said.posted_at:%Y-%m-%d}.json"
    first, answer, _poll, notes, waves = json.loads(found.read(day))
    assert first["text"] == f"First *plan* for <@U{bob.pk}> &amp; &lt;all&gt;"
    assert first["replies"] == [{"user": f"U{bob.pk}", "ts": answer["ts"]}]
    assert answer["thread_ts"] == first["ts"]
    assert first["reactions"][0] == {"name": "thumbsup", "users": [f"U{bob.pk}"], "count": 1}
    assert notes["files"][0]["name"] == "notes.pdf"
    assert found.read(notes["files"][0]["url_private_download"]) == PDF
    assert (waves["text"], waves["subtype"]) == ("waves", "me_message")


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("**b** *i* ~~s~~ `a<b`", "*b* _i_ ~s~ `a&lt;b`"),
        ("https://x.org/?a=1&b=2", "<https://x.org/?a=1&amp;b=2>"),
        ("[w|o](https://e.org) @bob @room @here", "<https://e.org|w|o> <@U7> <!channel> <!here>"),
        ("- a\n- b\n  1. c\n  2. d\n\nafter", "• a\n• b\n\n    1. c\n    2. d\n\nafter"),
        ("> quoted\n> more\n\nanswer", "> quoted\n> more\n\nanswer"),
        ("```python\nif a < b:\n    x\n\n\n\ny\n```", "```\nif a &lt; b:\n    x\n\n\n\ny\n```"),
        ("# Head\ntext", "*Head*\ntext"),
    ],
)
def test_what_is_typed_is_said_in_mrkdwn(typed, there):
    assert mrkdwn(render_markup(typed, {"bob": 7}).html) == there


def test_pages_are_read_without_us(taken, said, alice):
    say(alice, "general", HOSTILE)
    Room.objects.update(name=HOSTILE[:60])

    found = taken(alice, "pages")

    folder = f"rooms/{said.room_id}"
    page: Any = BeautifulSoup(found.read(f"{folder}/1.html").decode(), "html.parser")
    assert "plan" in page.find(id=f"message-{said.pk}").get_text()
    assert page.find("a", string="an answer")["href"] == f"1.html#message-{said.pk}"
    assert "Soup 1: alice" in " ".join(page.get_text().split())
    assert "regretted" not in page.get_text()
    names = set(found.namelist())
    for name in (one for one in names if one.endswith(".html")):
        page = BeautifulSoup(found.read(name).decode(), "html.parser")
        assert not page.find_all("script"), name
        assert not [tag for tag in page.find_all(True) if any(key.startswith("on") for key in tag.attrs)]
        # Every way leads somewhere within.
        for link in page.select("a[href], link[href], img[src]"):
            address = str(link.get("href") or link.get("src"))
            path, _, anchor = address.partition("#")
            if not address.startswith("https:"):
                target = str(Path("/", name).parent.joinpath(path).resolve()).lstrip("/") if path else name
                assert target in names, (name, address)
                whole = found.read(target).decode(errors="replace")
                assert not anchor or f'id="{anchor}"' in whole, (name, address)


def test_a_word_is_found_in_them(taken, said, alice, bob):
    found = taken(alice, "pages")

    words: Any = BeautifulSoup(found.read("words/1.html").decode(), "html.parser")
    assert (
        words.find("dt", string="notes")
        .find_next("dd")
        .a["href"]
        .endswith("/1.html#message-" + str(said.pk + 3))
    )
    person = BeautifulSoup(found.read(f"people/{bob.pk}.html").decode(), "html.parser")
    assert "2 messages" in person.get_text()


def test_they_are_in_the_language_of_who_asks(taken, said, person):
    layla = person("layla", language="ar")
    put_in(Room.objects.get(slug="general"), [layla])

    page = taken(layla, "pages").read("index.html").decode()

    assert '<html lang="ar" dir="rtl">' in page


def test_who_asks_is_written_down(taken, said, alice, bob):
    direct = open_direct(alice, [bob])
    say(alice, direct.slug, "between us")
    assert "between us" in everything_in(taken(alice, "pages", f"/rooms/{direct.slug}/export/"))

    entry = AuditEntry.objects.get(what=AuditEntry.What.EXPORT)

    assert (entry.actor, entry.room_name, entry.details) == (alice, "a direct conversation", "as pages")


def test_one_at_a_time(client_of, said, alice):
    client = client_of(alice)
    client.post(HERE, {"layout": "pages"})
    assert "being prepared already" in client.post(HERE, {"layout": "slack"}, follow=True).content.decode()
    Export.objects.update(state=Export.State.DONE)
    assert "Wait a few minutes" in client.post(HERE, {"layout": "slack"}, follow=True).content.decode()
    assert "Choose one" in client.post(HERE, {"layout": "paper"}, follow=True).content.decode()
    assert Export.objects.get().layout == "pages"


def test_it_is_for_nobody_else_and_for_nobody_who_has_left(client_of, taken, said, alice, bob, owner):
    taken(bob, "slack")
    export = Export.objects.get()
    address = f"/exports/{export.pk}/"
    assert client_of(alice).get(address).status_code == 404
    assert client_of(owner).get(address).status_code == 404

    leave_room(access.membership(bob.pk, "general"))

    assert client_of(bob).get(address).status_code == 404
    assert client_of(bob).post(HERE, {"layout": "slack"}).status_code == 404
    assert client_of(bob).get(ALL).status_code == 403


def test_who_leaves_meanwhile_gets_nothing(client_of, said, bob, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as later:
        client_of(bob).post(HERE, {"layout": "slack"})
    leave_room(access.membership(bob.pk, "general"))
    for work in later:
        work()
    assert not Export.objects.exists()


def test_its_file_goes_with_it(taken, said, alice, stored, django_capture_on_commit_callbacks):
    taken(alice, "slack")
    (file,) = (stored / "downloads").iterdir()
    with django_capture_on_commit_callbacks(execute=True):
        Export.objects.get().delete()
    assert not file.exists()


def test_who_runs_the_machine_takes_direct_conversations_too(said, alice, bob, tmp_path):
    direct = open_direct(alice, [bob])
    say(alice, direct.slug, "between us")
    path = tmp_path / "all.zip"

    call_command("export", path, direct=True, stdout=io.StringIO())

    assert path.stat().st_mode & 0o077 == 0
    assert "between us" in [one["text"] for one in records(zipfile.ZipFile(path))["message"]]


def test_memory_stays_flat(said, alice, tmp_path, monkeypatch):
    """What is held at once is a piece, and not all of it."""
    import tracemalloc

    from accounts.archive import Archive
    from integrations.moving import here, layouts
    from integrations.moving.scope import Scope
    from rooms.models import Message

    monkeypatch.setattr(here, "READ_AT_ONCE", 20)
    room = Room.objects.get(slug="general")

    def peak(layout: str) -> int:
        with (tmp_path / "x.zip").open("wb") as file:
            archive = Archive(file, lambda count: None)
            tracemalloc.start()
            layouts.WRITERS[layout](archive, Scope(room))
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            archive.close()
        return most

    def more(count: int) -> None:
        text = "word " * 400
        Message.objects.bulk_create(
            Message(room=room, author=alice, body=text, html=f"<p>{text}</p>", first_revision=1, revision=1)
            for _ in range(count)
        )

    more(60)
    peak("slack")
    few = peak("slack")
    more(150)
    # They have 600 KB in two forms.
    assert peak("slack") - few < 100_000
