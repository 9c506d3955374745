"""Files, from one person's composer to another's open page."""

import io
import math
import re
import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import finds_nothing
from tests.browser.conftest import sign_in
from tests.browser.room import PATIENCE, Person, becomes, box, connected, enter, messages, say, shows
from tests.browser.server import Server


def picture(size: tuple[int, int] = (1200, 800), colour: str = "teal") -> bytes:
    """A PNG."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).ellipse((size[0] // 4, size[1] // 4, size[0] // 2, size[1] // 2), fill="gold")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def sound(seconds: int = 2) -> bytes:
    """A WAV of a quiet tone."""
    tone = bytes(128 + int(20 * math.sin(number / 4)) for number in range(8000 * seconds))
    head = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(tone))
        + b"WAVEfmt "
        + head
        + b"data"
        + struct.pack("<I", len(tone))
        + tone
    )


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[str]]:
    """Files on the disk of whoever sends them: `files(("a.png", content), …)`, their paths."""

    def write(*named: tuple[str, bytes]) -> list[str]:
        for name, content in named:
            (tmp_path / name).write_bytes(content)
        return [str(tmp_path / name) for name, _ in named]

    return write


def choose(page: Page, paths: list[str]) -> None:
    """Choose files, all at once."""
    page.locator("#picker").set_input_files(paths)


def attached(page: Page) -> Locator:
    """The files in the composer."""
    return page.get_by_role("list", name="Attached files").get_by_role("listitem")


def send(page: Page, text: str, paths: list[str]) -> None:
    """Write, attach and send."""
    choose(page, paths)
    expect(attached(page)).to_have_count(len(paths), timeout=PATIENCE)
    say(page, text)


@pytest.mark.parametrize("server", ["uvicorn", "daphne"], indirect=True)
def test_several_at_once_are_on_the_others_open_page(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    box(alice).fill("my words so far")
    choose(alice, files(("sea.png", picture()), ("song.wav", sound()), ("notes.txt", b"Remember the milk")))
    expect(attached(alice)).to_have_count(3, timeout=PATIENCE)
    expect(box(alice)).to_have_value("my words so far")
    box(alice).press("Enter")

    shows(bob, "my words so far")
    expect(attached(alice)).to_have_count(0, timeout=PATIENCE)
    for page in (alice, bob):
        expect(messages(page).get_by_role("link", name="Open sea.png large")).to_be_visible()
        expect(messages(page).locator("audio")).to_have_attribute("aria-label", "song.wav")
        expect(messages(page).get_by_role("link", name="notes.txt")).to_contain_text("Text · 17")
    becomes(bob, "document.querySelector('.picture-opens img').naturalWidth > 0")

    say(alice, "and nothing with this one")
    shows(bob, "and nothing with this one")
    expect(messages(bob).locator(".files")).to_have_count(1)


def test_files_alone_are_a_message(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    choose(alice, files(("a.png", picture()), ("b.png", picture(colour="navy"))))
    expect(attached(alice)).to_have_count(2, timeout=PATIENCE)
    alice.get_by_role("button", name="Send", exact=True).click()
    expect(messages(bob).locator(".picture")).to_have_count(2, timeout=PATIENCE)


def drag(page: Page, kind: str, paths: list[str], x: float = 600) -> None:
    """What the browser does as somebody drags files over the page, from outside of it."""
    data = {"items": [], "files": paths, "dragOperationsMask": 1}
    page.context.new_cdp_session(page).send(
        "Input.dispatchDragEvent", {"type": kind, "x": x, "y": 200, "data": data}
    )


def test_they_are_dropped_anywhere_on_the_page(person: Person, files) -> None:
    alice = enter(person("alice"))
    paths = files(("dropped.png", picture((40, 30))), ("notes.txt", b"milk"))
    for kind in ("dragEnter", "dragOver"):
        drag(alice, kind, paths)
    expect(alice.get_by_text("Add files, or drop them here")).to_be_visible()
    # The whole page is the field that they are dropped into, under whatever pointer.
    drag(alice, "dragOver", paths)
    drag(alice, "drop", paths)
    expect(attached(alice)).to_contain_text(["dropped.png", "notes.txt"], timeout=PATIENCE)
    # And the page is itself again.
    box(alice).click()
    expect(box(alice)).to_be_focused()


def test_what_is_dragged_out_again_leaves_the_page_as_it_was(person: Person, files) -> None:
    alice = enter(person("alice"))
    paths = files(("notes.txt", b"milk"))
    for kind in ("dragEnter", "dragOver", "dragOver", "dragCancel"):
        drag(alice, kind, paths)
    alice.mouse.move(300, 300)
    box(alice).click()
    expect(box(alice)).to_be_focused()
    expect(attached(alice)).to_have_count(0)


PASTED = """(box, content) => {
    const pasted = new DataTransfer()
    if (content) pasted.items.add(new File([new Uint8Array(content)], "image.png", {type: "image/png"}))
    else pasted.setData("text/plain", "words")
    box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: pasted, bubbles: true, cancelable: true}))
}"""


def test_a_picture_is_pasted_and_words_are_no_file(person: Person) -> None:
    alice = enter(person("alice"))
    asked: list[str] = []
    alice.on("request", lambda request: asked.append(request.url))
    box(alice).evaluate(PASTED, None)
    box(alice).evaluate(PASTED, list(picture((40, 30))))
    expect(attached(alice)).to_contain_text("image.png", timeout=PATIENCE)
    assert len([url for url in asked if "/files/?" in url]) == 1
    attached(alice).get_by_role("button", name="Remove image.png").click()
    expect(attached(alice)).to_have_count(0, timeout=PATIENCE)


def test_while_they_are_on_their_way_one_sees_it(person: Person, files) -> None:
    alice = enter(person("alice"))
    held: list[Route] = []
    alice.route("**/rooms/general/files/*", lambda route: held.append(route))
    progress = alice.get_by_role("progressbar", name="Files are on their way")
    expect(progress).to_be_hidden()
    choose(alice, files(("a.png", picture()), ("b.png", picture())))
    expect(progress).to_be_visible()
    # One writes on meanwhile.
    box(alice).press_sequentially("mean")
    expect(progress).to_be_visible()
    held[0].continue_()
    expect(attached(alice)).to_have_count(2, timeout=PATIENCE)
    expect(progress).to_be_hidden()
    expect(box(alice)).to_have_value("mean")


def test_what_is_sent_meanwhile_waits_for_them(person: Person, files) -> None:
    alice = enter(person("alice"))
    held: list[Route] = []
    alice.route("**/rooms/general/files/*", lambda route: held.append(route))
    choose(alice, files(("a.png", picture())))
    becomes_held(alice, held, 1)
    say(alice, "with a picture")
    # By its button as well; longer than Enter waits before it looks again.
    alice.get_by_role("button", name="Send", exact=True).click()
    alice.wait_for_timeout(150)
    expect(box(alice)).to_have_value("with a picture")
    held[0].continue_()
    shows(alice, "with a picture")
    expect(messages(alice).locator("img")).to_have_count(1)
    expect(messages(alice).get_by_role("listitem").filter(has_text="with a picture")).to_have_count(1)
    expect(box(alice)).to_have_value("")


def test_more_that_are_chosen_meanwhile_follow(person: Person, files) -> None:
    alice = enter(person("alice"))
    held: list[Route] = []
    alice.route("**/rooms/general/files/*", lambda route: held.append(route))
    for name in ("a.png", "b.png", "c.png"):
        choose(alice, files((name, picture())))
    for number in range(3):
        becomes_held(alice, held, number + 1)
        held[number].continue_()
    expect(attached(alice)).to_have_count(3, timeout=PATIENCE)


def becomes_held(page: Page, held: list[Route], number: int) -> None:
    """Wait for the request with that number."""
    for _ in range(PATIENCE // 50):
        if len(held) >= number:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"only {len(held)} requests came")


def test_a_thumbnail_has_its_size_before_it_is_there(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob", reduced_motion="reduce"))
    held: list[Route] = []
    bob.route("**/files/*/thumbnail/", lambda route: held.append(route))
    send(alice, "a picture", files(("sea.png", picture())))
    shows(bob, "a picture")
    becomes_held(bob, held, 1)
    image = messages(bob).locator(".picture img").first
    before = image.bounding_box()
    assert before
    assert (round(before["width"]), round(before["height"])) == (420, 280)
    held[0].continue_()
    becomes(bob, "document.querySelector('.picture-opens img').complete")
    assert image.bounding_box() == before


def test_a_picture_is_seen_large_and_left_with_escape(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    asked: list[str] = []
    bob.on("request", lambda request: asked.append(request.url))
    send(alice, "a picture", files(("sea.png", picture())))
    shows(bob, "a picture")
    opener = bob.get_by_role("link", name="Open sea.png large")
    dialog = bob.get_by_role("dialog", name="Picture")
    expect(dialog).to_be_hidden()
    assert not [url for url in asked if url.endswith("/sea.png")]

    opener.click()
    expect(dialog).to_be_visible()
    becomes(bob, "document.querySelector('dialog[open] img').naturalWidth === 1200")
    assert bob.evaluate("document.querySelector('dialog[open]').matches(':modal')")
    bob.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    opener.press("Enter")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    opener.click()
    expect(dialog).to_be_visible()
    bob.mouse.click(5, 400)
    expect(dialog).to_be_hidden()


def test_one_goes_from_picture_to_picture(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    send(alice, "two", files(("sea.png", picture()), ("hill.png", picture(colour="green"))))
    shows(bob, "two")
    send(alice, "a third", files(("town.png", picture((300, 900), "brown"))))
    shows(bob, "a third")
    dialog = bob.get_by_role("dialog", name="Picture")

    bob.get_by_role("link", name="Open sea.png large").click()
    expect(dialog.get_by_role("img", name="sea.png")).to_be_visible()
    expect(dialog.get_by_role("link", name="Previous picture")).to_have_count(0)
    dialog.get_by_role("link", name="Next picture").press("Enter")
    expect(dialog.get_by_role("img", name="hill.png")).to_be_visible()
    # Where the focus was it is, to go on.
    expect(dialog.get_by_role("link", name="Next picture")).to_be_focused()
    bob.keyboard.press("Enter")

    shown = dialog.get_by_role("img", name="town.png")
    expect(shown).to_be_visible()
    becomes(bob, "document.querySelector('dialog[open] img').naturalHeight === 900")
    expect(dialog.get_by_role("link", name="Next picture")).to_have_count(0)
    place, page = shown.bounding_box(), bob.viewport_size
    assert place
    assert page
    assert 0 <= place["y"] <= place["y"] + place["height"] <= page["height"]
    dialog.get_by_role("link", name="Previous picture").click()
    expect(dialog.get_by_role("img", name="hill.png")).to_be_visible()
    # Arrows go both ways, and nowhere at an end.
    bob.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("img", name="town.png")).to_be_visible()
    bob.keyboard.press("ArrowRight")
    bob.keyboard.press("ArrowLeft")
    expect(dialog.get_by_role("img", name="hill.png")).to_be_visible()
    bob.keyboard.press("ArrowLeft")
    expect(dialog.get_by_role("img", name="sea.png")).to_be_visible()
    bob.keyboard.press("ArrowLeft")
    expect(bob).to_have_url(re.compile("/rooms/general/$"))
    assert messages(bob).locator("dialog").count() == 0
    bob.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # Closed it hears of nothing.
    bob.get_by_role("link", name="Open hill.png large").press("ArrowRight")
    expect(dialog).to_be_hidden()


def in_a_thread(person: Person, name: str = "alice") -> Page:
    """Somebody's page with a thread beside the room."""
    page = enter(person(name))
    say(page, "a question")
    shows(page, "a question")
    page.goto("/rooms/general/messages/1/thread/")
    return connected(page)


def held(page: Page) -> Locator:
    """The files in the box of a thread."""
    return page.locator("#answer-attached > li")


def test_files_in_the_box_of_a_thread(person: Person, files) -> None:
    alice = in_a_thread(person)
    answer = alice.get_by_role("textbox", name="Answer")
    answer.fill("see these")
    alice.locator("#answer-picker").set_input_files(
        files(("sea.png", picture()), ("notes.txt", b"milk"), ("song.wav", sound()))
    )
    expect(held(alice)).to_have_count(3, timeout=PATIENCE)
    expect(attached(alice).first).to_be_visible()
    assert not alice.locator("#attached > li").count()
    held(alice).get_by_role("button", name="Remove notes.txt").click()
    expect(held(alice)).to_have_count(2, timeout=PATIENCE)
    alice.get_by_role("textbox", name="Description of sea.png").fill("The sea")
    expect(answer).to_have_value("see these")
    answer.press("Enter")
    thread = alice.get_by_role("list", name="Answers")
    expect(thread.get_by_role("link", name="Open The sea large")).to_be_visible(timeout=PATIENCE)
    expect(thread.locator("audio")).to_have_attribute("aria-label", "song.wav")
    expect(held(alice)).to_have_count(0)
    expect(answer).to_have_value("")


def test_files_are_dropped_into_the_box_that_is_pointed_at(person: Person, files) -> None:
    alice = in_a_thread(person)
    paths = files(("notes.txt", b"milk"))
    panel = alice.locator("#panel").bounding_box()
    assert panel
    for x, list_ in ((600, "#attached"), (panel["x"] + 100, "#answer-attached")):
        for kind in ("dragEnter", "dragOver", "dragOver", "drop"):
            drag(alice, kind, paths, x)
        expect(alice.locator(f"{list_} > li")).to_contain_text(["notes.txt"], timeout=PATIENCE)
        # Nothing is over the page any longer.
        expect(alice.locator(".attaching[data-drag='1']")).to_have_count(0)


def test_what_is_refused_in_a_thread_comes_back_with_its_files(person: Person, files) -> None:
    alice = in_a_thread(person)
    answer = alice.get_by_role("textbox", name="Answer")
    alice.locator("#answer-picker").set_input_files(files(("notes.txt", b"milk")))
    expect(held(alice)).to_have_count(1, timeout=PATIENCE)
    answer.fill("/nothing of the kind")
    answer.press("Enter")
    expect(alice.locator("#answer-error")).to_contain_text("There is no command", timeout=PATIENCE)
    expect(answer).to_have_value("/nothing of the kind")
    expect(held(alice)).to_have_count(1)


def test_files_in_a_thread_without_a_script(person: Person, files, expected_complaints) -> None:
    expected_complaints.append("422")
    bob = enter(person("bob"))
    say(bob, "a question")
    shows(bob, "a question")
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/general/messages/1/thread/")
    answer = alice.get_by_role("textbox", name="Answer")
    answer.fill("by hand")
    alice.locator("#answer-picker").set_input_files(
        files(("sea.png", picture()), ("page.png", b"<b>no picture</b>"))
    )
    alice.locator("#answer").get_by_role("button", name="Send", exact=True).click()
    expect(alice.get_by_text("page.png is not what its name says.")).to_be_visible()
    expect(answer).to_have_value("by hand")
    expect(held(alice)).to_have_count(1)
    alice.locator("#answer-picker").set_input_files(files(("notes.txt", b"and notes")))
    alice.get_by_role("button", name="Remove sea.png").click()
    # As it was, beside the room, with what is in the box.
    expect(answer).to_have_value("by hand")
    expect(held(alice)).to_have_count(0)
    alice.locator("#answer-picker").set_input_files(files(("notes.txt", b"and notes")))
    alice.locator("#answer").get_by_role("button", name="Send", exact=True).click()
    thread = alice.get_by_role("list", name="Answers")
    expect(thread.get_by_role("link", name="notes.txt")).to_be_visible()
    expect(thread).to_contain_text("by hand")


def test_a_description_goes_with_its_picture(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    choose(alice, files(("sea.png", picture())))
    field = alice.get_by_role("textbox", name="Description of sea.png")
    field.fill("The sea at night")
    # It is none of the box, whose Enter sends.
    field.press("Enter")
    expect(attached(alice)).to_have_count(1)
    say(alice, "look")
    shows(bob, "look")
    expect(messages(bob).locator(".caption")).to_have_text("The sea at night")
    bob.get_by_role("link", name="Open The sea at night large").click()
    expect(bob.get_by_role("img", name="The sea at night")).to_be_visible()


def test_what_is_seen_large_stays_when_the_message_changes(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    send(alice, "a picture", files(("sea.png", picture()), ("song.wav", sound(30))))
    shows(bob, "a picture")
    bob.locator("audio").evaluate("audio => {audio.muted = true; return audio.play()}")
    bob.get_by_role("link", name="Open sea.png large").click()
    dialog = bob.get_by_role("dialog", name="Picture")
    expect(dialog).to_be_visible()

    alice.goto("/rooms/general/messages/1/edit/")
    alice.get_by_role("textbox").first.fill("a better picture")
    alice.get_by_role("button", name="Save").click()
    expect(messages(bob)).to_contain_text("a better picture", timeout=PATIENCE)

    expect(dialog).to_be_visible()
    assert bob.evaluate("document.querySelector('dialog[open]').matches(':modal')")
    assert bob.locator("audio").evaluate("audio => !audio.paused && audio.currentTime > 0")


def test_one_is_refused_and_the_others_kept(person: Person, files, expected_complaints) -> None:
    expected_complaints.append("422")
    alice = enter(person("alice"))
    choose(alice, files(("page.png", b"<script>document.title='owned'</script>"), ("sea.png", picture())))
    expect(attached(alice)).to_have_count(1, timeout=PATIENCE)
    expect(alice.get_by_text("page.png is not what its name says.")).to_be_visible()
    choose(alice, files(("b.png", picture())))
    expect(attached(alice)).to_have_count(2, timeout=PATIENCE)
    expect(alice.get_by_text("page.png is not what its name says.")).to_have_count(0)


def test_one_is_removed_with_the_keyboard_and_can_be_chosen_again(person: Person, files) -> None:
    alice = enter(person("alice"))
    box(alice).fill("not sent yet")
    paths = files(("sea.png", picture()))
    choose(alice, paths)
    expect(attached(alice)).to_have_count(1, timeout=PATIENCE)
    attached(alice).get_by_role("button", name="Remove sea.png").press("Enter")
    expect(attached(alice)).to_have_count(0, timeout=PATIENCE)
    expect(box(alice)).to_have_value("not sent yet")
    expect(messages(alice)).not_to_contain_text("not sent yet")
    choose(alice, paths)
    expect(attached(alice)).to_have_count(1, timeout=PATIENCE)


def test_too_much_at_once_is_a_sentence(start_server: Callable[..., Server], new_context, files) -> None:
    server = start_server(FILE_LIMIT_MB="1", FILES_PER_MESSAGE="2")
    alice = new_context(base_url=server.url).new_page()
    sign_in(alice, "alice")
    enter(alice)
    large = b"\x01" * (1024 * 1024 + 1)
    choose(alice, files(("large.bin", large)))
    expect(alice.get_by_text("large.bin has 1.0 MB; 1.0 MB is the most.")).to_be_visible(timeout=PATIENCE)
    choose(alice, files(*((f"{number}.bin", large) for number in range(4))))
    expect(alice.get_by_text("A file may have 1.0 MB, and a message 2 files.")).to_be_visible(
        timeout=PATIENCE
    )
    expect(attached(alice)).to_have_count(0)
    # It goes on: nothing of that has harmed the connection.
    choose(alice, files(("small.bin", b"\x01" * 1000)))
    expect(attached(alice)).to_have_count(1, timeout=PATIENCE)


def test_a_hostile_name_does_nothing(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    names = [
        "<img src=x onerror=document.title='owned'>.txt",
        "\"><script>document.title='owned'<script>.txt",
        "' autofocus onfocus='document.title=`owned`.txt",
        "a hx-get=x hx-trigger=load.txt",
    ]
    send(alice, "names", files(*((name, b"text") for name in names)))
    shows(bob, "names")
    for page in (alice, bob):
        expect(messages(page).locator(".other")).to_have_count(4)
        expect(page).to_have_title("general")
    shown = {text.split("\n")[0] for text in bob.locator(".other .file-name").all_inner_texts()}
    assert shown == set(names)


def test_sound_plays_and_can_be_wound(person: Person, files) -> None:
    alice, bob = enter(person("alice")), enter(person("bob"))
    send(alice, "a song", files(("song.wav", sound(30))))
    shows(bob, "a song")
    audio = bob.locator("audio")
    audio.evaluate("audio => {audio.muted = true; audio.currentTime = 20; return audio.play()}")
    becomes(bob, "document.querySelector('audio').currentTime > 20")
    assert audio.evaluate("audio => audio.duration") == pytest.approx(30, abs=0.1)


def test_a_picture_opened_by_itself_is_shown_in_a_sandbox(person: Person, files) -> None:
    alice = enter(person("alice"))
    send(alice, "see", files(("sea.png", picture())))
    shows(alice, "see")
    with alice.context.expect_page() as opened:
        messages(alice).get_by_role("link", name="sea.png", exact=True).click()
    page = opened.value
    page.wait_for_load_state()
    assert page.evaluate("document.images[0].naturalWidth") == 1200
    assert page.evaluate("origin") == "null"


@pytest.mark.parametrize(("name", "content"), [("page.html", b"<h1>A page</h1>"), ("song.wav", sound())])
def test_others_are_kept(person: Person, files, name: str, content: bytes) -> None:
    alice = enter(person("alice"))
    send(alice, "see", files((name, content)))
    shows(alice, "see")
    with alice.expect_download() as kept:
        messages(alice).get_by_role("link", name=name).click()
    assert kept.value.suggested_filename == name
    assert Path(kept.value.path()).read_bytes() == content


def test_without_a_script(person: Person, files, expected_complaints) -> None:
    expected_complaints.append("422")
    alice = person("alice", java_script_enabled=False)
    alice.goto("/rooms/general/")
    box(alice).fill("by hand")
    choose(alice, files(("sea.png", picture()), ("page.png", b"<b>no picture</b>")))
    alice.get_by_role("button", name="Send", exact=True).click()
    expect(alice.get_by_text("page.png is not what its name says.")).to_be_visible()
    expect(box(alice)).to_have_value("by hand")
    expect(attached(alice)).to_have_count(1)
    choose(alice, files(("notes.txt", b"and notes")))
    alice.get_by_role("button", name="Send", exact=True).click()
    expect(messages(alice).get_by_role("link", name="notes.txt")).to_be_visible()
    alice.get_by_role("link", name="Open sea.png large").click()
    expect(alice.get_by_role("img", name="sea.png")).to_be_visible()
    alice.get_by_role("link", name="Close").click()
    expect(messages(alice)).to_contain_text("by hand")


def test_pages_go_on_while_a_slow_line_takes_its_time(person: Person, server: Server) -> None:
    """Ten who send slowly, more than there are threads, and somebody who only wants to read."""
    head = b"POST /rooms/general/files/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999\r\n"
    head += b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x"
    with ExitStack() as lines:
        for _ in range(10):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            line.sendall(head)
        expect(box(enter(person("alice")))).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", {"width": 1280, "height": 800}), ("dark", {"width": 320, "height": 640})]
)
def test_axe_finds_nothing(person: Person, files, scheme: str, size: dict, expected_complaints) -> None:
    expected_complaints.append("422")
    alice = enter(
        person("alice", color_scheme=scheme, viewport=size, bypass_csp=True, reduced_motion="reduce")
    )
    all_kinds = (("sea.png", picture()), ("b.png", picture()), ("song.wav", sound()), ("notes.txt", b"milk"))
    send(alice, "all kinds", files(*all_kinds))
    shows(alice, "all kinds")
    choose(alice, files(("c.png", picture()), ("empty.txt", b"")))
    expect(attached(alice)).to_have_count(1, timeout=PATIENCE)
    finds_nothing(alice)
    assert alice.evaluate("document.documentElement.scrollWidth") <= size["width"]
    alice.get_by_role("link", name="Open sea.png large").click()
    expect(alice.get_by_role("dialog", name="Picture")).to_be_visible()
    finds_nothing(alice)


def test_how_much_has_come_is_shown(person: Person, files, server: Server) -> None:
    """Over a line that takes two seconds for it."""
    alice = enter(person("alice"))
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 512 * 1024}
    alice.context.new_cdp_session(alice).send("Network.emulateNetworkConditions", slow)
    progress = alice.get_by_role("progressbar", name="Files are on their way")
    choose(alice, files(("large.bin", b"\x01" * (1024 * 1024))))
    expect(progress).to_have_attribute("value", re.compile(r"\d{5,}"), timeout=PATIENCE)
    expect(attached(alice)).to_have_count(1, timeout=PATIENCE)
    expect(progress).to_be_hidden()
