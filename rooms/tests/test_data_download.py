"""/accounts/data/: what somebody wrote in rooms, in the file that they take away."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import archive as accounts_archive
from accounts.models import Download
from rooms import access
from rooms.actions import archive
from rooms.actions.direct import open_direct
from rooms.actions.members import leave_room
from rooms.actions.messages_delete import delete_message
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import create_room, join_room
from rooms.actions.saved import save_message
from rooms.actions.votes import toggle_vote
from rooms.models import Attachment, Draft, Membership, Message, Room
from rooms.tests.files import PDF, PNG, attach, posted
from rooms.tests.saying import closed_room, say

HOSTILE = '</style></title><script>alert(1)</script><img src=x onerror=alert(1)> "><b onclick=x>'


@pytest.fixture(autouse=True)
def stored(uploads):
    return uploads


@pytest.fixture
def archive_of(client_of, django_capture_on_commit_callbacks) -> Callable[..., zipfile.ZipFile]:
    """What somebody gets who prepares a download."""

    def have(person) -> zipfile.ZipFile:
        client = client_of(person)
        with django_capture_on_commit_callbacks(execute=True):
            client.post("/accounts/data/")
        response = client.get(f"/accounts/data/{Download.objects.get(person=person).pk}/")
        assert response.status_code == 200
        return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))

    return have


def test_it_is_in_the_language_of_who_asks_and_for_programs_in_english(archive_of, person, translated):
    translated("de", {"Notes to yourself": "Notizen an dich", "What else is here": "Was hier sonst ist"})
    alice = person("alice", language="de")
    say(alice, open_direct(alice, []).slug, "Call Ana")

    found = archive_of(alice)

    page = found.read("index.html").decode()
    assert '<html lang="de">' in page
    assert "Was hier sonst ist" in page
    assert "Notizen an dich" in page
    names = [one["name"] for one in json.loads(found.read("rooms.json"))]
    assert "Notes to yourself" in names
    assert "Notizen an dich" not in names


def general() -> str:
    return f"rooms/{Room.objects.get(slug='general').pk}-general"


def test_what_one_said_is_in_it_to_read_and_for_programs(archive_of, alice):
    message = say(alice, "general", "Hello **all**")
    say(alice, "general", "And goodbye")

    found = archive_of(alice)

    said = json.loads(found.read(f"{general()}.json"))
    assert [one["text"] for one in said] == ["Hello **all**", "And goodbye"]
    assert said[0]["id"] == message.pk
    page = found.read(f"{general()}.html").decode()
    assert "<strong>all</strong>" in page
    assert "What alice wrote here." in page
    assert f"{general()}.html" in found.read("index.html").decode()
    assert json.loads(found.read("rooms.json"))[0]["messages"] == f"{general()}.json"


def test_nothing_that_others_wrote_is_in_it(archive_of, client_of, alice, bob):
    first = say(bob, "general", "a secret of bob's")
    client_of(alice).post("/rooms/general/", {"body": "I see", "reply_to": first.pk})
    toggle_reaction(access.membership(bob.pk, "general"), Message.objects.latest("pk"), "👍")

    found = archive_of(alice)

    everything = b"".join(found.read(name) for name in found.namelist()).decode()
    assert "I see" in everything
    assert "a secret" not in everything
    assert "bob" not in everything
    assert json.loads(found.read(f"{general()}.json"))[0]["answers"] == first.pk


def test_earlier_texts_are_in_it_and_what_was_deleted_is_not(archive_of, alice):
    mine = access.membership(alice.pk, "general")
    edited, deleted = say(alice, "general", "frist"), say(alice, "general", "gone")
    edit_message(mine, edited, "first", edit_state(edited))
    delete_message(mine, deleted)

    said = json.loads(archive_of(alice).read(f"{general()}.json"))

    assert [one["text"] for one in said] == ["first"]
    assert [one["text"] for one in said[0]["earlier_texts"]] == ["frist"]


def test_what_is_theirs_besides_messages_is_in_it(archive_of, alice, bob):
    message = say(bob, "general", "Well")
    mine = access.membership(alice.pk, "general")
    toggle_reaction(mine, message, "👍")
    save_message(mine, message)
    toggle_vote(mine, say(bob, "general", "/poll Lunch? | Pizza | Soup"), "Soup")
    Draft.objects.create(person=alice, room=mine.room, text="I was about to")

    found = archive_of(alice)

    assert json.loads(found.read("reactions.json"))[0]["emoji"] == "👍"
    assert json.loads(found.read("votes.json"))[0]["choice"] == "Soup"
    assert json.loads(found.read("saved.json"))[0]["message"] == message.pk
    assert json.loads(found.read("drafts.json"))[0]["text"] == "I was about to"


def test_rooms_that_they_have_left_are_in_it_and_a_closed_one_has_no_name(archive_of, alice, bob):
    join_room(alice, create_room(bob, "garden"))
    room = closed_room(bob, "cellar")
    Membership.objects.create(person=alice, room=room)
    for slug in ("garden", "cellar"):
        say(alice, slug, f"in the {slug[0]}-room")
        leave_room(access.membership(alice.pk, slug))

    found = archive_of(alice)

    everything = b"".join(found.read(name) for name in found.namelist()).decode()
    assert "in the g-room" in everything
    assert "in the c-room" in everything
    assert "cellar" not in everything
    assert "cellar" not in "".join(found.namelist())
    assert json.loads(found.read(f"rooms/{room.pk}.json"))[0]["text"] == "in the c-room"


def test_their_files_are_in_it(archive_of, client_of, alice):
    client = client_of(alice)
    posted(client, attach(client, "plan.png", PNG), attach(client, "notes.pdf", PDF))
    waiting = attach(client, "later.pdf", PDF)

    found = archive_of(alice)

    files = json.loads(found.read("files.json"))
    assert [one["name"] for one in files] == ["plan.png", "notes.pdf", "later.pdf"]
    assert found.read(files[1]["file"]) == PDF
    assert found.read(archive.file_name(waiting)) == PDF
    page = BeautifulSoup(found.read(f"{general()}.html").decode(), "html.parser")
    (picture,) = page.find_all("img")
    assert picture["src"] == f"../{files[0]['file']}"
    assert page.find("a", string="plan.png")


def test_a_file_that_is_lost_leaves_its_name(archive_of, client_of, alice, stored):
    client = client_of(alice)
    file = attach(client, "notes.pdf", PDF)
    posted(client, file)
    file.file.storage.delete(str(file.file.name))

    found = archive_of(alice)

    assert json.loads(found.read("files.json"))[0]["name"] == "notes.pdf"
    assert archive.file_name(file) not in found.namelist()
    assert "is not there any longer" in found.read(f"{general()}.html").decode()


def test_a_sentence_about_oneself_has_ones_name(archive_of, alice):
    say(alice, "general", "/me waves")

    page = BeautifulSoup(archive_of(alice).read(f"{general()}.html").decode(), "html.parser")

    assert " ".join(page.select(".text")[0].get_text().split()) == "alice waves"


def test_two_files_of_one_name_are_two(archive_of, client_of, alice):
    client = client_of(alice)
    posted(client, attach(client, "a.pdf", PDF), attach(client, "a.pdf", PDF))

    names = [name for name in archive_of(alice).namelist() if name.startswith("files/")]

    assert len(names) == len(set(names)) == 2


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "/abs", "C:\\x", 'con|<>:?*".txt', "..", "a\x01b", " . "]
)
def test_no_name_leads_out_of_its_folder(archive_of, client_of, alice, name):
    client = client_of(alice)
    posted(client, attach(client, "a.pdf", PDF))
    Attachment.objects.update(name=name)

    (found,) = [entry for entry in archive_of(alice).namelist() if entry.startswith("files/")]

    rest = found.removeprefix("files/")
    assert not set(rest) & set('/\\:<>|?*"\x01')
    assert rest.strip(" .") == rest


def test_hostile_texts_stay_text(archive_of, client_of, alice):
    alice.display_name = HOSTILE[:60]
    alice.save()
    client = client_of(alice)
    posted(client, attach(client, "a.png", PNG), text=HOSTILE)
    Attachment.objects.update(name=HOSTILE)
    Room.objects.update(name=HOSTILE[:60])

    found = archive_of(alice)

    for name in (one for one in found.namelist() if one.endswith(".html")):
        page = BeautifulSoup(found.read(name).decode(), "html.parser")
        assert not page.find_all("script"), name
        assert not [tag for tag in page.find_all(True) if any(key.startswith("on") for key in tag.attrs)]
        assert "alert(1)" in page.get_text(), name
        # Even what slipped through could do nothing.
        (policy,) = page.find_all("meta", {"http-equiv": True})
        assert "default-src 'none'" in policy["content"]
    assert json.loads(found.read(f"{general()}.json"))[0]["text"] == HOSTILE


def test_a_text_that_is_no_unicode_stops_nothing(archive_of, alice):
    say(alice, "general", "fine")
    Message.objects.update(body="a\x1b b\u2028 c", html="a\x1b b\u2028 c")

    assert json.loads(archive_of(alice).read(f"{general()}.json"))[0]["text"] == "a\x1b b\u2028 c"


def test_long_rooms_have_several_pages_and_a_day_one_heading(archive_of, alice, monkeypatch):
    monkeypatch.setattr(archive, "READ_AT_ONCE", 2)
    monkeypatch.setattr(archive, "ON_A_PAGE", 5)
    for number in range(12):
        say(alice, "general", f"number {number}")

    found = archive_of(alice)

    pages = [found.read(f"{general()}{end}.html").decode() for end in ("", "-2", "-3")]
    assert f"{general()}-4.html" not in found.namelist()
    assert [page.count("<article") for page in pages] == [5, 5, 2]
    assert [page.count("<h2>") for page in pages] == [1, 1, 1]
    stem = general().removeprefix("rooms/")
    assert f'href="{stem}-2.html">Later' in pages[0]
    assert f'href="{stem}.html">Earlier' in pages[1]
    assert ">Later" not in pages[2]
    assert len(json.loads(found.read(f"{general()}.json"))) == 12
    assert "12 messages" in found.read("index.html").decode()


def test_it_takes_as_many_queries_for_each_piece(alice, client_of):
    """However many there are, a piece is read and told of alone."""
    client = client_of(alice)

    def pieces(count: int) -> int:
        while Message.objects.count() < count:
            posted(client, attach(client, "a.pdf", PDF))
        with (
            CaptureQueriesContext(connection) as captured,
            accounts_archive.written_of(alice, lambda written: None),
        ):
            return len(captured)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "READ_AT_ONCE", 3)
        few = pieces(3)
        more = pieces(6)
        assert pieces(9) - more == more - few <= 6


def test_memory_stays_flat(alice, monkeypatch):
    """What is held at once is a piece, and not all of it."""
    import tracemalloc

    monkeypatch.setattr(archive, "READ_AT_ONCE", 20)
    room = Room.objects.get(slug="general")

    def peak() -> int:
        tracemalloc.start()
        with accounts_archive.written_of(alice, lambda written: None):
            most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    def more(count: int) -> None:
        text = "word " * 400
        Message.objects.bulk_create(
            Message(room=room, author=alice, body=text, html=f"<p>{text}</p>", first_revision=1, revision=1)
            for _ in range(count)
        )

    more(100)
    peak()
    few = peak()
    more(1500)
    # 1,500 texts in two forms have 6 MB.
    assert peak() - few < 1_000_000


def test_how_far_it_is_is_told(alice, client_of, archive_of):
    client = client_of(alice)
    posted(client, attach(client, "a.pdf", PDF))
    say(alice, "general", "more")
    archive_of(alice)
    download = Download.objects.get()
    assert download.written == download.total == 5
