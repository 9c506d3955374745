"""One's own: all that one wrote, taken away and read; and the end of an account, as others see it."""

import os
import signal
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import finds_nothing_in_any_look
from tests.browser.conftest import PASSWORD
from tests.browser.preloaded import ForkedServer
from tests.browser.room import PATIENCE, Person, becomes, enter, messages, say, shows
from tests.browser.server import Server, worker_beside

MORE_FURNITURE = """
from rooms.models import *
from rooms.actions import messages_post
bob = Membership.objects.select_related('room', 'person').get(room__slug='general', person__username='bob')
messages_post.post_message(bob, 'A **bold** word, and `code`')
messages_post.post_message(bob, '<script>document.title = "taken"</script>')
"""

PICTURE = """
from django.core.files.uploadedfile import SimpleUploadedFile
from rooms.models import *
from rooms.actions import messages_post, uploads
from rooms.tests.files import PNG
bob = Membership.objects.select_related('room', 'person').get(room__slug='general', person__username='bob')
picture = uploads.keep_upload(bob, SimpleUploadedFile('a plan.png', PNG))
messages_post.post_message(bob, 'Look', attachments=(picture.pk,))
"""


# So much that a worker is killed while it writes it; and what comes to pass three minutes after.
MUCH = """
from rooms.models import *
bob = Membership.objects.select_related('room', 'person').get(room__slug='general', person__username='bob')
Message.objects.bulk_create(Message(
    room=bob.room, author=bob.person, body=str(number), html=str(number), first_revision=0, revision=0
) for number in range(30000))
"""
LATER = """
from datetime import timedelta
from django.utils import timezone
from accounts import tasks
from accounts.models import Download
Download.objects.update(beat_at=timezone.now() - timedelta(minutes=4))
tasks.take_up_again.call_local()
"""


@pytest.fixture(autouse=True)
def worker(server: Server) -> Iterator[subprocess.Popen[bytes] | ForkedServer]:
    """A process of its own, as the Procfile says."""
    with worker_beside(server) as process:
        yield process


def download(page: Page, folder: Path) -> Path:
    """Press the link, and unpack what comes."""
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download", exact=True).click()
    assert coming.value.suggested_filename.startswith("parley-bob-")
    with zipfile.ZipFile(coming.value.path()) as found:
        found.extractall(folder)
    return folder


def reads_it(page: Page, folder: Path) -> None:
    """From the first page of what was unpacked to what was said in the room, without any server."""
    page.goto((folder / "index.html").as_uri())
    expect(page.get_by_role("heading", name="bob")).to_be_visible()
    finds_nothing_in_any_look(page)
    page.get_by_role("link", name="general").click()
    expect(page.locator("strong")).to_have_text("bold")
    expect(page.get_by_text("<script>")).to_be_visible()
    expect(page).to_have_title("general · bob")
    finds_nothing_in_any_look(page)
    page.get_by_role("link", name="All rooms").first.click()
    expect(page.get_by_role("heading", name="Messages")).to_be_visible()


def test_what_one_wrote_is_prepared_and_read(person: Person, tmp_path: Path) -> None:
    bob = person("bob", bypass_csp=True)
    bob.goto("/accounts/data/")
    finds_nothing_in_any_look(bob)
    bob.get_by_role("button", name="Prepare a download").click()
    # The page asks by itself.
    expect(bob.get_by_text("Your download is ready.")).to_be_visible(timeout=PATIENCE)
    finds_nothing_in_any_look(bob)
    reads_it(bob, download(bob, tmp_path))


def test_pictures_show_where_nothing_is_loaded_from_elsewhere(
    person: Person, server: Server, tmp_path: Path
) -> None:
    server.shell(PICTURE)
    bob = person("bob")
    bob.goto("/accounts/data/")
    bob.get_by_role("button", name="Prepare a download").click()
    expect(bob.get_by_text("Your download is ready.")).to_be_visible(timeout=PATIENCE)
    folder = download(bob, tmp_path)
    bob.set_viewport_size({"width": 360, "height": 800})
    bob.goto((folder / "index.html").as_uri())
    bob.get_by_role("link", name="general").click()
    picture = bob.locator(".archived-file img")
    picture.scroll_into_view_if_needed()
    becomes(bob, "document.querySelector('.archived-file img').naturalWidth == 600")
    assert bob.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_same_without_a_script(person: Person, tmp_path: Path) -> None:
    bob = person("bob", java_script_enabled=False)
    bob.goto("/accounts/data/")
    bob.get_by_role("button", name="Prepare a download").click()
    ready = bob.get_by_text("Your download is ready.")
    for _ in range(PATIENCE // 200):
        if ready.is_visible():
            break
        bob.wait_for_timeout(200)
        again = bob.get_by_role("link", name="Look again")
        again.click() if again.is_visible() else bob.reload()
    expect(ready).to_be_visible()
    assert (download(bob, tmp_path) / "profile.json").exists()


def test_a_worker_that_is_killed_leaves_nothing_half_and_another_makes_it(
    person: Person, server: Server, worker: subprocess.Popen[bytes] | ForkedServer, tmp_path: Path
) -> None:
    server.shell(MUCH)
    bob = person("bob")
    bob.goto("/accounts/data/")
    bob.get_by_role("button", name="Prepare a download").click()
    expect(bob.get_by_role("progressbar")).to_be_visible(timeout=PATIENCE)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(15)
    bob.reload()
    expect(bob.get_by_text("Your download is being prepared.")).to_be_visible()
    expect(bob.get_by_role("link", name="Download", exact=True)).to_have_count(0)
    assert not list((server.folder / "uploads").rglob("*.zip"))

    with worker_beside(server):
        server.shell(LATER)
        expect(bob.get_by_text("Your download is ready.")).to_be_visible(timeout=3 * PATIENCE)

    assert (download(bob, tmp_path) / "profile.json").exists()


def delete_account(page: Page, choice: str) -> None:
    """All the way, from the page of one's data."""
    page.goto("/accounts/data/")
    page.get_by_role("link", name="Delete account").click()
    page.get_by_label(choice).check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_text("Your account is deleted.")).to_be_visible()


def test_a_name_goes_from_a_page_that_is_open_and_what_was_said_stays(
    person: Person, expected_complaints: list[str]
) -> None:
    expected_complaints.append("WebSocket")
    alice, bob, elsewhere = enter(person("alice")), enter(person("bob")), enter(person("bob"))
    say(bob, "I was here")
    shows(alice, "I was here")
    expect(messages(alice).locator(".author").last).to_have_text("bob")

    delete_account(bob, "They stay")

    expect(messages(alice).locator(".author").last).to_have_text("Former member", timeout=PATIENCE)
    expect(messages(alice)).to_contain_text("I was here")
    # Their other page is told, and is let in nowhere.
    expect(elsewhere.get_by_text("You are signed out.")).to_be_visible(timeout=PATIENCE)
    elsewhere.goto("/rooms/general/")
    expect(elsewhere.get_by_role("button", name="Sign in")).to_be_visible()


def test_what_was_said_goes_from_a_page_that_is_open(person: Person) -> None:
    alice = enter(person("alice"))
    bob = person("bob", java_script_enabled=False)
    shows(alice, "A bold word")

    delete_account(bob, "They are deleted")

    expect(messages(alice)).not_to_contain_text("A bold word", timeout=PATIENCE)


def test_the_last_who_runs_the_community_is_told(person: Person) -> None:
    alice = person("alice", bypass_csp=True)
    alice.goto("/accounts/delete/")
    expect(alice.get_by_text("A community needs an owner")).to_be_visible()
    expect(alice.get_by_label("Your password")).to_have_count(0)
    finds_nothing_in_any_look(alice)


def test_the_page_of_the_end_has_nothing_for_axe(person: Person, expected_complaints: list[str]) -> None:
    expected_complaints.append("422")
    bob = person("bob", bypass_csp=True)
    bob.goto("/accounts/delete/")
    finds_nothing_in_any_look(bob)
    bob.get_by_label("Your password").fill("wrong")
    bob.get_by_role("button", name="Delete my account").click()
    expect(bob.get_by_text("That is not your password.")).to_be_visible()
    finds_nothing_in_any_look(bob)
