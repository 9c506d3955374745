"""/accounts/data/: all that one wrote, to take away."""

import datetime
import io
import json
import zipfile
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import downloads, tasks
from accounts.models import SILENCE, Download

ADDRESS = "/accounts/data/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def uploads(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def prepare(django_capture_on_commit_callbacks):
    """Ask for a download, and let it be made."""

    def ask(client) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(ADDRESS)

    return ask


def page(client) -> str:
    response = client.get(ADDRESS)
    assert response.status_code == 200
    return response.content.decode()


def files_in(uploads) -> int:
    return sum(1 for path in uploads.rglob("*") if path.is_file())


def test_it_is_prepared_and_had(client_of, alice, prepare):
    client = client_of(alice)
    response = prepare(client)
    assert (response.status_code, response["Location"]) == (303, ADDRESS)
    download = Download.objects.get()
    assert "Your download is ready." in page(client)
    assert f'href="{ADDRESS}{download.pk}/"' in page(client)

    response = client.get(f"{ADDRESS}{download.pk}/")

    assert response["Content-Type"] == "application/zip"
    assert f"parley-alice-{timezone.now():%Y-%m-%d}.zip" in response["Content-Disposition"]
    assert response["Cache-Control"] == "no-store"
    content = b"".join(response.streaming_content)
    assert len(content) == download.size == int(response["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(content)) as found:
        assert found.testzip() is None
        assert json.loads(found.read("profile.json"))["username"] == "alice"


def test_it_is_linked_in_the_settings(client_of, alice):
    assert f'href="{ADDRESS}"' in client_of(alice).get("/accounts/profile/").content.decode()


def test_its_name_in_storage_is_not_guessed(client_of, alice, prepare):
    prepare(client_of(alice))
    assert len(str(Download.objects.get().file.name)) == len("downloads/.zip") + 32


def test_it_is_its_owners_alone(client_of, alice, bob, client, prepare):
    prepare(client_of(alice))
    address = f"{ADDRESS}{Download.objects.get().pk}/"
    assert client_of(bob).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert client_of(alice).post(address).status_code == 405
    assert "Your download is ready." not in page(client_of(bob))


@pytest.mark.parametrize("pk", ["0", "999999999999999999", "99999999999999999999999"])
def test_one_that_is_not_there(client_of, alice, pk):
    assert client_of(alice).get(f"{ADDRESS}{pk}/").status_code == 404


def test_a_stranger_signs_in_first(client, alice):
    assert client.get(ADDRESS).status_code == 302
    assert client.post(ADDRESS).status_code == 302


def test_while_it_is_made_the_page_asks_again(client_of, alice):
    client = client_of(alice)
    client.post(ADDRESS)
    Download.objects.update(state="running", written=1200, total=5000)
    assert 'hx-trigger="every 2s"' in page(client)
    assert "1,200 of" in page(client)
    assert "Prepare a download" not in page(client)
    fragment = client.get(ADDRESS, headers=HTMX).content.decode()
    assert fragment.startswith('<div id="download"')
    assert 'value="1200"' in fragment
    Download.objects.update(state="done", expires_at=timezone.now() + downloads.KEPT)
    assert "every 2s" not in client.get(ADDRESS, headers=HTMX).content.decode()


def test_there_is_one_at_a_time(client_of, alice):
    client = client_of(alice)
    client.post(ADDRESS)
    response = client.post(ADDRESS, follow=True)
    assert "is being prepared already" in response.content.decode()
    assert Download.objects.count() == 1


def test_there_is_one_a_day(client_of, alice, prepare, uploads):
    client = client_of(alice)
    prepare(client)
    first = Download.objects.get()
    assert "once a day" in client.post(ADDRESS, follow=True).content.decode()
    Download.objects.update(asked_at=timezone.now() - downloads.MADE_AGAIN_AFTER)
    assert "Prepare a new" in page(client)
    prepare(client)
    assert Download.objects.get().pk != first.pk
    assert files_in(uploads) == 1


def test_one_that_failed_says_so_and_is_made_again_at_once(client_of, alice, prepare, uploads, monkeypatch):
    client = client_of(alice)

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(default_storage, "save", full)
        prepare(client)
    assert "could not be prepared" in page(client)
    assert files_in(uploads) == 0
    prepare(client)
    assert "Your download is ready." in page(client)


def test_it_is_gone_after_a_week(client_of, alice, prepare, uploads, django_capture_on_commit_callbacks):
    client = client_of(alice)
    prepare(client)
    pk = Download.objects.get().pk
    Download.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    assert client.get(f"{ADDRESS}{pk}/").status_code == 404
    assert "is ready" not in page(client)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep_downloads.call_local()
    assert not Download.objects.exists()
    assert files_in(uploads) == 0


def test_one_whose_file_is_lost_is_not_there(client_of, alice, prepare):
    prepare(client_of(alice))
    download = Download.objects.get()
    default_storage.delete(str(download.file.name))
    assert client_of(alice).get(f"{ADDRESS}{download.pk}/").status_code == 404


# -- Workers that die ------------------------------------------------------------------------


def begun(alice, *, silent: bool) -> Download:
    """A download that a worker has begun, and of which it has left half a file."""
    download = Download.objects.create(person=alice)
    assert download.claim()
    half = default_storage.save("downloads/half.zip", io.BytesIO(b"PK half"))
    download.beat(file=half, total=10, written=5)
    if silent:
        Download.objects.update(beat_at=timezone.now() - SILENCE * 2)
    return download


def test_a_worker_that_died_offers_no_half_file_and_another_makes_it(client_of, alice, uploads):
    download = begun(alice, silent=True)
    assert client_of(alice).get(f"{ADDRESS}{download.pk}/").status_code == 404
    tasks.take_up_again.call_local()
    download.refresh_from_db()
    assert (download.state, download.tries) == ("done", 2)
    assert files_in(uploads) == 1
    assert zipfile.is_zipfile(download.file.path)


def test_one_that_is_being_made_is_left_to_its_worker(alice):
    download = begun(alice, silent=False)
    tasks.take_up_again.call_local()
    downloads.make(download.pk)
    download.refresh_from_db()
    assert (download.state, download.tries) == ("running", 1)


def test_one_that_the_queue_lost_is_made(alice):
    Download.objects.create(person=alice, beat_at=timezone.now() - SILENCE * 2)
    tasks.take_up_again.call_local()
    assert Download.objects.get().state == "done"


def test_what_kills_every_worker_fails(client_of, alice, uploads):
    begun(alice, silent=True)
    Download.objects.update(tries=3)
    tasks.take_up_again.call_local()
    assert Download.objects.get().state == "failed"
    assert files_in(uploads) == 0
    assert "could not be prepared" in page(client_of(alice))


def test_a_worker_that_was_overtaken_stops(alice, uploads, monkeypatch):
    monkeypatch.setattr("accounts.archive.size_of", lambda person: Download.objects.all().delete() and 0)
    download = Download.objects.create(person=alice)
    downloads.make(download.pk)
    assert not Download.objects.exists()
    assert files_in(uploads) == 0


def test_a_queue_that_is_away_is_no_error(client_of, alice, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(type(tasks.make_download), "enqueue", away)
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of(alice).post(ADDRESS).status_code == 303
    assert Download.objects.get().state == "waiting"
