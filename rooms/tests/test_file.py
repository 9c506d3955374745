"""`/files/<id>/<name>` and its thumbnail: a file, to those who may see it."""

import pytest
from django.core.files.storage import default_storage

from rooms import access
from rooms.actions.members import leave_room
from rooms.actions.messages_delete import remove_message
from rooms.models import Attachment
from rooms.tests.files import HTML, MP4, PDF, SVG, WAV, attach, post, posted, stored
from rooms.tests.saying import closed_room

pytestmark = pytest.mark.usefixtures("uploads")


PLAIN = {
    "page.html": (HTML, "text/plain"),
    "drawing.svg": (SVG, "text/plain"),
    "script.js": (b"alert(1)", "text/plain"),
    "feed.xml": (b'<?xml version="1.0"?><x/>', "text/plain"),
    "GIFs and MZs.txt": (b"GIF and MZ are signatures", "text/plain"),
    "paper.pdf": (PDF, "application/pdf"),
    "setup.exe": (b"MZ\x90\x00" + bytes(200), "application/x-msdownload"),
    "data": (b"\x00\x01\x02\x03", "application/octet-stream"),
    "old.mp3": (b"\x00\x01\x02\x03" * 9, "application/octet-stream"),
    "strange.mkv": (b"\x1a\x45\xdf\xa3\x42\x82\x88matroska", "video/x-matroska"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_everything_else_is_to_be_kept_not_shown(alice, client_of, name):
    content, content_type = PLAIN[name]
    client = client_of(alice)
    attachment = attach(client, name, content)
    assert (attachment.kind, attachment.content_type) == ("file", content_type)

    response = client.get(attachment.get_absolute_url())

    assert b"".join(response) == content
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content", "kind", "content_type"),
    [("a.wav", WAV, "audio", "audio/wav"), ("a.mp4", MP4, "video", "video/mp4"), ("a.mov", MP4, "video",
    "video/mp4"),
     ("a.mp3", b"ID3\x04" + bytes(99), "audio", "audio/mpeg"), ("a", b"OggS" + bytes(99), "audio",
     "audio/ogg")],
)  # fmt: skip
def test_sound_and_film_are_played(alice, client_of, name, content, kind, content_type):
    client = client_of(alice)
    attachment = attach(client, name, content)

    assert (attachment.kind, attachment.content_type) == (kind, content_type)
    assert client.get(attachment.get_absolute_url())["Content-Disposition"].startswith("inline")
    page = client.get(posted(client, attachment).get_absolute_url()).content.decode()
    assert f'<{kind} id="player-{attachment.pk}"' in page


@pytest.fixture
def song(alice, client_of) -> Attachment:
    """A file of 4,044 bytes in a message of alice's."""
    client = client_of(alice)
    attachment = attach(client, "song.wav", WAV)
    posted(client, attachment)
    return attachment


def addresses(attachment: Attachment) -> list[str]:
    """All that can be asked for of it."""
    return [attachment.get_absolute_url(), *([attachment.thumbnail_url] if attachment.thumbnail else [])]


def test_a_member_gets_it_under_a_policy_that_allows_nothing(song, bob, client_of):
    response = client_of(bob).get(song.get_absolute_url())

    assert response.status_code == 200
    assert b"".join(response) == WAV
    assert response["Content-Type"] == "audio/wav"
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "script" not in policy
    assert "allow" not in policy
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "private" in response["Cache-Control"]
    # Who signs in later in the same browser asks for it anew.
    assert "Cookie" in response["Vary"]


def test_before_it_is_posted_it_is_its_owners(alice, bob, client_of):
    attachment = attach(client_of(alice))

    for address in addresses(attachment):
        assert client_of(alice).get(address).status_code == 200
        assert client_of(bob).get(address).status_code == 404


def test_not_for_who_is_not_in_the_room(alice, bob, client_of):
    closed_room(alice)
    client = client_of(alice)
    attachment = attach(client, slug="board")
    post(client, "for members", attachment, slug="board")

    for address in addresses(attachment):
        assert client_of(alice).get(address).status_code == 200
        assert client_of(bob).get(address).status_code == 404


def test_not_for_who_left_it_even_their_own(alice, bob, client_of):
    client = client_of(bob)
    attachment = attach(client)
    posted(client, attachment)
    leave_room(access.membership(bob.pk, "general"))

    for address in addresses(attachment):
        assert client.get(address).status_code == 404


def test_not_for_who_is_signed_out(song, client):
    assert client.get(song.get_absolute_url())["Location"].startswith("/accounts/login/")


def test_not_when_its_message_was_deleted(alice, client_of, uploads, django_capture_on_commit_callbacks):
    client = client_of(alice)
    attachment = attach(client)
    message = posted(client, attachment)

    with django_capture_on_commit_callbacks(execute=True):
        remove_message(message)

    for address in addresses(attachment):
        assert client.get(address).status_code == 404
    assert not Attachment.objects.exists()
    assert stored(uploads) == 0
    assert 'class="attachment' not in client.get("/rooms/general/").content.decode()


def test_not_when_the_disk_has_lost_it(song, alice, client_of):
    default_storage.delete(song.file.name)

    assert client_of(alice).get(song.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("address", ["0/a", "99999999/a", f"{'9' * 25}/a", "-1/a", "one/a", "0/thumbnail/"])
def test_one_that_is_not_there(alice, client_of, address):
    assert client_of(alice).get(f"/files/{address}").status_code == 404


def test_not_under_another_name(song, alice, client_of):
    assert client_of(alice).get(f"/files/{song.pk}/song.html").status_code == 404


def test_no_thumbnail_of_what_is_no_picture(song, alice, client_of):
    assert client_of(alice).get(song.thumbnail_url).status_code == 404


SIZE = len(WAV)
RANGES = {
    "bytes=0-": (0, SIZE),
    "bytes=0-0": (0, 1),
    "bytes=100-199": (100, 200),
    "bytes=4000-999999": (4000, SIZE),
    "bytes=-10": (SIZE - 10, SIZE),
    "bytes=-999999": (0, SIZE),
}


@pytest.mark.parametrize("asked", RANGES)
def test_a_part_of_it(song, bob, client_of, asked):
    start, stop = RANGES[asked]

    response = client_of(bob).get(song.get_absolute_url(), headers={"Range": asked})

    assert response.status_code == 206
    assert b"".join(response) == WAV[start:stop]
    assert response["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response["Content-Length"] == str(stop - start)
    assert response["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize(
    "asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0", "bytes=" + "9" * 18 + "-"]
)
def test_a_part_that_is_not_there(song, bob, client_of, asked):
    response = client_of(bob).get(song.get_absolute_url(), headers={"Range": asked})

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{SIZE}"
    assert response["Content-Security-Policy"].startswith("sandbox;")


NO_RANGES = ["", "bytes", "bytes=", "bytes=-", "bytes=5-1", "bytes=a-b", "bytes=0-1,5-6", "items=0-5",
             "bytes=-1-5", "bytes= 0-1", "bytes=٠-١", "bytes=" + "9" * 5000 + "-"]  # fmt: skip


@pytest.mark.parametrize("asked", NO_RANGES, ids=range(len(NO_RANGES)))
def test_what_is_no_range_is_no_question(song, bob, client_of, asked):
    response = client_of(bob).get(song.get_absolute_url(), headers={"Range": asked})

    assert response.status_code == 200
    assert b"".join(response) == WAV


def test_a_part_of_what_it_was(song, bob, client_of):
    client, address = client_of(bob), song.get_absolute_url()
    tag = client.get(address)["ETag"]

    same = client.get(address, headers={"Range": "bytes=0-9", "If-Range": tag})
    other = client.get(address, headers={"Range": "bytes=0-9", "If-Range": '"another"'})

    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.parametrize(
    ("headers", "status", "length"), [({}, 200, SIZE), ({"Range": "bytes=0-9"}, 206, 10)]
)
def test_its_head(song, bob, client_of, headers, status, length):
    response = client_of(bob).head(song.get_absolute_url(), headers=headers)

    assert (response.status_code, response["Content-Length"]) == (status, str(length))
    assert response["Accept-Ranges"] == "bytes"
    assert not response.content


def test_what_is_deleted_while_it_is_sent_is_sent_whole(alice, client_of):
    client = client_of(alice)
    attachment = attach(client, "paper.pdf", PDF)
    response = client.get(attachment.get_absolute_url())
    default_storage.delete(str(attachment.file.name))
    assert b"".join(response) == PDF
    assert client.get(attachment.get_absolute_url()).status_code == 404
