"""What is behind the links in messages: fetched later, shown in the same message, from public places."""

import gzip
import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import connection
from PIL import Image

from accounts import departures
from accounts.models import Person
from rooms.actions.link_previews import previewable_links
from rooms.actions.messages_delete import remove_message
from rooms.actions.messages_edit import edit_message
from rooms.actions.messages_post import post_message
from rooms.files import fetch, look
from rooms.files.page import described
from rooms.models import Membership, Message, Preview, Room
from rooms.tests.saying import say

PAGE = """<html><head><title>Plain</title>
<meta property="og:title" content="A &lt;b&gt;garden&lt;/b&gt; in May">
<meta property="og:description" content="What grows &amp; what does not.">
<meta property="og:site_name" content="Garden"><meta property="og:image" content="/picture.png">
</head></html>"""
# What comes a byte at a time, and how it begins.
TRICKLES = {
    "/body": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Slow</title>",
    "/headers": b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nX-Slow: ",
    "/slow.png": b"HTTP/1.0 200 OK\r\nContent-Type: image/png\r\n\r\n",
}
# A loopback address that is not one of Parley's own names: a place elsewhere, as far as it can tell.
ELSEWHERE = "127.0.0.2"


@cache
def png(width: int = 1600, height: int = 800, mode: str = "RGB") -> bytes:
    """A picture, green where its mode has colours."""
    file = io.BytesIO()
    Image.new(mode, (width, height), "green").save(file, "PNG")
    return file.getvalue()


class Site:
    """A web server of this test's own, and what it answers at each path: status, headers, content."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None
        # Set when the test is over; and the paths that trickled until they came to their end.
        self.over = threading.Event()
        self.drained: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.meanwhile()
                if self.path in TRICKLES:
                    return self.trickle(TRICKLES[self.path])
                status, headers, content = site.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def trickle(self, beginning: bytes) -> None:
                """A byte at a time, for much longer than anybody should wait."""
                with suppress(OSError):
                    self.wfile.write(beginning)
                    for _ in range(300):
                        if site.over.wait(0.1):
                            return
                        self.wfile.write(b"x")
                    site.drained.append(self.path)

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer((ELSEWHERE, 0), Handler)
        # It looks so often, seconds, whether it is to end.
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def says(
        self, path: str, content: str | bytes = "", kind: str = "text/html", status: int = 200, **more: str
    ) -> str:
        """Answer `path` so, `Content_Encoding` being the header of that name; its address."""
        body = content.encode() if isinstance(content, str) else content
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        self.answers[path] = (status, {"Content-Type": kind, **headers}, body)
        return self.at(path)

    def at(self, path: str) -> str:
        """Its address there."""
        return f"http://{ELSEWHERE}:{self.server.server_port}{path}"


@pytest.fixture
def site(settings, tmp_path, monkeypatch) -> Iterator[Site]:
    settings.LINK_PREVIEWS = True
    settings.LINK_PREVIEW_NETWORKS = [f"{ELSEWHERE}/32"]
    settings.MEDIA_ROOT = tmp_path
    # A machine that has much to do takes its time to start a process.
    monkeypatch.setattr(look, "TIME_LIMIT", 60.0)
    monkeypatch.setattr(look, "START_LIMIT", 60.0)
    site = Site()
    site.says("/picture.png", png(), "image/png")
    yield site
    site.over.set()
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


def test_where_its_picture_cannot_be_stored_it_has_none(alice, client_of, site, post, settings, tmp_path):
    (tmp_path / "full").touch()
    settings.MEDIA_ROOT = tmp_path / "full"

    post(f"see {site.says('/page', PAGE)}")

    shown = row(client_of(alice))
    assert "A &lt;b&gt;garden&lt;/b&gt; in May" in shown
    assert "<img" not in shown


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

    assert '<b class="preview-title" dir="auto">Just a title</b>' in row(client_of(alice))


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
    [b"", b"not a picture", png()[:500], b"<svg xmlns='http://www.w3.org/2000/svg'/>", png(9000, 9000, "1")],
    ids=["empty", "text", "cut", "svg", "bomb"],
)
def test_a_picture_that_is_none_is_left_out(site, post, picture):
    site.says("/picture.png", picture, "image/png")

    post(site.says("/page", PAGE))

    preview = Preview.objects.get()
    assert not preview.image
    assert preview.title


@pytest.mark.parametrize(
    "pictures",
    [
        ["/nothing.png", "/picture.png"],
        ["/page", "/picture.png"],
        ["ftp://example.org/a.png", "http://[", "", "/picture.png"],
    ],
)
def test_another_picture_where_one_is_none(site, post, pictures):
    metas = "".join(f'<meta property="og:image" content="{address}">' for address in pictures)

    post(site.says("/page", f"<title>x</title>{metas}"))

    assert Preview.objects.get().width == 840


@pytest.mark.parametrize("base", ["/deep/er/", "er/", "http://{host}/deep/er/x", "//{host}/deep/er/"])
def test_pictures_are_where_the_base_is(site, post, base):
    site.says("/deep/er/small.png", png(40, 30), "image/png")
    base = base.format(host=site.at("").removeprefix("http://"))
    picture = '<meta property="og:image" content="small.png">'

    post(site.says("/deep/page", f'<title>x</title>{picture}<base target="_top"><base href="{base}">'))

    assert Preview.objects.get().width == 40


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta name="twitter:title" content="Short"><title>Long</title>', "Short"),
        ('<meta name="twitter:title" content="Short"><meta property="og:title" content="Open">', "Open"),
        ('<meta property="og:title" content=" "><title>Plain</title>', "Plain"),
        ("<svg><title>Drawing</title></svg><title>Page</title>", "Page"),
        ("<!-- <title>Comment</title> --><title>Page</title><title>Second</title>", "Page"),
        ("<script>'<title>Script</title>'</script><title>Page &amp; more</title>", "Page & more"),
        ("<title>a <b>c &lt;d></title>", "a <b>c <d>"),
        ("</head><body><title>Page</title>", "Page"),
        ("<title>Page</title><body>" + "<div>" * 50_000, "Page"),
        ("<title>Page</title>" + "<!--" * 50_000, "Page"),
    ],
)
def test_which_title_is_the_pages(head, title):
    assert described("http://example.org/", head.encode()).title == title


def test_a_drawing_in_a_page_is_not_what_the_page_is_called(site, post):
    post(site.says("/page", "<body><svg><title>Drawing</title></svg>"))

    assert not Preview.objects.exists()


TEXTS = {
    "shift_jis": "日本語ガラス①", "x-sjis": "日本語", "euc-jp": "日本語ガラス", "iso-2022-jp": "日本語",
    "windows-1251": "Привет мир", "koi8-r": "Привет", "euc-kr": "서울 뷁", "ks_c_5601-1987": "서울",
    "gbk": "中文標題", "gb2312": "中文标题镕", "gb18030": "中文𠮷", "big5": "中文標題",
    "iso-8859-2": "Łódź čeština",
    "iso-8859-1": "“Größe” €", "us-ascii": "“Größe”", "latin1": "Größe", "iso-8859-9": "İşğ",
    "utf-8": "日本語",
    "utf-16le": "日本語", "windows-1252": "Größe €", "iso-8859-15": "Größe €", "tis-620": "ภาษาไทย",
}  # fmt: skip
# What each is called in Python, where that is something narrower or else.
PYTHONS = {
    "shift_jis": "cp932", "x-sjis": "cp932", "iso-8859-1": "cp1252", "us-ascii": "cp1252", "euc-kr": "cp949",
    "gb2312": "gbk", "tis-620": "cp874",
}  # fmt: skip


def page_in(label: str) -> bytes:
    return f"<title>{TEXTS[label]}</title>".encode(PYTHONS.get(label, label))


@pytest.mark.parametrize("label", TEXTS)
def test_every_encoding_of_the_web(label):
    assert described("http://example.org/", page_in(label), label.upper()).title == TEXTS[label]


@pytest.mark.parametrize("label", ["shift_jis", "windows-1251", "euc-kr", "gbk", "iso-8859-2"])
def test_what_its_header_says_it_is_written_in(site, post, label):
    post(site.says("/page", page_in(label), f'text/html; charset="{label.upper()}"'))

    assert Preview.objects.get().title == TEXTS[label]


@pytest.mark.parametrize("label", sorted(TEXTS.keys() - {"utf-16le"}))
@pytest.mark.parametrize(
    "meta",
    [
        "<meta charset={}>",
        "<meta content='text/html; charset={}' http-equiv=Content-Type>",
        '<?xml version="1.0" encoding="{}"?>',
        "<!-- <meta charset=koi8-u> --><meta charset='{}'>",
    ],
)
def test_what_it_says_itself_it_is_written_in(label, meta):
    page = meta.format(label).encode() + page_in(label)

    assert described("http://example.org/", page).title == TEXTS[label]


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("koi8-r", b"\xef\xbb\xbf<meta charset=big5><title>\xc3\xa9</title>"),
        ("koi8-r", b"\xff\xfe" + "<meta charset=big5><title>é</title>".encode("utf-16-le")),
        ("koi8-r", b"\xfe\xff" + "<title>é</title>".encode("utf-16-be")),
        ("windows-1252", b"<meta charset=utf-8><title>\xe9</title>"),
        ("utf-8", b"<meta charset=windows-1252><title>\xc3\xa9</title>"),
        ("nonsense", b"<meta charset=iso-8859-2><title>\xe9</title>"),
        ("utf-7", b"<title>\xc3\xa9</title>"),
        ("rot13", b"<title>\xc3\xa9</title>"),
        (None, b"<meta charset=utf-16><title>\xc3\xa9</title>"),
        (None, b"<meta charset=nonsense><title>\xc3\xa9</title>"),
        (None, b"<title>\xc3\xa9</title>\xc3"),
        (None, b"<title>\xe9</title>"),
    ],
)
def test_a_mark_is_stronger_than_the_header_and_that_than_the_page(header, content):
    assert described("http://example.org/", content, header).title == "é"


def test_nothing_in_the_words_of_strangers_deceives(site, post):
    typed = "\u202egnp.exe\u200b \u2066👩\u200d🚀\x07"
    names = ("og:title", "og:description", "og:site_name")

    post(site.says("/page", "".join(f'<meta property="{name}" content="{typed}">' for name in names)))

    preview = Preview.objects.get()
    assert preview.title == preview.description == "gnp.exe 👩\u200d🚀"
    assert preview.site == f"{ELSEWHERE} · gnp.exe 👩\u200d🚀"


def test_the_words_of_strangers_are_cut_between_visible_characters(site, post):
    family = "👩\u200d👩\u200d👧"

    post(site.says("/page", f"<title>{family * 100}</title>"))

    title = Preview.objects.get().title
    assert len(title) <= 300
    assert set(title.removesuffix("…").split(family)) == {""}


@pytest.mark.parametrize("name", ["", "bank.example", "x" * 200, "127.0.0.2", "עברית"])
def test_the_host_is_there_whatever_a_page_calls_itself(alice, client_of, site, post, name):
    post(site.says("/page", f'<title>x</title><meta property="og:site_name" content="{name}">'))

    assert f'<span class="preview-site" dir="auto">{ELSEWHERE}' in row(client_of(alice))


@pytest.mark.parametrize(
    ("url", "site", "source"),
    [
        ("https://example.org/a", "example.org · Garden", "example.org · Garden"),
        ("https://www.example.org/a", "example.org", "example.org"),
        # It was kept before the host was.
        ("https://example.org/a", "Garden", "example.org · Garden"),
        ("https://example.org/a", "", "example.org"),
        ("https://short.example/a", "evil.example · Bank", "short.example · evil.example · Bank"),
        ("https://аpple.com/", "xn--pple-43d.com · Apple", "xn--pple-43d.com · Apple"),
        (f"https://{'a.' * 60}org/", "", "…" + "a." * 28 + "org"),
    ],
)
def test_whose_words_they_are(url, site, source):
    assert Preview(url=url, site=site).source == source


def packed(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = gzip.compress(content)
    return content


def test_what_is_packed_unasked_for_is_unpacked_once(site, post):
    post(site.says("/page", packed(b"<title>Packed</title>" + bytes(50_000_000)), Content_Encoding="gzip"))

    assert Preview.objects.get().title == "Packed"


@pytest.mark.parametrize(("encoding", "times"), [("gzip, gzip", 2), ("gzip", 0), ("br", 0), ("deflate", 1)])
def test_what_is_packed_otherwise_is_nothing(site, post, encoding, times):
    post(site.says("/page", packed(b"<title>Packed</title>", times), Content_Encoding=encoding))

    assert not Preview.objects.exists()


def test_what_trickles_keeps_nothing_else_waiting(site, post, monkeypatch):
    monkeypatch.setattr(look, "TIME_LIMIT", 3.0)
    site.says("/page", '<title>Plain</title><meta property="og:image" content="/slow.png">')

    post(" ".join(map(site.at, ("/body", "/headers", "/page"))))

    preview = Preview.objects.get()
    assert (preview.title, bool(preview.image)) == ("Plain", False)
    assert {"/body", "/headers", "/slow.png"} <= {*site.asked}
    assert not site.drained


def test_what_takes_long_to_read_is_given_up(site, post, monkeypatch):
    monkeypatch.setattr(look, "TIME_LIMIT", 1.0)

    post(site.says("/page", "<div>" * 100_000 + "<title>Deep</title>"))

    assert not Preview.objects.exists()


def test_a_link_that_is_too_long_to_keep_is_left_alone(site, post):
    post(f"{site.at('/' + 'a' * 2000)} {site.says('/page', PAGE)}")

    assert Preview.objects.get().url == site.at("/page")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2001:db8::1", "::127.0.0.1", "fec0::1", "feff::1", "::ffff:1.1.1.1",
        "::ffff:0:127.0.0.1", "64:ff9b::101:101", "64:ff9b:1:7f00:0:100::", "2002:101:101::1",
        "2001:0:101:101::f5ff:fffe", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "100::1",
        "100:0:0:1::1", "5f00::1", "3fff::1", "fd00::1", "4000::1", "192.88.99.1", "240.0.0.1", "192.0.0.8",
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


def test_what_a_name_means_is_looked_at_when_it_is_asked(site, monkeypatch):
    """A name that was public a moment ago may mean this machine by now."""
    port = site.server.server_port
    answer = [(2, 1, 6, "", (ELSEWHERE, port))]
    monkeypatch.setattr("rooms.files.fetch.socket.getaddrinfo", lambda *args, **more: answer)

    with fetch.guarded_client() as web, pytest.raises(fetch.Unreachable, match="not of the public web"):
        fetch.describe(web, f"http://example.org:{port}/page")

    assert site.asked == []


def test_so_much_is_read_and_no_more(site, post):
    post(site.says("/page", " " * fetch.PAGE_LIMIT + "<title>too far</title>"))

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
    "gone with its author": lambda: departures.leave(
        Person.objects.get(username="alice"), removes_messages=True
    ),
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
