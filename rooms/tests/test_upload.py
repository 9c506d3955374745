"""`/rooms/<slug>/files/`: files for a message that is being written."""

import struct
import zlib

import pytest
from PIL import Image

from rooms.actions import uploads
from rooms.files import images
from rooms.models import Attachment
from rooms.tests.files import HTML, MP4, PDF, PNG, SVG, WAV, attach, moving, named, refused, send, written
from rooms.tests.saying import closed_room

pytestmark = pytest.mark.usefixtures("uploads")


def test_several_at_once_are_kept_and_shown_in_the_composer(alice, client_of):
    response = send(client_of(alice), named("sea.png", PNG), named("notes.pdf", PDF))

    page = response.content.decode()
    assert response.status_code == 200
    assert [(file.name, file.kind) for file in Attachment.objects.order_by("pk")] == [
        ("sea.png", "image"),
        ("notes.pdf", "file"),
    ]
    for file in Attachment.objects.all():
        assert f'<input type="hidden" name="attachments" value="{file.pk}">' in page
        assert file.name in page
    assert 'hx-target="#attached" hx-swap="beforeend"' in page


def test_those_of_a_thread_s_box_are_shown_there(alice, client_of):
    page = send(client_of(alice), named("sea.png", PNG), thread="7").content.decode()

    assert 'hx-target="#answer-attached" hx-swap="beforeend"' in page
    assert '<input id="answer-picker" type="file"' in page
    assert 'hx-target="#answer-attaching-problems"' in page
    assert 'hx-target="#attached"' not in page


def test_what_is_refused_leaves_the_others_alone(alice, client_of):
    response = send(client_of(alice), named("empty.txt", b""), named("sea.png", PNG))

    page = response.content.decode()
    assert response.status_code == 422
    assert "empty.txt is empty." in page
    assert Attachment.objects.get().name == "sea.png"
    assert 'name="attachments"' in page


def test_one_that_is_too_large(alice, client_of, settings):
    settings.FILE_LIMIT = 1000

    assert "a.bin has 1001\xa0bytes; 1000\xa0bytes is the most." in refused(
        client_of(alice), "a.bin", b"\x01" * 1001
    )


def test_one_of_just_the_most(alice, client_of, settings):
    settings.FILE_LIMIT = 1000

    assert attach(client_of(alice), "a.bin", b"\x01" * 1000).size == 1000


def test_one_too_many_for_a_message(alice, client_of, settings):
    settings.FILES_PER_MESSAGE = 2
    client = client_of(alice)
    first = attach(client)

    response = send(client, named("b.png", PNG), named("c.png", PNG), attachments=first.pk)

    assert "A message takes 2 files at most: 1 was left out." in response.content.decode()
    assert Attachment.objects.count() == 2


def test_more_than_anybody_has_in_hand(alice, bob, client_of, monkeypatch):
    monkeypatch.setattr(uploads, "WAITING_LIMIT", 1)
    client = client_of(alice)
    attach(client)
    attach(client_of(bob))

    response = send(client, named("b.png", PNG))

    assert "1 files of yours wait for a message already" in response.content.decode()


@pytest.mark.parametrize("taken", [["image"], ["image/png", "audio"]])
def test_a_kind_that_is_not_taken(alice, client_of, settings, taken):
    settings.FILE_TYPES = taken
    client = client_of(alice)

    assert "a.pdf is of a kind that is not taken here: PDF." in refused(client, "a.pdf", PDF)
    assert attach(client, "a.png", PNG).kind == "image"


TEXTS = {
    "Excel's UTF-8": "Größe;Müller\r\n".encode("utf-8-sig"),
    "Excel's Unicode": "Größe\tMüller\r\n".encode("utf-16"),
    "big-endian": b"\xfe\xff" + "日本語\r\n".encode("utf-16-be"),
    "Excel's own": "Größe;Müller\r\n".encode("cp1252"),
    "Excel's own in Russia": "Привет;1\r\n".encode("cp1251"),
    "Excel's own in Japan": "日本語;1\r\n".encode("cp932"),
    "families": "👩\u200d👩\u200d👧 and more".encode(),
    "soft hyphens": "Donau\u00addampf\u00adschiff".encode(),
    "directions": "\u2067שלום\u2069 \u200fשלום".encode(),
    "newer emoji": "\U0001fae9".encode(),
    "private signs": "\uf8ff".encode(),
    "colours": b"\x1b[31mred\x1b[0m",
    "longer than what is looked at": ("a" + "é" * 5000).encode(),
}


@pytest.mark.parametrize("text", TEXTS)
def test_what_people_can_read_is_text(alice, client_of, settings, text):
    settings.FILE_TYPES = ["text"]

    file = attach(client_of(alice), "table.csv", TEXTS[text])

    assert (file.content_type, file.kind_name) == ("text/plain", "Text")


@pytest.mark.parametrize(
    "content",
    [
        b"\x01\x02 words", b"words\x00", b"\xff\xfea\x00\x00\x00", b"\xff" * 99, b"\x93\xfa\x96\x05 words",
        b"\xff\xfe" + bytes(range(256)) * 8, b"\xef\xbb\xbf\x00\x01",
    ],
)  # fmt: skip
def test_what_nobody_can_read_is_no_text(alice, client_of, settings, content):
    settings.FILE_TYPES = ["text"]

    assert "is of a kind that is not taken here: File." in refused(client_of(alice), "a.csv", content)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.wav", WAV, "Sound"),
        ("a.mp3", b"\xff\xfb\x90\x64" * 100, "Sound"),
        ("a.flac", b"fLaC" + bytes(50), "Sound"),
        ("a.ogg", b"OggS" + bytes(50), "Sound"),
        ("a.m4a", MP4.replace(b"mp42", b"M4A ", 1), "Sound"),
        ("a.mid", b"MThd" + bytes(50), "Sound"),
        ("a.mp4", MP4, "Video"),
        ("a.pdf", PDF, "PDF"),
        ("a.bin", b"\x01\x02", "File"),
    ],
)
def test_what_kinds_are_called(alice, client_of, name, content, kind):
    response = send(client_of(alice), named(name, content))

    shown = response.content.decode().partition('class="file-size">')[2].split("·")[0]
    assert shown.strip() == kind


def test_an_empty_one(alice, client_of):
    assert "nothing.txt is empty." in refused(client_of(alice), "nothing.txt", b"")


def png_of(width: int, height: int) -> bytes:
    """The head of a PNG that says it has so many pixels, and very little else."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 5_001), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_would_fill_the_memory(alice, client_of, size):
    bomb = png_of(*size)
    assert len(bomb) < 2000

    assert "is too large a picture: 50 million pixels" in refused(client_of(alice), "bomb.png", bomb)


def test_a_photograph_that_is_too_large(alice, client_of):
    photo = written(Image.new("L", (10_000, 5_001)), "JPEG")

    assert "is too large a picture" in refused(client_of(alice), "photo.jpg", photo)


def test_a_picture_whose_second_frame_is_too_large(alice, client_of):
    film = moving("GIF", 2)
    # The last of its image descriptors: where the frame stands, its width and its height.
    at = film.rindex(b"\x2c\x00\x00\x00\x00")
    film = film[: at + 5] + struct.pack("<HH", 10_000, 5_001) + film[at + 9 :]

    assert "is too large a picture" in refused(client_of(alice), "film.gif", film)


@pytest.mark.parametrize("limit", ["FRAMES_LIMIT", "MOVING_PIXELS_LIMIT"])
def test_a_picture_that_moves_for_too_long(alice, client_of, monkeypatch, limit):
    monkeypatch.setattr(images, limit, 3 if limit == "FRAMES_LIMIT" else 3 * 20 * 20)

    assert "moves for too long" in refused(client_of(alice), "film.gif", moving("GIF", 4))


TRUNCATED = [PNG[:200], PNG[:40], written(Image.effect_noise((90, 90), 9), "JPEG")[:-900], b"GIF89a\x01\x00"]


@pytest.mark.parametrize(
    "content", [*TRUNCATED, b"\xff\xd8\xff\xe0" + bytes(99), b"RIFF\x00\x00\x00\x00WEBPVP8 "]
)
def test_a_picture_that_is_broken(alice, client_of, content):
    assert "is damaged, or no picture at all." in refused(client_of(alice), "a.png", content)


DISGUISED = {
    "page.png": HTML,
    "page.jpeg": b"\n\n  " + HTML,
    "picture.gif": b"GIF89a/*" + HTML + b"*/=1;",
    "drawing.webp": SVG,
    "document.pdf": HTML,
    "film.mp4": HTML,
    "song.mp3": PDF,
    "letter.docx": b"MZ\x90\x00" + bytes(200),
    "photo.jpg": b"\x7fELF" + bytes(200),
    "report.pdf": PNG,
    "noise.png": b"\x01\x02\x03\x04" * 99,
}


@pytest.mark.parametrize("name", DISGUISED)
def test_one_that_is_not_what_its_name_says(alice, client_of, name):
    assert f"{name} is not what its name says." in refused(client_of(alice), name, DISGUISED[name])


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_nothing_but_posting(alice, client_of, method):
    assert getattr(client_of(alice), method)("/rooms/general/files/").status_code == 405


def test_not_for_who_is_not_in_the_room(alice, bob, client_of):
    closed_room(alice)

    assert send(client_of(bob), named("a.png", PNG), slug="board").status_code == 404
    assert not Attachment.objects.exists()


def test_not_for_who_is_signed_out(alice, client):
    assert send(client, named("a.png", PNG))["Location"].startswith("/accounts/login/")


def test_not_from_another_site(alice, client_of):
    assert send(client_of(alice, enforce_csrf_checks=True), named("a.png", PNG)).status_code == 403


def test_a_request_that_says_it_is_too_large_is_not_read(alice, client_of, settings):
    settings.REQUEST_LIMIT = 1000

    response = send(client_of(alice), named("a.png", b"\x01" * 1000))

    assert response.status_code == 413
    assert "That is too much at once" in response.content.decode()
