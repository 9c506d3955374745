"""What is behind the links in messages: fetched later, shown in the same message, from public places."""

import io
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import connection
from PIL import Image

from accounts.models import Person
from rooms.actions.link_previews import previewable_links
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message
from rooms.actions.messages_post import post_message
from rooms.files import fetch
from rooms.models import Membership, Message, Preview, Room
from rooms.tests.saying import say

PAGE = """<html><head><title>Plain</title>
<meta property="og:title" content="A &lt;b&gt;garden&lt;/b&gt; in May">
<meta property="og:description" content="What grows &amp; what does not.">
<meta property="og:site_name" content="Garden"><meta property="og:image" content="/picture.png">
</head></html>"""
# A loopback address that is not one of Parley's own names: a place elsewhere, as far as it can tell.
ELSEWHERE = "127.0.0.2"


def png(width: int = 1600, height: int = 800) -> bytes:
    """A picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(file, "PNG")
    return file.getvalue()


class Site:
    """A web server of this test's own, and what it answers at each path: status, headers, content."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.meanwhile()
                status, headers, content = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer((ELSEWHERE, 0), Handler)
        # It looks so often, seconds, whether it is to end.
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def says(
        self, path: str, content: str | bytes = "", kind: str = "text/html", status: int = 200, **more: str
    ) -> str:
        """Answer `path` so; its address."""
        body = content.encode() if isinstance(content, str) else content
        self.answers[path] = (status, {"Content-Type": kind, **more}, body)
        return f"http://{ELSEWHERE}:{self.server.server_port}{path}"


@pytest.fixture
def site(settings, tmp_path) -> Iterator[Site]:
    settings.LINK_PREVIEWS = True
    settings.LINK_PREVIEW_NETWORKS = [f"{ELSEWHERE}/32"]
    settings.MEDIA_ROOT = tmp_path
    site = Site()
    site.says("/picture.png", png(), "image/png")
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def post(alice, django_capture_on_commit_callbacks) -> Callable[[str], Message]:
    """Say something as alice; the worker's task runs right after."""

    def say_it(text: str) -> Message:
        with django_capture_on_commit_callbacks(execute=True):
            message = say(alice, "general", text)
        return message

    return say_it


def row(client) -> str:
    """The last message on the page."""
    return (
        client.get("/rooms/general/").content.decode().rpartition('<li id="message-')[2].partition("</ol>")[0]
    )


def test_a_page_is_shown_under_its_link(alice, client_of, site, post):
    url = site.says("/page", PAGE)
    client = client_of(alice)

    message = post(f"see {url}")

    shown = row(client)
    assert f'class="preview" href="{url}"' in shown
    assert "A &lt;b&gt;garden&lt;/b&gt; in May" in shown
    assert "What grows &amp; what does not." in shown
    (picture,) = re.findall(r'<img src="([^"]+)" width="840" height="420"', shown)
    answer = client.get(picture)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(answer.content)).size == (840, 420)
    after = Message.objects.get(pk=message.pk)
    assert (after.first_revision, after.revision) == (1, 2)


def test_the_row_comes_to_open_pages(site, post, monkeypatch):
    told = []
    monkeypatch.setattr(
        "live.bus.publish_fragment",
        lambda group, html, **more: told.append((more["revision"], 'class="preview"' in html)),
    )

    post(f"see {site.says('/page', PAGE)}")

    assert told == [(1, False), (2, True)]


def test_a_title_alone_is_enough(alice, client_of, site, post):
    post(site.says("/page", "<title> Just\n a  title </title>"))

    assert '<b class="preview-title">Just a title</b>' in row(client_of(alice))


def test_no_more_than_three(site, post):
    post(" ".join(site.says(f"/{number}", f"<title>{number}</title>") for number in range(5)))

    assert [preview.title for preview in Preview.objects.order_by("pk")] == ["0", "1", "2"]


def test_redirects_are_followed(site, post):
    target = site.says("/page", PAGE)
    post(site.says("/moved", status=302, Location=target))

    assert Preview.objects.get().title == "A <b>garden</b> in May"


@pytest.mark.parametrize(
    ("content", "more"),
    [
        ("", {"status": 404}),
        ("", {"status": 500}),
        ("<p>no title</p>", {}),
        ("<title>x</title>", {"kind": "application/pdf"}),
        ("<title>x</title>", {"kind": ""}),
        ("", {"status": 302, "Location": "/page"}),
        ("", {"status": 302, "Location": "ftp://example.org/"}),
        ("", {"status": 302, "Location": "file:///etc/passwd"}),
        ("", {"status": 302, "Location": "http://127.0.0.1:1/"}),
        ("", {"status": 302, "Location": "http://[::1]/"}),
        ("", {"status": 302, "Location": "http://"}),
        ("", {"status": 302}),
        (b"\xff\xfe\x00" * 100, {}),
        ("<title>" * 5000, {}),
    ],
)
def test_nothing_to_show_is_no_failure(site, post, content, more):
    url = site.says("/page", content, **more)

    message = post(url)

    assert not Preview.objects.exclude(title__startswith="<title>").exists()
    assert Message.objects.visible().filter(pk=message.pk).exists()


@pytest.mark.parametrize(
    "picture",
    [b"", b"not a picture", png()[:500], b"<svg xmlns='http://www.w3.org/2000/svg'/>", png(9000, 9000)],
    ids=["empty", "text", "cut", "svg", "bomb"],
)
def test_a_picture_that_is_none_is_left_out(site, post, picture):
    site.says("/picture.png", picture, "image/png")

    post(site.says("/page", PAGE))

    preview = Preview.objects.get()
    assert not preview.image
    assert preview.title


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1", "::127.0.0.1",
    ],
)  # fmt: skip
def test_what_is_not_public(address):
    assert not fetch.is_public(address)
    assert not fetch.may_ask(address, 80)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111"])
def test_what_is_public(address):
    assert fetch.is_public(address)
    assert fetch.may_ask(address, 443)
    assert not fetch.may_ask(address, 22)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "0"])
def test_this_machine_is_not_asked(site, post, settings, host):
    settings.LINK_PREVIEW_NETWORKS = []
    settings.ALLOWED_HOSTS = ["testserver"]
    site.says("/page", PAGE)

    post(f"http://{host}:{site.server.server_port}/page and {site.says('/page', PAGE)}")

    assert site.asked == []
    assert not Preview.objects.exists()


def test_what_a_name_means_is_looked_at_when_it_is_asked(site, post, monkeypatch, settings):
    """A name that was public a moment ago may mean this machine by now."""
    settings.LINK_PREVIEW_NETWORKS = []
    port = site.server.server_port
    answer = [(2, 1, 6, "", (ELSEWHERE, port))]
    monkeypatch.setattr("rooms.files.fetch.socket.getaddrinfo", lambda *args, **more: answer)

    post(f"http://example.org:{port}/page")

    assert site.asked == []


def test_so_much_is_read_and_no_more(site, post, monkeypatch):
    monkeypatch.setattr(fetch, "PAGE_LIMIT", 2000)

    post(site.says("/page", "<p>" * 1000 + "<title>too far</title>"))

    assert not Preview.objects.exists()


def test_so_long_it_may_take(site, post, monkeypatch):
    monkeypatch.setattr(fetch, "TIME_LIMIT", -1)

    post(site.says("/page", PAGE))

    assert not Preview.objects.exists()


def stored(folder: Path) -> list[Path]:
    """The files that are kept."""
    return [file for file in folder.rglob("*") if file.is_file()]


def elsewhere(change: Callable[[], object]) -> Callable[[], None]:
    """`change`, made by another thread while a page is looked at, and once."""
    left = [change]

    def happen() -> None:
        if left:
            left.pop()()
            connection.close()

    return happen


def remove_it() -> None:
    remove_message(Message.objects.select_related("room").get())


def show_it() -> None:
    """Another worker is faster."""
    message = Message.objects.get()
    Preview.objects.create(message=message, url=previewable_links(message.html)[0], title="Faster")


MEANWHILE = {
    "taken back": remove_it,
    "gone": lambda: Message.objects.all().delete(),
    "gone with its room": lambda: Room.objects.all().delete(),
    "gone with its author": lambda: Person.objects.get(username="alice").delete(),
    "edited": lambda: Message.objects.update(html="no link"),
    "looked at by another": show_it,
}


@pytest.mark.parametrize("change", MEANWHILE)
def test_what_has_no_place_any_longer_leaves_no_picture(transactional_db, alice, site, tmp_path, change: str):
    url = site.says("/page", PAGE)
    site.meanwhile = elsewhere(MEANWHILE[change])

    post_message(Membership.objects.get(person=alice), f"see {url}")

    assert "/picture.png" in site.asked
    titles = list(Preview.objects.values_list("title", flat=True))
    assert titles == (["Faster"] if change == "looked at by another" else [])
    assert not stored(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        "gone", "gone with its room", "gone with its author", "taken back", "edited by its author",
        "removed by a query",
    ],
)  # fmt: skip
def test_a_picture_goes_with_what_it_belongs_to(
    site, post, tmp_path, alice, django_capture_on_commit_callbacks, change: str
):
    post(f"see {site.says('/page', PAGE)}")
    assert len(stored(tmp_path)) == 1
    membership = Membership.objects.get(person=alice)
    doors = MEANWHILE | {
        "edited by its author": lambda: edit_message(membership, Message.objects.get(), "no link", ""),
        "removed by a query": lambda: Preview.objects.all().delete(),
    }

    with django_capture_on_commit_callbacks(execute=True):
        doors[change]()

    assert not stored(tmp_path)


def test_its_author_removes_it(alice, client_of, site, post, tmp_path, django_capture_on_commit_callbacks):
    message = post(site.says("/page", PAGE))
    preview = Preview.objects.get()
    client = client_of(alice)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"/rooms/general/messages/{message.pk}/previews/{preview.pk}/remove/")

    assert response.status_code == 303
    assert 'class="preview"' not in row(client)
    assert not stored(tmp_path)
    assert Message.objects.get(pk=message.pk).revision == 3


def test_others_do_not_remove_it(alice, bob, client_of, site, post):
    message = post(site.says("/page", PAGE))
    preview = Preview.objects.get()

    address = f"/rooms/general/messages/{message.pk}/previews/{preview.pk}/remove/"
    response = client_of(bob).post(address, follow=True)
    partial = client_of(bob).post(address, headers={"HX-Request": "true"})

    assert "Only its author" in response.content.decode()
    assert partial.status_code == 422
    assert "Only its author" in partial.content.decode()
    assert Preview.objects.exists()


def test_a_preview_of_another_message_is_not_there(alice, client_of, site, post):
    post(site.says("/page", PAGE))
    other = post("nothing")
    preview = Preview.objects.get()

    response = client_of(alice).post(f"/rooms/general/messages/{other.pk}/previews/{preview.pk}/remove/")

    assert response.status_code == 404


def test_the_picture_is_for_those_in_the_room(alice, bob, client_of, client, site, post):
    post(site.says("/page", PAGE))
    address = f"/previews/{Preview.objects.get().pk}/picture/"
    assert client_of(bob).get(address).status_code == 200
    bob.memberships.all().delete()

    assert client_of(bob).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert client_of(alice).get("/previews/999/picture/").status_code == 404


def test_nothing_is_asked_where_the_settings_say_so(site, post, settings):
    settings.LINK_PREVIEWS = False

    post(site.says("/page", PAGE))

    assert site.asked == []
