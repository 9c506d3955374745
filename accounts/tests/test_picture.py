"""/accounts/profile/picture/ and /avatars/: somebody's picture, in two sizes."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import pictures
from accounts.models import Community, Person

ADDRESS = "/accounts/profile/picture/"


def picture(size=(600, 400), format_="PNG", **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, format_, **options)
    return file.getvalue()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


def stored(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


def send(client, content: bytes, name="me.png"):
    return client.post(ADDRESS, {"picture": SimpleUploadedFile(name, content, content_type="image/png")})


def test_it_is_a_square_in_two_sizes_with_an_address_of_its_own(client_of, alice, bob, folder):
    client = client_of(alice)
    before = Community.current().people_revision
    assert send(client, picture()).status_code == 303
    alice.refresh_from_db()
    assert Community.current().people_revision == before + 1
    assert stored(folder) == 2
    for address, size in ((alice.picture, 96), (alice.portrait, 384)):
        answer = client_of(bob).get(address)
        assert answer["Content-Type"] == "image/webp"
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert Image.open(io.BytesIO(b"".join(answer))).size == (size, size)
    assert alice.picture in client.get("/rooms/").content.decode()


def test_a_new_one_takes_the_place_of_the_old_and_both_go_with_the_person(
    client_of, alice, folder, django_capture_on_commit_callbacks
):
    client = client_of(alice)
    with django_capture_on_commit_callbacks(execute=True):
        send(client, picture())
    first = Person.objects.get().picture
    with django_capture_on_commit_callbacks(execute=True):
        send(client, picture(format_="JPEG"))
    assert stored(folder) == 2
    assert Person.objects.get().picture != first
    assert client.get(first).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        Person.objects.get().delete()
    assert stored(folder) == 0


def test_it_can_be_removed(client_of, alice, folder, django_capture_on_commit_callbacks):
    client = client_of(alice)
    send(client, picture())
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(ADDRESS, {"remove": "1"}).status_code == 303
    assert stored(folder) == 0
    assert Person.objects.get().picture == ""


def test_nothing_of_the_file_is_kept_but_the_pixels(client_of, alice):
    turned = Image.Exif()
    turned[0x0112] = 6
    turned[0x010E] = "a secret place"
    half = Image.new("RGB", (100, 100), "red")
    half.paste("blue", (0, 0, 100, 50))
    file = io.BytesIO()
    half.save(file, "JPEG", exif=turned)
    client = client_of(alice)
    send(client, file.getvalue())
    alice.refresh_from_db()
    content = b"".join(client.get(alice.portrait))
    assert b"secret" not in content
    image = Image.open(io.BytesIO(content)).convert("RGB")
    right, left = (tuple(image.crop((x, 190, x + 1, 191)).tobytes()) for x in (350, 30))
    # What was above is at the right.
    assert right[2] > 200
    assert left[0] > 200


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture at all"),
        (b"", "That file is empty."),
        (picture()[:100], "damaged"),
    ],
)
def test_what_is_refused_is_said(client_of, alice, folder, content, why):
    answer = send(client_of(alice), content)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert stored(folder) == 0


def test_none_at_all_is_said(client_of, alice):
    answer = client_of(alice).post(ADDRESS)
    assert answer.status_code == 422
    assert "Choose a picture first." in answer.content.decode()


def test_a_bomb_is_refused_before_it_is_unpacked(client_of, alice, monkeypatch):
    monkeypatch.setattr(pictures, "PIXELS_LIMIT", 100_000)
    assert "too large a picture" in send(client_of(alice), picture()).content.decode()


def test_nothing_that_is_none(client_of, alice):
    client = client_of(alice)
    for name in ("abc", "..", "%00", "x" * 300):
        assert client.get(f"/avatars/{name}/").status_code == 404
