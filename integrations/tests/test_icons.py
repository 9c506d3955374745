"""`icon_url` of hooks: the picture is fetched once, kept here, and shown beside the messages that name it."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts.models import Departure
from accounts.tasks import clear_after
from integrations.actions import icons
from integrations.actions.bots import delete_bot
from integrations.models import Hook, HookIcon
from rooms import access
from rooms.actions.members import put_in
from rooms.actions.messages_edit import edit_message, edit_state
from rooms.files import fetch
from rooms.models import Membership, Message, Room
from rooms.tests.saying import say
from rooms.tests.test_previews import png, row

PLACE = "/ws/rooms/general/"

type Post = Callable[..., Message]


@pytest.fixture
def post(hook_of, django_capture_on_commit_callbacks) -> Post:
    """Let a hook say something with these fields; with `at_once` what the worker does comes right after."""
    hook = hook_of()

    def send(at_once: bool = True, **fields: object) -> Message:
        with django_capture_on_commit_callbacks(execute=at_once):
            spoken(hook, **fields)
        return Message.objects.latest("pk")

    return send


def spoken(hook: Hook, **fields: object) -> None:
    said = json.dumps({"text": "Done"} | fields)
    answer = Client().post(f"/hooks/{hook.key}", said, content_type="application/json")
    assert answer.content == b"ok"


def stored(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


def test_it_is_fetched_and_stands_beside_the_message(site, post, alice, client_of):
    message = post(icon_url=site.at("/picture.png"), username="Nightly")
    client = client_of(alice)
    assert f'<img src="/avatars/{message.shown_picture}/"' in row(client)
    assert message.revision == message.first_revision + 1
    for size, pixels in (("", 96), ("large/", 384)):
        answer = client.get(f"/avatars/{message.shown_picture}/{size}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert Image.open(io.BytesIO(b"".join(answer))).size == (pixels, pixels)


def test_it_is_fetched_once(site, post):
    first = post(icon_url=site.at("/picture.png"))
    second = post(icon_url=site.at("/picture.png"))
    assert second.shown_picture == first.shown_picture
    assert second.revision == second.first_revision
    assert site.asked == ["/picture.png"]


def test_a_known_one_costs_a_query(site, post):
    post(icon_url=site.at("/picture.png"))
    counts = []
    for more in ({}, {"icon_url": site.at("/picture.png")}):
        with CaptureQueriesContext(connection) as queries:
            post(**more)
        counts.append(len(queries))
    assert counts[1] == counts[0] + 1


def test_of_a_long_text_each_part_has_it(site, post):
    post(text="line\n" * 4000, icon_url=site.at("/picture.png"))
    parts = Message.objects.filter(author__is_bot=True)
    assert [part.shown_picture is None for part in parts] == [False] * 3


def test_an_emoji_is_what_counts(site, post, alice, client_of):
    assert post(icon_url=site.at("/picture.png"), icon_emoji=":tada:").shown_picture is None
    assert not site.asked
    # One that nobody knows here says nothing.
    assert post(icon_url=site.at("/picture.png"), icon_emoji=":our-own-logo:").shown_picture


@pytest.mark.parametrize(
    "address",
    [
        "ftp://127.0.0.2/a.png", "javascript:alert(1)", "/picture.png", "data:image/png;base64,AA", "",
        "http://127.0.0.2/a\nb.png", "http://[", "http://127.0.0.2/" + "x" * 2000,
        "http://127.0.0.2/" + "é" * 1000, None, 7, ["http://127.0.0.2/"], {},
    ],
)  # fmt: skip
def test_what_is_no_address_is_none(site, post, address):
    assert post(icon_url=address).shown_picture is None
    assert not HookIcon.objects.exists()


@pytest.mark.parametrize(
    ("path", "content", "kind", "status"),
    [
        ("/picture.png", png(), "image/png", 404),
        ("/page", "<title>Roses</title>", "text/html", 200),
        ("/lie.png", "<title>Roses</title>", "image/png", 200),
        ("/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 200),
        ("/large.png", b"x" * (fetch.PICTURE_LIMIT + 1), "image/png", 200),
        ("/half.png", png()[:100], "image/png", 200),
    ],
)
def test_where_there_is_no_picture_there_are_letters(
    site, post, alice, client_of, tmp_path, path, content, kind, status
):  # fmt: skip
    address = site.says(path, content, kind, status)
    assert post(icon_url=address, username="Nightly").shown_picture is None
    shown = row(client_of(alice))
    assert "<img" not in shown
    assert stored(tmp_path) == 0
    # It is left alone for a day.
    post(icon_url=address)
    assert site.asked == [path]
    icons.sweep(timezone.now() + icons.LEFT_ALONE)
    post(icon_url=address)
    assert site.asked == [path, path]


def test_it_asks_in_no_network_of_ones_own(site, post, settings):
    settings.LINK_PREVIEW_NETWORKS = []
    assert post(icon_url=site.at("/picture.png")).shown_picture is None
    assert not site.asked


def test_it_asks_nobody_where_links_are_not_looked_behind(site, post, settings):
    settings.LINK_PREVIEWS = False
    assert post(icon_url=site.at("/picture.png")).shown_picture is None
    assert not HookIcon.objects.exists()


def test_where_it_cannot_be_stored_there_are_letters(site, post, settings, tmp_path):
    (tmp_path / "full").touch()
    settings.MEDIA_ROOT = tmp_path / "full"
    assert post(icon_url=site.at("/picture.png")).shown_picture is None


def test_there_are_so_many_of_one_bot(site, post):
    bot = post().author
    HookIcon.objects.bulk_create(
        HookIcon(bot=bot, address=f"http://a.example/{number}") for number in range(icons.ICONS_AT_MOST)
    )
    assert post(icon_url=site.at("/picture.png")).shown_picture is None
    assert not site.asked


def test_what_a_worker_has_left_the_next_one_does(site, post, tmp_path):
    waits = [post(at_once=False, icon_url=site.at("/picture.png")) for _ in range(2)]
    gone = post(at_once=False, icon_url=site.at("/picture.png"))
    Message.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    # One had begun, and was ended: its turn is not over yet.
    icons._take(HookIcon.objects.get().pk)
    icons.fetch_waiting()
    assert not site.asked
    HookIcon.objects.update(asked_at=timezone.now() - icons.TURN)

    icons.fetch_waiting()

    pictures = {Message.objects.get(pk=message.pk).shown_picture for message in waits}
    assert pictures == {HookIcon.objects.get().picture}
    assert not HookIcon.waiting.through.objects.exists()
    assert stored(tmp_path) == 2


def test_a_change_of_the_message_keeps_it(site, post):
    message = post(icon_url=site.at("/picture.png"))
    place = access.membership(message.author_id, "general")
    edit_message(place, message, "Done, and well", edit_state(message))
    assert Message.objects.get(pk=message.pk).shown_picture == message.shown_picture


def test_it_is_for_those_who_may_read_the_message(site, post, alice, bob, client_of):
    closed = Room.objects.filter(slug="general")
    closed.update(kind=Room.Kind.CLOSED)
    address = f"/avatars/{post(icon_url=site.at('/picture.png')).shown_picture}/"
    Membership.objects.filter(person=bob).delete()
    assert client_of(bob).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    put_in(closed.get(), [bob])
    assert client_of(bob).get(address).status_code == 200


def test_it_outlives_its_hook_and_goes_with_the_bot(
    site, post, alice, client_of, tmp_path, django_capture_on_commit_callbacks
):  # fmt: skip
    message = post(icon_url=site.at("/picture.png"))
    client, address = client_of(alice), f"/avatars/{message.shown_picture}/"
    Hook.objects.get().delete()
    assert client.get(address).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        delete_bot(alice, message.author)
    assert "<img" not in row(client)
    assert client.get(address).status_code == 404
    assert stored(tmp_path) == 0
    # The worker looks once more, and what came meanwhile goes as well.
    HookIcon.objects.create(bot=message.author, picture="late", fetched_at=timezone.now())
    Departure.objects.update(state=Departure.State.WAITING)
    clear_after.call(Departure.objects.get().pk)
    assert not HookIcon.objects.exists()


def test_a_program_that_hears_a_room_answers_with_one(site, outgoing_of, elsewhere, bob, settings,
                                                       django_capture_on_commit_callbacks):  # fmt: skip
    outgoing_of()
    elsewhere.words = json.dumps({"text": "Yes", "icon_url": site.at("/picture.png")})
    with django_capture_on_commit_callbacks(execute=True):
        say(bob, "general", "Are you there?")
    assert Message.objects.get(body="Yes").shown_picture


def test_so_does_a_command(site, outgoing_of, elsewhere, bob, client_of,
                           django_capture_on_commit_callbacks):  # fmt: skip
    outgoing_of(kind="command", words="weather")
    said = {"text": "It rains", "response_type": "in_channel", "icon_url": site.at("/picture.png")}
    elsewhere.words = json.dumps(said)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(bob).post("/rooms/general/", {"body": "/weather"})
    assert Message.objects.get(body="It rains").shown_picture


@pytest.mark.asyncio
async def test_it_comes_to_open_pages(sockets, site, hook_of):
    hook = await sync_to_async(hook_of)()
    page = await sockets(PLACE, "alice")
    await sync_to_async(spoken)(hook, icon_url=site.at("/picture.png"))
    assert "Done" in await page.until('<img src="/avatars/')
