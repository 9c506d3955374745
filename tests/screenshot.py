"""Pictures of Parley as it is: bin/screenshot."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import chromium, clip, emoji_font
from tests.browser.server import Server, build, manage
from tests.environment import ROOT, environment
from tests.services import Missing

PASSWORD = "parley-demo"
PICTURE = ROOT / "docs" / "screenshot.png"
CLIP = ROOT / "docs" / "clip.webp"
PICTURE_SIZE = (1280, 800)

# For a look at the design: a phone, a tablet, a laptop, a large screen.
SIZES = ((360, 740), (768, 1024), (1280, 800), (1920, 1080))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Those whose density one can choose.
COMPACT = (
    "room",
    "room-code",
    "room-empty",
    "room-long-names",
    "room-right-to-left",
    "room-thousand",
    "thread",
)
PAGES = {
    "room": "/rooms/general/",
    "room-code": "/rooms/engineering/",
    "room-languages": "/rooms/support/",
    "room-empty": "/rooms/attic/",
    "room-long-names": "/rooms/long/",
    "room-right-to-left": "/rooms/majlis/",
    "room-thousand": "/rooms/thousand/",
    "room-outside": "/rooms/reading/",
    "older": "/rooms/general/?before=1000",
    "history": "/rooms/general/history/?around={message}",
    "message": "/rooms/general/messages/{message}/",
    "thread": "/rooms/general/messages/{message}/thread/",
    "search": "/search/?q=the",
    "mentions": "/mentions/",
    "reminders": "/reminders/",
    "scheduled": "/scheduled/",
    "later": "/rooms/general/later/",
    "threads": "/threads/",
    "threads-beside": "/threads/?room=general",
    "rooms": "/rooms/",
    "rooms-none": "/rooms/?q=nothing",
    "room-new": "/rooms/new/",
    "connection": "/connection/",
    "profile": "/accounts/profile/",
    "notifications": "/accounts/notifications/",
    "sessions": "/accounts/sessions/",
    "password": "/accounts/password/change/",
    "two-factor": "/accounts/2fa/",
    "administration-people": "/administration/people/",
    "administration-person": "/administration/people/2/",
    "administration-invitations": "/administration/invitations/",
    "administration-rooms": "/administration/rooms/",
    "administration-reports": "/administration/reports/",
    "administration-audit": "/administration/audit/",
    "administration-mail": "/administration/mail/",
    "administration-community": "/administration/community/",
    "not-found": "/rooms/nowhere/",
}
# Rooms that strain a page: empty, names that are long, another direction, a thousand messages.
STRAINED = """
from accounts.models import Person
from rooms.actions.messages_post import NewMessage, post_messages
from rooms.actions.rooms import create_room, join_room
from rooms.models import Membership, Room

alice, bob, charlie = (Person.objects.get(username=name) for name in ("alice", "bob", "charlie"))

def talk(name, slug, lines):
    room = create_room(alice, name)
    Room.objects.filter(pk=room.pk).update(slug=slug)
    room.refresh_from_db()
    for person in (bob, charlie):
        join_room(person, room)
    places = list(Membership.objects.filter(room=room).order_by("person"))
    wanted = [NewMessage(one.pk, one.person_id, text, "") for n, text in enumerate(lines)
              for one in [places[n // 2 % 3]]]
    for at in range(0, len(wanted), 100):
        post_messages(wanted[at : at + 100])
    Membership.objects.filter(room=room).update(read=len(wanted))

create_room(alice, "attic")
talk("A name for a room that is about as long as a name may be", "long",
     ["Donaudampfschifffahrtsgesellschaft" * 4, "A " + "word " * 120,
      "https://example.org/" + "a-long-path/" * 30])
talk("مجلس", "majlis", ["السلام عليكم، هل نبدأ الاجتماع الآن؟", "نعم، بعد خمس دقائق. @alice",
     "שלום לכולם", "One in English, between them: `code` and 12:30.", "حسنا **شكرا**"])
talk("thousand", "thousand", [f"Message {n} of a thousand, as long as most are." for n in range(1000)])
print(max(one.pk for one in Room.objects.get(slug="general").messages.all()[:41]))
"""
ALICE = "from accounts.models import Person; Person.objects.filter(username='alice')"
PAGES_OUTSIDE = {
    "sign-in": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "password-reset": "/accounts/password/reset/",
}


def main(words: list[str]) -> None:
    """Take the README's picture and clip, or all pages into the folder given."""
    try:
        path = chromium.find()
    except Missing as missing:
        sys.exit(str(missing))
    emoji_font.bring()
    # Without a sandbox, which it needs another user than root for.
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with demo_server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        if words:
            take_all(browser, server, Path(words[-1]))
        else:
            take_one(browser, server, PICTURE)
            take_clip(browser, server, CLIP)
        browser.close()


@contextmanager
def demo_server() -> Iterator[Server]:
    """A server with the demo's people and conversation, for as long as the context lasts."""
    with tempfile.TemporaryDirectory(prefix="parley-screenshot-") as folder:
        build(Path(folder))
        manage(environment(Path(folder)), "demo")
        server = Server(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def take_one(browser: Browser, server: Server, file: Path) -> None:
    """One picture: alice in a room with the others, while bob writes and charlie has just come."""
    bob = come(browser, server, "bob", PICTURE_SIZE)
    alice = come(browser, server, "alice", PICTURE_SIZE, device_scale_factor=2)
    come(browser, server, "charlie", PICTURE_SIZE)
    expect(alice.get_by_role("status", name="Notices")).to_contain_text("Charlie signed in")
    expect(alice.get_by_role("list", name="In this room").get_by_role("listitem")).to_have_count(3)
    bob.get_by_role("textbox", name="Message").press_sequentially("See you")
    expect(alice.locator("#typing")).to_contain_text("Bob")
    take(alice, file)


def take_clip(browser: Browser, server: Server, file: Path) -> None:
    """A conversation as it goes on."""
    bob = come(browser, server, "bob", clip.PHONE, reduced_motion="reduce")
    alice = come(browser, server, "alice", clip.DESK, reduced_motion="reduce")
    # The banner of who came is gone.
    alice.wait_for_timeout(8_000)
    clip.two_people_talk(alice, bob, file)
    print(f"{file}, {file.stat().st_size // 1024} KB", flush=True)


def take_all(browser: Browser, server: Server, folder: Path) -> None:
    """Every page at every size in both schemes; rooms in the compact density as well."""
    message = server.shell(STRAINED).strip()
    others = [come(browser, server, name, PICTURE_SIZE) for name in ("bob", "charlie")]
    cookies: Any = come(browser, server, "alice", PICTURE_SIZE).context.storage_state()
    for pages, state in ((PAGES, cookies), (PAGES_OUTSIDE, None)):
        for size in SIZES:
            for scheme in SCHEMES:
                page = look(browser, server, size, color_scheme=scheme, storage_state=state)
                for name, address in pages.items():
                    page.goto(address.format(message=message))
                    take(page, folder / f"{name}-{size[0]}-{scheme}.png")
                page.context.close()
    server.shell(f"{ALICE}.update(appearance='is-compact')")
    for size in SIZES:
        page = look(browser, server, size, storage_state=cookies)
        for name in COMPACT:
            page.goto(PAGES[name].format(message=message))
            take(page, folder / f"{name}-{size[0]}-compact.png")
        page.context.close()
    for page in others:
        page.context.close()


def look(browser: Browser, server: Server, size: tuple[int, int], **options: Any) -> Page:
    """A browser of its own at the server."""
    context = browser.new_context(
        base_url=server.url,
        viewport={"width": size[0], "height": size[1]},
        **{"color_scheme": "light"} | options,
    )
    return context.new_page()


def come(browser: Browser, server: Server, name: str, size: tuple[int, int], **options: Any) -> Page:
    """Somebody signed in, in the room `general`."""
    page = look(browser, server, size, **options)
    page.goto("/accounts/login/")
    page.get_by_label("Username or email").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/rooms/general/")
    return page


def take(page: Page, file: Path) -> None:
    """Write what the page shows now."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # What moves has arrived: the pulse aside, nothing here moves for longer.
    page.wait_for_timeout(400)
    page.screenshot(path=file)
    print(file, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
