"""`manage.py backup` and `manage.py restore`: a site returns as it was, on whichever database."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.actions import keep_picture, set_picture
from accounts.models import Download, Person
from integrations.backup.tables import LEFT_OUT, last_numbers, tables
from integrations.backup.writing import one_moment
from integrations.models import HookIcon
from rooms import access
from rooms.actions.reactions import toggle_reaction
from rooms.models import Message
from rooms.search import parse_query, search_messages
from rooms.tests.files import PDF, PNG, attach, posted
from rooms.tests.saying import say
from tests.environment import ROOT, environment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def stored(tmp_path, settings) -> Path:
    """A folder of its own for files."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.fixture
def site(alice, bob, client_of) -> Person:
    """Somebody in a small site."""
    client = client_of(alice)
    posted(client, attach(client, "plan.png", PNG), attach(client, "notes.pdf", PDF), text="سلام Ärger 🎉")
    toggle_reaction(access.membership(bob.pk, "general"), Message.objects.latest("pk"), "👍")
    set_picture(alice, io.BytesIO(PNG))
    Download.objects.create(person=alice)
    # A number that was given, and whose row is gone.
    say(alice, "general", "gone")
    Message.objects.latest("pk").delete()
    return alice


def backup(path: Path) -> dict[str, bytes]:
    """Make a backup; what is in it, but for the list of contents."""
    call_command("backup", path, stdout=sys.stderr)
    return content_of(path)


def content_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist() if name != "backup.json"}


def empty() -> None:
    """Let this be a site as it is after `manage.py migrate`, with other numbers given before."""
    with transaction.atomic(), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def restore(path: Path) -> None:
    call_command("restore", path, stdout=sys.stderr)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """manage.py of another site, which has SQLite."""
    place = environment(folder)
    place.pop("TEST_DATABASE_URL", None)
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=place, capture_output=True, text=True, check=False)


def doctored(path: Path, change: Callable[[dict], None], *, without: str = "\n", end: bytes = b"") -> Path:
    """A copy of a backup whose list of contents is another, and which lacks a member or has more in one."""
    copy = path.with_name("doctored.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "backup.json":
                contents = json.loads(content)
                change(contents)
                content = json.dumps(contents).encode()
            if not name.startswith(without):
                new.writestr(name, content)
    return copy


def test_a_site_returns_as_it_was(db, client_of, tmp_path):
    call_command("demo", messages=700, stdout=sys.stderr)
    site = Person.objects.get(username="alice")
    client = client_of(site)
    posted(client, attach(client, "notes.pdf", PDF), text="سلام Ärger 🎉")
    set_picture(site, io.BytesIO(PNG))
    say(site, "general", "gone")
    Message.objects.latest("pk").delete()
    picture = keep_picture(io.BytesIO(PNG))
    icon = HookIcon.objects.create(bot=site, address="http://a.example/", picture=picture)
    before = backup(tmp_path / "one.zip")
    files = {name: read(name) for name in (*site.stored_pictures, *icon.stored_names)}
    numbers = numbers_given()
    for name in before:
        if name.startswith("files/"):
            default_storage.delete(name.removeprefix("files/"))
    empty()

    restore(tmp_path / "one.zip")

    assert backup(tmp_path / "two.zip") == before
    assert len([name for name in before if name.startswith("files/")]) == 7
    assert all(read(name) == content for name, content in files.items())
    # What is not among the rows: which numbers were given, what is searched, what follows from other columns.
    assert numbers_given() == numbers
    olga = Person.objects.get(username="alice")
    assert olga.is_superuser
    assert [row.body for row in search_messages(olga, parse_query("arger")).messages] == ["سلام Ärger 🎉"]
    assert say(olga, "general", "And on it goes").pk > Message.objects.filter(body__contains="Ärger").get().pk


def numbers_given() -> dict[str, int]:
    return last_numbers(tables())


def read(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def test_nobody_is_signed_in_by_it(site, client_of, tmp_path):
    client_of(site).get("/rooms/general/")

    found = backup(tmp_path / "one.zip")

    assert not {f"tables/{table}.jsonl" for table in LEFT_OUT} & found.keys()
    assert (tmp_path / "one.zip").stat().st_mode & 0o077 == 0
    assert b"SECRET_KEY" not in b"".join(found.values())


def test_what_is_said_meanwhile_is_not_in_it(site):
    with one_moment():
        count = Message.objects.count()
        said = run_elsewhere(lambda: say(site, "general", "meanwhile"))
        assert Message.objects.count() == count
    assert said.body == "meanwhile"
    assert Message.objects.count() == count + 1


def run_elsewhere(do):
    """In a thread, which has a connection of its own."""
    from concurrent.futures import ThreadPoolExecutor

    def work():
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=10)


def test_it_moves_to_another_database_and_back_and_is_brought_up_to_date(site, tmp_path):
    """Where the tests run on PostgreSQL, from that to SQLite; and on SQLite from one to another."""
    before = backup(tmp_path / "one.zip")
    later = ("notifications_replyaddress", "notifications_takenmail")

    def as_it_was(contents: dict) -> None:
        contents["migrations"].remove(["notifications", "0009_replies"])
        for table in later:
            contents["tables"].pop(table)

    old = doctored(tmp_path / "one.zip", as_it_was)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    # There is no database yet.
    moved = run(elsewhere, "restore", str(old))
    assert moved.returncode == 0, moved.stderr
    assert run(elsewhere, "backup", str(tmp_path / "two.zip")).returncode == 0

    # The names of permissions, which there are none of in tests, come with the tables.
    there = content_of(tmp_path / "two.zip")
    differ = {name for name in there if there[name] != before.get(name)}
    assert differ == {"tables/auth_permission.jsonl", "tables/django_content_type.jsonl"}
    empty()
    with pytest.raises(CommandError, match="older version"):
        restore(old)
    restore(tmp_path / "two.zip")
    assert backup(tmp_path / "three.zip") == there


def test_what_is_refused_changes_nothing(site, tmp_path):
    path = tmp_path / "one.zip"
    before = backup(path)
    with pytest.raises(CommandError, match="in use"):
        restore(path)
    empty()
    for name in (one for one in before if one.startswith("files/")):
        default_storage.delete(name.removeprefix("files/"))
    (tmp_path / "text").write_text("no zip")
    (tmp_path / "half").write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    newer = doctored(path, lambda contents: contents["migrations"].append(["rooms", "9999_later"]))
    refuse(newer, "newer version")
    refuse(doctored(path, lambda contents: contents.update(form=2)), "newer version")
    refuse(doctored(path, lambda contents: contents["tables"]["rooms_room"].update(rows=3)), "should have 3")
    refuse(doctored(path, lambda contents: contents.pop("tables")), "broken one")
    refuse(doctored(path, lambda contents: None, without="tables/rooms_vote."), "not whole")
    refuse(doctored(path, lambda contents: None, without="files/"), "has 0 files")
    for name in ("text", "half", "none"):
        refuse(tmp_path / name, "broken one|cannot be read")
    assert not default_storage.listdir("avatars")[1]


def refuse(path: Path, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        restore(path)
    assert not Person.objects.exists()


def test_a_file_that_is_lost_is_named(site, tmp_path, capsys):
    default_storage.delete(site.stored_pictures[0])

    backup(tmp_path / "one.zip")

    assert site.stored_pictures[0] in capsys.readouterr().err
    contents = json.loads(zipfile.ZipFile(tmp_path / "one.zip").read("backup.json"))
    assert contents["missing"] == site.stored_pictures[:1]
