"""FILES_URL: files in storage that speaks S3 go by the doors of those on a disk, with the same rights."""

import asyncio
import io
import itertools
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from accounts import tasks
from accounts.actions import remove_picture, set_picture
from accounts.models import Community, Download, FileRemoval, Person
from administration.actions import change_logo, remove_logo
from integrations.models import ArchiveImport
from integrations.tests.archives import said, slack
from integrations.tests.test_backup import empty
from integrations.tests.test_import_page import uploaded
from rooms.actions.messages_delete import remove_message
from rooms.models import Attachment, Message, Preview, Room
from rooms.tests.files import PDF, PNG, WAV, attach, named, post, posted, send, stored
from rooms.tests.saying import closed_room, say
from site_config import checks, health, s3
from site_config.handler import FILES_AT_ONCE
from site_config.object_storage import files_storage
from tests.browser.server import HOST, free_port
from tests.environment import ROOT, environment
from tests.moto_server import moto_server
from tests.sockets import session_cookie
from tests.test_health import ask
from tests.test_requests import answer, asked, server  # noqa: F401

PREFIX = "chat/files"
NOT_NOW = "could not be stored or read just now"
number = itertools.count()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    with moto_server() as address:
        yield address


@pytest.fixture
def keys(monkeypatch) -> Iterator[None]:
    """What a storage is asked with; and what one test has found of it is not known to the next."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "parley")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-of-tests")
    # Between two tries there are moments.
    monkeypatch.setattr(s3, "TRIES", 1)
    yield
    s3.circuit.is_failing = False


@pytest.fixture
def kept_at(keys: None, settings, tmp_path: Path) -> Callable[[str, str], None]:
    """Let files be kept in a bucket of a server: `kept_at("http://…", "bucket")`."""
    settings.MEDIA_ROOT = tmp_path / "uploads"

    def keep(endpoint: str, bucket: str) -> None:
        storage = files_storage(f"s3://{bucket}/{PREFIX}?endpoint={endpoint}")
        settings.STORAGES = {**settings.STORAGES, "default": storage}

    return keep


class Bucket:
    """A bucket, looked at beside Parley."""

    def __init__(self, endpoint: str) -> None:
        self.name = f"bucket-{next(number)}"
        self.endpoint = endpoint
        self.client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        self.client.create_bucket(Bucket=self.name)

    def names(self) -> list[str]:
        """All that is in it."""
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [one["Key"].removeprefix(f"{PREFIX}/") for one in found]


@pytest.fixture
def bucket(s3_server: str, kept_at) -> Bucket:
    """One of this test alone, in which files are kept."""
    made = Bucket(s3_server)
    kept_at(s3_server, made.name)
    return made


@pytest.fixture
def ranges(bucket: Bucket) -> list[str]:
    """The parts of files that are asked for, as they are."""
    asked_for: list[str] = []
    storage: Any = default_storage
    events = storage.connection.meta.client.meta.events
    events.register("before-send.s3.GetObject", lambda request, **_: note(asked_for, request))
    return asked_for


def note(asked_for: list[str], request) -> None:
    asked_for.append(request.headers["Range"].decode())


def away(kept_at) -> None:
    """Nobody is there any longer."""
    kept_at(f"http://{HOST}:{free_port()}", "nowhere")


# -- As on a disk ------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_picture_comes_is_looked_at_and_goes(bucket, alice, bob, client_of, settings, ranges):
    attachment = attach(client_of(alice))
    message = posted(client_of(alice), attachment)
    assert sorted(bucket.names()) == sorted(attachment.stored_names)
    assert stored(settings.MEDIA_ROOT) == 0

    whole, small = (
        client_of(bob).get(address) for address in (attachment.get_absolute_url(), attachment.thumbnail_url)
    )
    assert (whole["Content-Type"], small["Content-Type"]) == ("image/png", "image/webp")
    assert len(b"".join(whole)) == attachment.size
    assert small.content.startswith(b"RIFF")
    for response in (whole, small):
        assert response["Cache-Control"] == "private, max-age=31536000, immutable"
        assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
        assert response["Accept-Ranges"] == "bytes"
    # What is small is one question.
    assert len(ranges) == 2

    remove_message(message)
    assert client_of(bob).get(attachment.get_absolute_url()).status_code == 404
    tasks.remove_files.call_local()
    assert bucket.names() == []
    assert not FileRemoval.objects.exists()


@pytest.mark.django_db
def test_a_part_is_asked_for_as_a_part(bucket, alice, client_of, ranges):
    client = client_of(alice)
    film = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 16_000
    attachment = attach(client, "film.mp4", film)

    response = client.get(attachment.get_absolute_url(), headers={"Range": "bytes=2000000-2000999"})

    assert response.status_code == 206
    assert response.content == film[2_000_000:2_001_000]
    assert response["Content-Range"] == f"bytes 2000000-2000999/{len(film)}"
    assert ranges == ["bytes=0-65535", "bytes=2000000-2065535"]
    assert client.get(attachment.get_absolute_url(), headers={"Range": "bytes=-5"}).content == film[-5:]
    assert client.get(attachment.get_absolute_url(), headers={"Range": "bytes=99999999-"}).status_code == 416


@pytest.mark.django_db
def test_a_whole_film_is_never_here_as_a_whole(bucket, alice, client_of, ranges):
    film = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 16_000
    attachment = attach(client_of(alice), "film.mp4", film)

    response = client_of(alice).get(attachment.get_absolute_url())

    assert response.streaming
    assert b"".join(response) == film
    lengths = [int(end) - int(begin) + 1 for begin, _, end in (one[6:].partition("-") for one in ranges)]
    assert max(lengths) == s3.AT_ONCE
    assert len(lengths) < 10


@pytest.mark.django_db
def test_it_is_for_the_same_people_and_no_address_leads_past_us(bucket, alice, bob, client, client_of):
    closed_room(alice)
    member = client_of(alice)
    attachment = attach(member, slug="board")
    post(member, "for members", attachment, slug="board")

    for address in (attachment.get_absolute_url(), attachment.thumbnail_url):
        assert member.get(address).status_code == 200
        assert client_of(bob).get(address).status_code == 404
        assert client.get(address)["Location"].startswith("/accounts/login/")
    page = member.get("/rooms/board/").content.decode()
    assert attachment.thumbnail_url in page
    for secret in (bucket.name, bucket.endpoint, str(attachment.file.name), "X-Amz"):
        assert secret not in page
    assert attachment.file.url == f"/{attachment.file.name}"
    kept = bucket.client.head_object(Bucket=bucket.name, Key=f"{PREFIX}/{attachment.file.name}")
    assert kept["ContentType"] == "application/octet-stream"


@pytest.mark.django_db
def test_what_is_not_there_is_not_found(bucket, alice, client_of):
    attachment = attach(client_of(alice), "paper.pdf", PDF)
    default_storage.delete(str(attachment.file.name))

    assert client_of(alice).get(attachment.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_files_of_a_room_go_with_it(bucket, alice, client_of):
    posted(client_of(alice), attach(client_of(alice)))

    Room.objects.get(slug="general").delete()
    tasks.remove_files.call_local()

    assert bucket.names() == []


@pytest.mark.django_db
def test_pictures_of_people_and_of_the_community(bucket, alice, bob, client_of):
    client = client_of(bob)
    set_picture(alice, io.BytesIO(PNG))
    change_logo(alice, named("logo.png", PNG))
    assert len(bucket.names()) == 3
    picture = f"/avatars/{alice.avatar}/"
    for address in (picture, f"{picture}large/", Community.current().logo_url):
        assert client.get(address).content.startswith(b"RIFF")

    remove_picture(alice)
    remove_logo(alice)
    tasks.remove_files.call_local()

    assert bucket.names() == []


@pytest.mark.django_db
def test_the_picture_of_a_preview(bucket, alice, bob, client_of):
    message = say(alice, "general", "https://example.org/")
    preview = Preview(message=message, url="https://example.org/", title="Example")
    preview.image.save("previews/a.webp", ContentFile(b"RIFF"))

    assert client_of(bob).get(f"/previews/{preview.pk}/picture/").content == b"RIFF"
    default_storage.delete("previews/a.webp")
    assert client_of(bob).get(f"/previews/{preview.pk}/picture/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_download_an_archive_that_comes_and_a_backup(bucket, alice, client_of, tmp_path, settings):
    client = owner(alice, client_of)
    posted(client, attach(client, "song.wav", WAV))
    client.post("/accounts/data/")
    content = b"".join(client.get(f"/accounts/data/{Download.objects.get().pk}/"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert WAV in [archive.read(name) for name in archive.namelist()]

    client.post("/administration/import/", uploaded(slack(tmp_path, [said(0, "U1", "Roses")])))
    assert Message.objects.filter(body="Roses").exists()
    assert ArchiveImport.objects.get().file == ""

    call_command("backup", tmp_path / "all.zip", stdout=sys.stderr)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        (name,) = (one for one in archive.namelist() if one.startswith("files/"))
        assert archive.read(name) == WAV
    # Of what was written to this disk for them nothing is left.
    assert stored(settings.MEDIA_ROOT) == 0

    empty()
    default_storage.delete(name.removeprefix("files/"))
    call_command("restore", tmp_path / "all.zip", stdout=sys.stderr)
    song = Attachment.objects.get()
    assert client_of(song.uploader).get(song.get_absolute_url()).content == WAV


def owner(person: Person, client_of) -> Client:
    """Somebody who runs the community."""
    person.role = "owner"
    person.save()
    return client_of(person)


# -- It does not answer ------------------------------------------------------------------


@pytest.mark.django_db
def test_a_file_that_cannot_be_kept_is_a_sentence_and_its_text_is_not_lost(kept_at, alice, client_of, caplog):
    away(kept_at)
    client = client_of(alice, raise_request_exception=False)

    chosen = send(client, named("a.png", PNG))
    sent = client.post("/rooms/general/", {"body": "my <words>", "files": [named("a.png", PNG)]})

    for response in (chosen, sent):
        assert response.status_code == 503
        assert NOT_NOW in response.content.decode()
    assert "my &lt;words&gt;" in sent.content.decode()
    assert not Attachment.objects.exists()
    assert client.post("/rooms/general/", {"body": "words alone"}).status_code == 303
    ours = [record.getMessage() for record in caplog.records if record.name == s3.logger.name]
    assert len(ours) == 1
    assert ours[0].startswith("The storage of files cannot be used (Could not connect")


@pytest.mark.django_db
def test_what_is_deleted_meanwhile_goes_later(bucket, kept_at, alice, client_of):
    attachment = attach(client_of(alice, raise_request_exception=False))
    message = posted(client_of(alice), attachment)
    away(kept_at)
    assert client_of(alice, raise_request_exception=False).get(attachment.thumbnail_url).status_code == 503

    remove_message(message)
    tasks.remove_files.call_local()
    assert len(FileRemoval.objects.all()) == len(bucket.names()) == 2

    kept_at(bucket.endpoint, bucket.name)
    s3.circuit.is_failing = False
    tasks.remove_files.call_local()
    assert bucket.names() == []


@pytest.mark.django_db(transaction=True)
async def test_pages_go_on_while_it_is_silent(server, kept_at, alice, client_of, monkeypatch):  # noqa: F811
    """It takes connections, and says nothing: more requests for files than there are threads wait for it."""
    monkeypatch.setattr(s3, "ANSWER_PATIENCE", 60)
    with socket.create_server((HOST, 0)) as silent:
        kept_at(f"http://{HOST}:{silent.getsockname()[1]}", "silent")
        picture, cookie = await sync_to_async(one_that_is_there)(alice, client_of)
        waiting = [asked(server, picture, cookie=cookie) for _ in range(FILES_AT_ONCE + 8)]
        for request in waiting:
            await request.send_input({"type": "http.request"})
        taken, _ = await asyncio.to_thread(silent.accept)

        page = asked(server, "/rooms/general/", cookie=cookie)
        await page.send_input({"type": "http.request"})
        assert (await answer(page))[0] == 200
        assert all([await request.receive_nothing(0.01) for request in waiting])
    # Whoever waits until it breaks off is told.
    taken.close()
    for request in waiting:
        assert (await answer(request))[0] == 503


def one_that_is_there(person: Person, client_of) -> tuple[str, str]:
    """The address of a file of theirs, and the cookie of their browser."""
    room = Room.objects.get(slug="general")
    attachment = Attachment.objects.create(
        room=room, uploader=person, name="a.wav", size=9, content_type="audio/wav", file="ab/abc"
    )
    return attachment.get_absolute_url(), session_cookie(client_of(person))


async def test_a_probe_names_it_and_sends_nobody_elsewhere(sockets, kept_at, monkeypatch):
    monkeypatch.setattr(health, "FRESH", 0)
    away(kept_at)

    assert await ask("/readyz") == (200, "Ready.\nThe storage of files cannot be used.\n")


@pytest.mark.django_db
def test_a_check_names_it_without_a_secret(bucket, kept_at):
    assert checks.files_trouble() == ""
    kept_at(bucket.endpoint, "no-such-bucket")
    assert checks.files_trouble().startswith(
        "The storage of files, the bucket no-such-bucket, cannot be used"
    )
    away(kept_at)
    s3.circuit.is_failing = False
    assert [one.id for one in checks.errors("parley.E004", checks.files_trouble)] == ["parley.E004"]
    assert "a-secret" not in checks.files_trouble()


# -- The setting -------------------------------------------------------------------------


def test_an_address_says_where():
    assert files_storage("")["BACKEND"].endswith("FileSystemStorage")
    assert files_storage("s3://chat/a/b/?region=eu-central-1")["OPTIONS"] == {
        "bucket_name": "chat", "location": "a/b", "region_name": "eu-central-1",
    }  # fmt: skip
    assert files_storage("s3://chat?endpoint=https://s3.example.org:9000")["OPTIONS"] == {
        "bucket_name": "chat", "location": "", "endpoint_url": "https://s3.example.org:9000",
        "region_name": "us-east-1", "addressing_style": "path",
    }  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["/var/files", "s3:///files", "https://bucket/", "s3://key:secret@bucket/", "s3://bucket?acl=public",
     "s3://bucket?endpoint=s3.example.org", "s3://bucket?addressing=none"],
)  # fmt: skip
def test_what_is_no_such_address_is_said(url):
    with pytest.raises(ImproperlyConfigured) as said:
        files_storage(url)
    assert "FILES_URL" in str(said.value)
    assert "secret@" not in str(said.value)


def test_nothing_of_it_is_imported_where_files_are_on_a_disk(tmp_path):
    code = "import site_config.asgi, sys; print({'boto3', 'storages'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
        env=environment(tmp_path) | {"DJANGO_SETTINGS_MODULE": "site_config.settings"},
    )  # fmt: skip
    assert done.stdout == "set()\n"
