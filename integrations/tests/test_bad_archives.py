"""What cannot be in an archive is said in a sentence, and what can be kept is kept."""

import datetime
import json
import tarfile
import zipfile
from typing import Any

import pytest
from django.utils import timezone

from integrations.moving import packed
from integrations.moving.archives import READERS, open_archive
from integrations.moving.ndjson import ParleyArchive
from integrations.moving.packed import ZipArchive
from integrations.moving.records import BadArchive
from integrations.moving.slack import SlackArchive
from integrations.moving.zulip import ZulipArchive
from integrations.tests.archives import BEGIN, CHANNEL, DAY, USERS, moved, said, slack, tarred, zipped
from notifications.gathering import gather
from rooms.models import Message, Reaction, Room

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("program", READERS)
def test_what_is_no_archive_is_said(program, tmp_path):
    path = tmp_path / "archive"
    for content in (b"", b"PK\x05\x06", b"\x00" * 4096, b'{"type": 7}\n', b"PK\x03\x04" + b"x" * 99):
        path.write_bytes(content)
        with pytest.raises(BadArchive, match=r"\w+ .*\."), open_archive(program, path):
            pass


def test_a_zip_that_is_a_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "RATIO_COUNTS_FROM", 100_000)
    path = zipped(tmp_path / "bomb.zip", {"users.json": b" " * 2_000_000})
    with pytest.raises(BadArchive, match="larger than it can be"):
        ZipArchive(path)


def test_a_zip_that_says_less_than_it_has(tmp_path):
    path = slack(tmp_path, [said(0, "U1", "Roses" * 1000)])
    content = path.read_bytes()
    with zipfile.ZipFile(path) as file:
        size = file.getinfo(DAY).file_size.to_bytes(4, "little")
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    report = moved(SlackArchive(path))
    assert report.read["malformed"]["examples"] == [DAY]


def test_a_zip_with_too_many_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "MOST_ENTRIES", 10)
    with pytest.raises(BadArchive, match="more files"):
        ZipArchive(zipped(tmp_path / "many.zip", {f"{number}.json": "" for number in range(11)}))


def test_a_tar_that_is_a_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr("integrations.moving.zulip.RATIO_COUNTS_FROM", 1000)
    monkeypatch.setattr("integrations.moving.zulip.RATIO", 2)
    with pytest.raises(BadArchive, match="larger than it can be"):
        ZulipArchive(tarred(tmp_path / "bomb.tar.gz", {"realm.json": b" " * 2_000_000}))


def test_paths_that_lead_out(tmp_path):
    path = zipped(tmp_path / "out.zip", {
        "users.json": USERS, "channels.json": [CHANNEL], DAY: [said(0, "U1", "Roses")],
        "../outside.json": "x", "/etc/outside": "x", "C:\\outside": "x", "a/../../b": "x",
    })  # fmt: skip
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "/etc/passwd")
    assert moved(SlackArchive(path)).read["bad path"]["count"] == 5

    path = tmp_path / "out.tar"
    with tarfile.open(path, "w") as file:
        for name in ("../outside", "/outside"):
            file.addfile(tarfile.TarInfo(name))
        member = tarfile.TarInfo("realm.json")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(member)
    with pytest.raises(BadArchive, match=r"no realm\.json"):
        ZulipArchive(path)


# What may stand in the place of anything.
ODD: tuple[Any, ...] = (
    None,
    7,
    -1.5,
    True,
    "",
    "x" * 300,
    [],
    [None],
    {},
    {"id": None},
    "\x00\ud800",
    10**400,
)


def test_anything_in_the_place_of_anything(alice, tmp_path):
    """Each field of each object in turn: what is right beside it is kept."""
    whole = said(
        5, "U2", "odd", thread_ts=f"{BEGIN:.6f}", edited={"ts": "1"}, subtype="", username="x", bot_id="",
        files=[{"id": "F", "name": "f"}], reactions=[{"name": "+1", "users": ["U1"]}], user_profile={},
        blocks=[], attachments=[],
    )  # fmt: skip
    messages = [said(0, "U1", "right")]
    for number, name in enumerate(whole):
        messages += [
            whole | {"ts": f"{BEGIN + 100 * number + place}.5", name: odd} for place, odd in enumerate(ODD)
        ]
    people = [USERS[0], *(USERS[1] | {name: odd, "id": f"U{name}"} for name in USERS[1] for odd in ODD), *ODD]
    rooms = [CHANNEL, *(CHANNEL | {"id": f"C{name}", name: odd} for name in CHANNEL for odd in ODD), *ODD]
    report = moved(SlackArchive(slack(tmp_path, [*messages, *ODD], users=people, channels=rooms)))
    assert Message.objects.filter(body="right").exists()
    assert report.came["messages"] > 100


def test_years_that_no_chat_has(alice, tmp_path):
    moments = ("0", "-62135596800", "253402300799", "1e30", "99999999999999999999", f"{BEGIN}")
    path = slack(tmp_path, [{"user": "U1", "text": ts, "ts": ts} for ts in moments])
    report = moved(SlackArchive(path))
    now = timezone.now()
    assert all(
        datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) < one.posted_at <= now
        for one in Message.objects.all()
    )
    assert report.found["time"]["count"] == 2
    assert report.read["malformed"]["count"] == 3
    # Nothing stands in the way of what is told of others.
    gather(now + datetime.timedelta(minutes=5))


def test_a_million_reactions(alice, tmp_path, monkeypatch):
    monkeypatch.setattr("integrations.moving.messages.REACTIONS_OF_A_KIND", 50)
    people = [{"id": f"U{number}", "name": f"u{number}"} for number in range(60)]
    everybody = [one["id"] for one in people]
    countries = ("de", "es", "fr", "it", "jp", "us", "gb", "pt", "ar", "at", "au", "be", "br", "ca", "ch")
    names = ["+1", "tada", *(f"flag-{code}" for code in countries), *(f"heart-{n}" for n in range(200))]
    names += ["rose", "tulip", "cactus", "seedling", "cherry_blossom", "hibiscus", "sunflower", "lemon"]
    reactions = [{"name": name, "users": everybody * 9} for name in names]
    report = moved(SlackArchive(slack(tmp_path, [said(0, "U1", "Roses", reactions=reactions)], users=people)))
    assert Reaction.objects.count() == 20 * 50
    assert report.found["many reactions"]["count"] > 1000
    assert report.found["emoji"]["count"] > 100_000


def test_what_is_too_long_is_parted(alice, tmp_path):
    path = slack(tmp_path, [said(0, "U1", "word " * 5000, reactions=[{"name": "+1", "users": ["U2"]}])])
    report = moved(SlackArchive(path))
    assert Message.objects.filter(room__name="garden").count() == 3
    assert (report.came["messages"], Reaction.objects.count()) == (1, 1)
    assert moved(SlackArchive(path)).came["known"] == 1
    assert Message.objects.filter(room__name="garden").count() == 3


def test_json_that_is_deep_or_broken(alice, tmp_path):
    files = {"users.json": USERS, "channels.json": [CHANNEL], DAY: "[" * 100_000}
    other = "garden/2024-03-02.json"
    path = zipped(
        tmp_path / "deep.zip", files | {other: [said(0, "U1", "Roses")], "nowhere/2024-03-02.json": "[]"}
    )
    report = moved(SlackArchive(path))
    assert Message.objects.filter(body="Roses").exists()
    assert (report.read["malformed"]["count"], report.read["no room"]["count"]) == (1, 1)


def test_a_name_that_calls_everybody_is_nobodys(alice, tmp_path):
    users = [{"id": "U1", "name": "here"}, {"id": "U2", "name": "admin"}, {"id": "U3", "name": "Ünïcode ✓"}]
    lines = [{"type": "parley", "community": "x"}]
    lines += [{"type": "person", "id": one["id"], "username": one["name"]} for one in users]
    lines += [{"type": "room", "id": "1", "name": "new", "slug": "new"}]
    lines += [{"type": "room", "id": "2", "name": "odd", "slug": "../odd place", "archived_at": "9999-12-31"}]
    lines += [
        {"type": "message", "id": "1", "room": "1", "author": "U1", "text": "x", "posted_at": "2024-01-01"}
    ]
    path = tmp_path / "p.ndjson"
    path.write_text("\n".join(map(json.dumps, lines)))
    moved(ParleyArchive(path))
    author = Message.objects.get(body="x").author
    assert author.username == "here-parley"
    assert Room.objects.get(name__startswith="new").slug != "new"
    odd = Room.objects.get(name="odd")
    assert odd.slug == "odd"
    assert odd.archived_at
    assert odd.archived_at <= timezone.now()
