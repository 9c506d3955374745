"""Every page, read by axe: in both schemes, wide and narrow, with the drawers open."""

from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from rooms.tests.files import written
from tests.browser.axe import LOOKS, NARROW, finds_nothing, finds_nothing_in_any_look
from tests.browser.room import PATIENCE, Person, box, enter, say, shows

WITHIN = [
    "/rooms/",
    "/rooms/new/",
    "/connection/",
    "/rooms/general/?before=3",
    "/rooms/general/messages/1/",
    "/rooms/general/messages/1/edit/",
    "/rooms/general/messages/1/reactions/",
    "/rooms/general/messages/1/reply/",
    "/rooms/general/messages/1/thread/",
    "/rooms/general/messages/1/versions/",
    "/rooms/general/pins/",
    "/mentions/",
    "/threads/",
    "/threads/?room=general",
    "/saved/",
    "/rooms/elsewhere/",
    "/rooms/general/involvement/",
    "/go/?q=o",
    "/scheduled/",
    "/reminders/",
    "/people/",
    "/direct/new/",
    "/rooms/general/members/add/",
    "/rooms/general/history/",
    "/rooms/general/settings/",
    "/rooms/general/settings/hooks/",
    "/search/?q=number",
]
ACCOUNT = [
    f"/accounts/{name}/"
    for name in (
        "profile", "notifications", "sessions", "email", "password/change", "2fa", "2fa/totp/activate",
    )
]  # fmt: skip
PROGRAMS = ["/accounts/tokens/", "/accounts/bots/", "/accounts/data/", "/keys/"]
OUTSIDE = ["login", "signup", "password/reset"]

MORE_FURNITURE = """
import datetime
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from accounts.models import Person
from integrations.actions import bots, hooks, tokens
from rooms.models import *
from rooms.actions import messages_post, rooms, scheduled, uploads
members = list(Membership.objects.select_related('room', 'person').filter(room__slug='general'))
for number in range(6): messages_post.post_message(members[number // 2], f'number {number}, https://example.org/{number}')
first = Message.objects.earliest('pk').pk
for _ in range(2): messages_post.post_message(members[1], 'An answer', reply_to=first)
rooms.create_room(members[1].person, 'elsewhere', 'Of bob and his own')
alice = next(one for one in members if one.person.username == 'alice')
files = [SimpleUploadedFile(name, b'milk', 'text/plain') for name in ('notes.txt', 'n' * 90 + '.txt')]
files = [uploads.keep_upload(alice, one).pk for one in files]
tomorrow = timezone.now() + datetime.timedelta(days=1)
scheduled.schedule(alice, 'Good morning', tomorrow, 'of tomorrow', attachments=files)
late = scheduled.schedule(alice, 'w' * 200, tomorrow, 'of a long word')
Scheduled.objects.filter(pk=late.pk).update(problem='A file of it is no longer there.')
long = 'Long' + 'name' * 14
hooks.make_hook(alice, 'github', long)
tokens.make_token(alice.person, long, 'read')
Person.objects.filter(username='charlie').update(display_name=long)
"""


@pytest.mark.parametrize("paths", [WITHIN[:9], WITHIN[9:18], WITHIN[18:], PROGRAMS, ACCOUNT])
def test_pages_within(person: Person, paths: list[str]) -> None:
    alice = person("alice", bypass_csp=True)
    for path in paths:
        alice.goto(path)
        if alice.get_by_label("Password", exact=True).count() and "reauthenticate" in alice.url:
            alice.get_by_label("Password", exact=True).fill("parley-demo")
            alice.get_by_role("button", name="Go on").click()
        finds_nothing_in_any_look(alice)


def test_a_room_while_things_happen(person: Person) -> None:
    alice, bob, charlie = (
        enter(person("alice", bypass_csp=True)),
        enter(person("bob")),
        enter(person("charlie")),
    )
    say(charlie, "Hello")
    for scheme, size in LOOKS:
        alice.emulate_media(color_scheme=scheme)
        alice.set_viewport_size(size)
        happens_and_axe_finds_nothing(alice, bob)


def happens_and_axe_finds_nothing(alice: Page, bob: Page) -> None:
    """A message, somebody who writes, and the drawers, as they look now."""
    shows(alice, "Hello")
    # Who has just said something is not shown as writing for some seconds.
    box(bob).press_sequentially("…")
    expect(alice.locator("#typing .typing")).to_be_visible(timeout=PATIENCE)
    finds_nothing(alice)
    box(bob).fill("")
    for drawer in ("Rooms", "People"):
        opener = alice.get_by_role("button", name=drawer, exact=True)
        if opener.is_visible():
            opener.click()
            alice.wait_for_timeout(400)
            finds_nothing(alice)
            alice.keyboard.press("Escape")


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
def test_whatever_is_open(person: Person, scheme: Any, size: Any, expected_complaints: list[str]) -> None:
    """What comes over a room, or beside it, one after the other."""
    expected_complaints.append("422")
    alice = enter(
        person("alice", bypass_csp=True, color_scheme=scheme, viewport=size, reduced_motion="reduce")
    )
    alice.locator("#picker").set_input_files(
        {"name": "sea.png", "mimeType": "image/png", "buffer": written(Image.new("RGB", (600, 300), "teal"))}
    )
    expect(alice.locator("#attached > li")).to_have_count(1, timeout=PATIENCE)
    say(alice, "the sea")
    shows(alice, "the sea")
    time, menu = alice.locator("#messages .when").last, alice.locator("#menu")
    time.focus()
    if size["width"] > 720:
        alice.keyboard.press("ArrowRight")
        expect(alice.locator("#hand button").first).to_be_focused()
        finds_nothing(alice)
        alice.keyboard.press("Escape")
        expect(time).to_be_focused()
    time.press("Enter")
    expect(menu.get_by_role("link", name="Reply")).to_be_visible()
    finds_nothing(alice)
    menu.get_by_role("link", name="More").click()
    expect(menu.get_by_role("searchbox")).to_be_visible()
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    time.press("Enter")
    menu.get_by_role("link", name="Edit").click()
    expect(alice.get_by_role("textbox", name="Your message")).to_be_focused()
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    expect(time).to_be_focused()
    alice.keyboard.press("?")
    expect(alice.get_by_role("dialog", name="Keys")).to_be_visible()
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    alice.keyboard.press("Control+k")
    expect(alice.locator("#switcher")).to_be_visible()
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    alice.get_by_role("link", name="Open sea.png large").click()
    expect(alice.get_by_role("dialog", name="Picture")).to_be_visible()
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    alice.locator("#messages a.author").first.click()
    expect(alice.locator("#card")).to_be_visible()
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    box(alice).press_sequentially("@")
    expect(alice.locator("#suggestions button").first).to_be_visible(timeout=PATIENCE)
    finds_nothing(alice)
    box(alice).fill("some words")
    alice.get_by_role("button", name="Formatting").click()
    expect(alice.locator("#suggestions button").first).to_be_visible(timeout=PATIENCE)
    finds_nothing(alice)
    alice.keyboard.press("Escape")
    box(alice).fill("")
    alice.get_by_role("link", name="Search beside the room").click()
    expect(alice.locator("#panel").get_by_role("searchbox")).to_be_visible(timeout=PATIENCE)
    finds_nothing(alice)
    alice.goto("/rooms/general/messages/1/thread/")
    alice.locator("#answer-picker").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"milk"}
    )
    expect(alice.locator("#answer-attached > li")).to_have_count(1, timeout=PATIENCE)
    finds_nothing(alice)
    alice.goto("/rooms/new/")
    alice.get_by_role("textbox", name="Name").fill("general")
    alice.get_by_role("button", name="Create").click()
    expect(alice.locator("[aria-invalid='true']")).to_be_visible()
    finds_nothing(alice)
    assert alice.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_pages_outside(visitor, expected_complaints: list[str]) -> None:
    expected_complaints.append("404")
    page = visitor(bypass_csp=True)
    for path in [*(f"/accounts/{name}/" for name in OUTSIDE), "/join/not-a-token/", "/nowhere/"]:
        page.goto(path)
        finds_nothing_in_any_look(page)


def test_nothing_is_wider_than_a_small_phone(person: Person) -> None:
    alice = person("alice", viewport=NARROW)
    for path in ("/rooms/general/", "/rooms/", "/accounts/profile/", "/connection/"):
        alice.goto(path)
        assert alice.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path


def test_the_drawer_opens_and_leads_somewhere_without_a_script(person: Person) -> None:
    alice = person("alice", viewport=NARROW, java_script_enabled=False)
    alice.goto("/rooms/")
    expect(alice.locator("#side")).to_be_hidden()
    alice.get_by_role("button", name="Rooms", exact=True).click()
    alice.get_by_role("navigation", name="Rooms").get_by_role("link", name="general").click()
    expect(alice.get_by_role("heading", name="general")).to_be_visible()


def test_the_whole_way_by_keyboard(person: Person) -> None:
    alice = person("alice")
    alice.goto("/rooms/")
    alice.keyboard.press("Tab")
    expect(alice.get_by_role("link", name="Skip to content")).to_be_focused()
    room = alice.get_by_role("navigation", name="Rooms").get_by_role("link", name="general")
    for _ in range(15):
        if room.evaluate("link => link === document.activeElement"):
            break
        alice.keyboard.press("Tab")
    alice.keyboard.press("Enter")
    alice.wait_for_url("**/rooms/general/")
    expect(box(alice)).to_be_focused()
