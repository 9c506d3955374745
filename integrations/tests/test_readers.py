"""What each program's archive becomes."""

import json
import zipfile
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage

from accounts.models import Person
from integrations.incoming.mrkdwn import markdown_of
from integrations.models import HookIcon
from integrations.moving.campfire import CampfireArchive, markdown_of_html
from integrations.moving.mattermost import MattermostArchive
from integrations.moving.ndjson import ParleyArchive
from integrations.moving.slack import SlackArchive
from integrations.moving.zulip import ZulipArchive
from integrations.tests.archives import BEGIN, moved, said, slack, sqlite, tarred, zipped
from rooms.models import Attachment, Membership, Message, Reaction, Room, Version, Vote
from rooms.tests.files import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alice(alice) -> Person:
    EmailAddress.objects.create(user=alice, email="alice@example.org", verified=True, primary=True)
    return alice


def bodies(room: str) -> list[str]:
    return list(Message.objects.filter(room__name=room).order_by("pk").values_list("body", flat=True))


@pytest.mark.parametrize(
    ("mrkdwn", "markdown"),
    [
        ("*bold* _it_ ~gone~ `a*b*`", "**bold** _it_ ~~gone~~ `a*b*`"),
        ("<@U1> in <#C1> or <#C9|far>", "@ann in #garden or #far"),
        ("<!here> <!channel|channel> <!subteam^S1|@cooks>", "@here @room \\@cooks"),
        ("<https://a.example/b|the [plan]>", "[the \\[plan\\]](https://a.example/b)"),
        (
            "<https://a.example> <mailto:a@b.example|a@b.example>",
            "<https://a.example> [a\\@b.example](mailto:a@b.example)",
        ),
        ("1 &lt; 2 &amp;&amp; [x](y)", "1 < 2 && \\[x\\](y)"),
        ("&gt; said\n# no heading", "> said\n\\# no heading"),
        ("```x = *y*```", "\n```\nx = *y*\n```\n"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
    ],
)
def test_mrkdwn(mrkdwn, markdown):
    assert markdown_of(mrkdwn, {"U1": "ann"}, {"C1": "garden"}) == markdown


def test_slack_keeps_what_others_drop(tmp_path):
    root = f"{BEGIN + 10:.6f}"
    pins = [{"id": root, "user": "U1", "created": BEGIN + 90}]
    path = slack(
        tmp_path,
        [
            # An answer before what it answers, in a file that is in no order.
            said(
                20, "U8", "by somebody who is in no list", thread_ts=root, user_profile={"real_name": "Uma"}
            ),
            {
                "subtype": "bot_message",
                "bot_id": "B1",
                "username": "Builds",
                "text": "",
                "ts": root,
                "attachments": [
                    {"title": "Build 7", "title_link": "https://ci.example/7", "text": None, "fields": None}
                ],
            },
            said(30, "U2", "also there", thread_ts=root, subtype="thread_broadcast"),
            said(
                40,
                "U2",
                "",
                blocks=[
                    {
                        "type": "rich_text",
                        "elements": [
                            {
                                "type": "rich_text_section",
                                "elements": [
                                    {"type": "text", "text": "from a block "},
                                    {"type": "user", "user_id": "U1"},
                                ],
                            }
                        ],
                    }
                ],
            ),
            said(50, "U1", "new topic", subtype="channel_topic", topic="Roses"),
            said(60, "U2", "a huddle", subtype="huddle_thread"),
            said(70, "U3", "<@U3> has joined", subtype="channel_join"),
            said(
                80,
                "U2",
                "",
                files=[{"id": "F1", "name": "dot.png", "url_private_download": "https://x.invalid/"}],
            ),
            said(
                90,
                "U2",
                "gone",
                files=[{"id": "F2", "name": "gone.pdf", "url_private": "http://10.0.0.1/gone"}],
            ),
        ],
        channels=[{"id": "C1", "name": "garden", "pins": pins, "members": ["U1", None, "U7"]}],
    )
    report = moved(SlackArchive(zipped(tmp_path / "again.zip", {
        f"export/{name}": content for name, content in unpacked(path).items()
    } | {"export/__uploads/F1/dot.png": PNG})))  # fmt: skip

    assert bodies("garden") == [
        "> [Build 7](https://ci.example/7)", "by somebody who is in no list", "also there",
        "from a block @alice", "", "", "", "gone\n\n📎 gone.pdf",
    ]  # fmt: skip
    first: Any = Message.objects.filter(room__name="garden").first()
    assert (first.replies, first.author.is_bot, first.author.name) == (2, True, "Builds")
    assert first.pinned_by.username == "alice"
    assert Person.objects.get(username="U8-slack").name == "Uma"
    notices = Message.objects.filter(room__name="garden", notice__isnull=False)
    assert list(notices.values_list("notice", "html")) == [("topic", "Roses"), ("joined", "")]
    assert Attachment.objects.get(message__author__username="bob-slack").name == "dot.png"
    lacks = {**report.found, **report.read}
    assert {why: entry["count"] for why, entry in lacks.items()} == {
        "file missing": 1, "not taken": 1, "unlisted": 2,
    }  # fmt: skip


def unpacked(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_mattermost(tmp_path):
    at = BEGIN * 1000
    users = [("ann", "alice@example.org"), ("bob", "bob@example.org")]
    channels = [{"name": "garden", "roles": "channel_user channel_admin"}]
    where = {"team": "home", "channel": "garden"}
    lines = [
        {"type": "version", "version": 1},
        {"type": "team", "team": {"name": "home", "display_name": "Home"}},
        {"type": "channel", "channel": {**where, "name": "garden", "display_name": "Garden", "type": "P"}},
        *({"type": "user", "user": {"username": name, "email": email, "teams": [
            {"name": "home", "channels": channels}]}} for name, email in users),
        {"type": "post", "post": {**where, "user": "bob", "message": "later", "create_at": at + 9000}},
        {"type": "post", "post": {
            **where, "user": "ann", "message": "**first** @bob", "create_at": at, "is_pinned": True,
            "reactions": [{"user": "bob", "emoji_name": "+1"}, {"user": "ann", "emoji_name": "party_parrot"}],
            "attachments": [{"path": "teams/dot.png"}],
            "replies": [{"user": "bob", "message": "answer", "create_at": at + 99_000}],
        }},
        {"type": "direct_channel", "direct_channel": {"members": ["ann", "bob"]}},
        {"type": "direct_post", "direct_post": {
            "channel_members": ["bob", "ann"], "user": "cid", "message": "between", "create_at": at + 1}},
        {"type": "emoji", "emoji": {"name": "party_parrot"}},
    ]  # fmt: skip
    path = zipped(
        tmp_path / "m.zip", {"import.jsonl": "\n".join(map(json.dumps, lines)), "data/teams/dot.png": PNG}
    )
    report = moved(MattermostArchive(path))

    assert bodies("Garden") == ["**first** @bob-mattermost", "later", "answer"]
    assert Message.objects.get(body="answer", thread__body__startswith="**first**").reply_to
    assert Room.objects.get(name="Garden").kind == "closed"
    assert Membership.objects.get(room__name="Garden", person__username="alice").role == "moderator"
    assert Message.objects.get(body="between").room.kind == "direct"
    assert (report.came["files"], report.came["reactions"]) == (1, 1)
    assert report.found["emoji"]["examples"] == ["party_parrot"]
    assert moved(MattermostArchive(path)).came["known"] == 4


def test_zulip(tmp_path):
    people = [
        {
            "id": 7,
            "full_name": "Ann Lee",
            "delivery_email": "alice@example.org",
            "role": 400,
            "is_active": True,
        },
        {"id": 8, "full_name": "Bob", "delivery_email": "bob@example.org", "role": 600, "is_active": False},
    ]
    realm = {
        "zerver_realm": [{"id": 1, "uuid": "u-1"}], "zerver_userprofile": people,
        "zerver_stream": [{"id": 3, "name": "garden", "description": "Roses", "invite_only": False}],
        "zerver_recipient": [{"id": 30, "type": 2, "type_id": 3}, {"id": 31, "type": 1, "type_id": 8}],
        "zerver_subscription": [{"recipient": 30, "user_profile": 7}, {"recipient": 30, "user_profile": 8}],
        "zerver_reaction": [{"message": 1, "user_profile": 8, "emoji_code": "1f44d", "emoji_name": "+1"}],
    }  # fmt: skip
    history = json.dumps([{"prev_content": "We water", "timestamp": BEGIN + 5}])

    def one(pk, sender, recipient, content, subject="", **more):
        return {"id": pk, "sender": sender, "recipient": recipient, "content": content, "subject": subject,
                "date_sent": BEGIN + pk} | more  # fmt: skip

    messages = [
        one(1, 7, 30, "We weed, @**Bob**", "Roses", last_edit_time=BEGIN + 5, edit_history=history),
        one(2, 8, 30, "Look [dot.png](/user_uploads/1/ab/dot.png)", "roses"),
        one(3, 7, 30, "@**all** tea", "Breaks"),
        one(4, 7, 31, "between us"),
    ]
    path = tarred(tmp_path / "z.tar.gz", {
        "zulip-export/realm.json": realm, "zulip-export/messages-000001.json": {"zerver_message": messages},
        "zulip-export/uploads/1/ab/dot.png": PNG,
    })  # fmt: skip
    report = moved(ZulipArchive(path))

    assert bodies("garden") == ["**Roses**\n\nWe weed, @bob-zulip", "Look", "**Breaks**\n\n@room tea"]
    first: Any = Message.objects.get(body__contains="We weed")
    assert (first.replies, first.edited_at.timestamp()) == (1, BEGIN + 5)
    assert Version.objects.get(message=first).body == "We water"
    assert Reaction.objects.get(message=first).emoji == "👍"
    assert Message.objects.get(body="Look").files == 1
    assert Message.objects.get(body="between us").room.kind == "direct"
    assert not report.found
    assert not report.read


def test_campfire(tmp_path):
    path = sqlite(tmp_path / "c.sqlite3", """
        CREATE TABLE users (id, name, email_address, role, active, bio, created_at);
        CREATE TABLE rooms (id, name, type); CREATE TABLE memberships (id, room_id, user_id);
        CREATE TABLE messages (id, room_id, creator_id, created_at);
        CREATE TABLE action_text_rich_texts (record_type, record_id, name, body);
        CREATE TABLE boosts (id, message_id, booster_id, content);
        INSERT INTO users VALUES (1, 'Ann Lee', 'alice@example.org', 1, 1, NULL, '2024-01-01 00:00:00'),
            (2, 'Bob', 'bob@example.org', 0, 0, NULL, '2024-01-01 00:00:00');
        INSERT INTO rooms VALUES (1, 'garden', 'Rooms::Open'), (2, NULL, 'Rooms::Direct');
        INSERT INTO memberships VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2);
        INSERT INTO messages VALUES (9, 1, 2, '2024-03-01 10:00:00.5'), (8, 1, 1, '2024-03-01 09:00:00'),
            (7, 2, 1, '2024-03-01 09:30:00'), (6, 1, 5, '2024-03-01 11:00:00'), (5, 1, 1, NULL);
        INSERT INTO action_text_rich_texts VALUES ('Message', 9, 'body', '<p>So <strong>red</strong></p>'),
            ('Message', 8, 'body', 'plain'), ('Message', 7, 'body', 'between'),
            ('Message', 6, 'body', CAST(X'ff41' AS TEXT));
        INSERT INTO boosts VALUES (1, 8, 2, '👍'), (2, 8, 2, 'well done');
    """)  # fmt: skip
    report = moved(CampfireArchive(path))

    assert bodies("garden") == ["plain", "So **red**", "\ufffdA"]
    assert Message.objects.get(body="between").room.kind == "direct"
    assert (report.came["reactions"], report.found["emoji"]["count"]) == (1, 1)
    assert (report.read["malformed"]["count"], report.read["unlisted"]["count"]) == (1, 1)


def test_what_trix_writes():
    html = '<div>One<br>two <a href="https://a.example">here</a></div><blockquote>said</blockquote>'
    html += "<pre>x = 1</pre>"
    assert markdown_of_html(html) == "One\ntwo [here](https://a.example)\n\n> said\n\n```\nx = 1\n```"


def test_our_own(tmp_path):
    when = "2024-03-01T09:00:00+00:00"
    said_here: list[dict[str, Any]] = [
        {"id": "1", "text": "/poll Tea? | Yes | No", "votes": [
            {"person": "1", "choice": "Yes"}, {"person": "2", "choice": "?"}]},
        {"id": "2", "text": "now", "edited_at": "2024-03-01T10:00:00+00:00", "thread": "1", "reply_to": "1",
         "versions": [{"text": "then", "until": "2024-03-01T10:00:00+00:00"}], "shown_name": "Nightly"},
        {"id": "7", "text": "up", "shown_name": "Nightly", "shown_picture": "files/shown/a.webp"},
        {"id": "8", "text": "down", "shown_name": "Nightly", "shown_picture": "files/shown/b.webp"},
        {"id": "3", "text": "", "notice": "added", "named": ["2"]},
        {"id": "4", "text": "Roses &amp; tulips", "notice": "topic"},
        {"id": "5", "text": "", "deleted_at": when},
        {"id": "6", "text": "waves", "is_action": True, "reactions": [{"emoji": "🎉", "people": ["1", "2"]}],
         "files": [{"name": "dot.png", "path": "files/1/dot.png", "description": "A dot"}]},
    ]  # fmt: skip
    lines: list[dict[str, Any]] = [
        {"type": "parley", "form": 1, "community": "Home"},
        {"type": "person", "id": "1", "username": "ann", "email": "alice@example.org"},
        {"type": "person", "id": "2", "username": "bob", "role": "owner", "picture": "files/people/2.webp"},
        {"type": "room", "id": "1", "name": "Garden", "slug": "beds", "slow_seconds": 60, "members": [
            {"person": "1", "involvement": "mentions", "is_favourite": True}, {"person": "2"}]},
        *({"type": "message", "room": "1", "author": "2", "posted_at": when} | one for one in said_here),
    ]  # fmt: skip
    files = {"parley.ndjson": "\n".join(map(json.dumps, lines)), "files/1/dot.png": PNG}
    path = zipped(tmp_path / "p.zip", files | {"files/people/2.webp": PNG, "files/shown/a.webp": PNG})
    report = moved(ParleyArchive(path))

    room = Room.objects.get(name="Garden")
    assert (room.slug, room.slow_seconds) == ("beds", 60)
    assert bodies("Garden") == [
        "/poll Tea? | Yes | No", "now", "up", "down", "", "", "", "/me waves",
    ]  # fmt: skip
    bob = Person.objects.get(username="bob")
    assert bob.role == "member"
    assert all(map(default_storage.exists, bob.stored_pictures))
    assert bob.avatar
    icon = HookIcon.objects.get()
    assert (icon.bot, all(map(default_storage.exists, icon.stored_names))) == (bob, True)
    assert [Message.objects.get(body=body).shown_picture for body in ("up", "down")] == [icon.picture, None]
    assert Vote.objects.get().choice == "Yes"
    assert Version.objects.get().body == "then"
    assert Message.objects.get(notice="topic").html == "Roses &amp; tulips"
    assert Message.objects.get(notice="added").noticed.get().person.username == "bob"
    assert Message.objects.get(shown_name="Nightly", thread__body__startswith="/poll").reply_to
    assert Attachment.objects.get().description == "A dot"
    assert Membership.objects.get(room=room, person__username="alice").is_favourite
    assert room.posts == 6
    assert not report.found
