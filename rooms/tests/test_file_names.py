"""Whatever a file is called, its name is text."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from accounts.models import Person
from accounts.plain_text import clean_line, visible_characters
from rooms import access
from rooms.actions import uploads
from rooms.models import Attachment
from rooms.tests.files import HTMX, MP4, PNG, WAV, attach, named, posted, send

pytestmark = pytest.mark.usefixtures("uploads")

DATA = b"\x01some content"


# As they are sent, and the texts that may be nowhere as they are.
HOSTILE_NAMES = [
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\fakepath\\a.txt", "a/b/c", "",
    ".", "..",
    "...", " ", "/", "\\", "a\x00.txt", "a\nb.txt", "a\r\nSet-Cookie: x=1.txt", "a\tb.txt",
    "\x1b[31mred.txt",
    "cod\u202egnp.exe", "\u2066a\u2069.txt", "\u200b\u200b", "\ufeffa.txt", "<script>alert(1)</script>.txt",
    "<img src=x onerror=alert(1)>", "\"><script>alert(1)</script>", "' onmouseover='alert(1)",
    "a&lt;b&gt;.txt",
    "javascript:alert(1)", "{{ 7|add:7 }}{% debug %}", "${7*7}", "a;b\"c.txt",
    "a'; DROP TABLE rooms_message;--",
    "%2e%2e%2fpasswd", "a?b#c.txt", "CON", "NUL.txt", "aux.h", ".htaccess", "-rf", "x" * 5000 + ".txt",
    "é" * 300,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!.txt", "🏝️👩‍👩‍👧.txt", "مرحبا.txt",
    "</hx-partial><hx-partial hx-target='body'>", "a hx-get=/x.txt", "thumbnail", "thumbnail/",
]  # fmt: skip


class Structure(HTMLParser):
    """The tags of some HTML, and the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[object] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(tag)


def sent_as(person: Person, name: str) -> list[Attachment]:
    """A file of each kind called `name`, as it would come past Django's own cleaning."""
    files = [named("x", content) for content in (PNG, WAV, MP4, DATA)]
    for file in files:
        file._name = name
    return [uploads.keep_upload(access.membership(person.pk, "general"), file) for file in files]


def row_of(client: Client, files: list[Attachment]) -> str:
    """What stands of `files` in a row, once they are sent."""
    page = client.get(posted(client, *files).get_absolute_url()).content.decode()
    return page[page.index('<div class="files"') :].split("</li>")[0]


def test_a_hostile_name_is_text(alice, bob, client_of, uploads, subtests):
    sender, reader = client_of(alice), client_of(bob)
    harmless = Structure(row_of(sender, sent_as(alice, "harmless"))).tags

    for name in HOSTILE_NAMES:
        with subtests.test(name=name):
            files = sent_as(alice, name)
            for file in files:
                assert 0 < len(file.name) <= 120
                assert clean_line(file.name) == file.name
                assert not set(file.name) & set("/\\\x00\n\r\u202e\u2066\u200b")
                assert file.name.strip(". ") == file.name
            assert all(path.is_relative_to(uploads) for path in uploads.rglob("*"))
            assert Structure(row_of(sender, files)).tags == harmless
            response = reader.get(files[-1].get_absolute_url())
            assert response.status_code == 200
            assert b"".join(response) == DATA
            assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_a_hostile_name_in_a_refusal_is_text(alice, client_of, name):
    file = named("x", b"")
    file._name = name

    response = send(client_of(alice), file, file)

    page = response.content.decode()
    for markup in ("<script", "<img", "onmouseover='", "<hx-partial hx-target='"):
        assert markup not in page


def test_a_name_is_shortened_before_its_end(alice, client_of):
    assert attach(client_of(alice), "x" * 5000 + ".txt", b"text").name == "x" * 116 + ".txt"


def test_a_name_in_a_header_is_one_name(alice, client_of):
    client = client_of(alice)
    attachment = attach(client, 'Büro "1".txt', b"text")

    said = client.get(attachment.get_absolute_url())["Content-Disposition"]

    assert said == "attachment; filename*=utf-8''B%C3%BCro%20%221%22.txt"


def sent_by_a_browser(client: Client, name: str) -> str:
    """What a file is called here whose name stands so in a form, byte by byte."""
    head = f'--limit\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
    body = f"{head}Content-Type: text/plain\r\n\r\nwords\r\n--limit--\r\n".encode()
    response = client.post(
        "/rooms/general/files/", body, content_type="multipart/form-data; boundary=limit", headers=HTMX
    )
    assert response.status_code == 200, response.content.decode()
    return Attachment.objects.get().name


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("say %22hi%22.txt", 'say "hi".txt'),
        ("two%0Alines%0D%0Aand more.txt", "two lines and more.txt"),
        ("100% %20 %2e %.txt", "100% %20 %2e %.txt"),
        ("a\u00a0b\u202f c\u3000d.txt", "a b c d.txt"),
        ("AT&amp;T &#34;x&#34;.txt", "AT&amp;T &#34;x&#34;.txt"),
        ("a&lt;b.txt", "a&lt;b.txt"),
        ("👩\u200d👩\u200d👧 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f.txt",) * 2,
        ("\U0001fae9.txt", "\U0001fae9.txt"),
        ("می\u200cخواهم.txt", "می\u200cخواهم.txt"),
        ("श्\u200dर 日本語 ภาษา.txt", "श्\u200dर 日本語 ภาษา.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("\ufa19社.txt", "\ufa19社.txt"),
        ("\u202egnp.txt", "gnp.txt"),
        ("..", "file"),
        ("C:\\\\fakepath\\\\a.txt", "a.txt"),
    ],
)
def test_a_name_is_what_was_typed(alice, client_of, sent, typed):
    assert sent_by_a_browser(client_of(alice), sent) == typed


@pytest.mark.parametrize("sign", ["👩\u200d👩\u200d👧", "\U0001f1e9\U0001f1ea", "e\u0323\u0301", "श्\u200dर"])
@pytest.mark.parametrize("before", ["", "x"])
def test_a_name_is_shortened_between_visible_characters(alice, client_of, sign, before):
    name = attach(client_of(alice), f"{before}{sign * 100}.txt", b"text").name

    stem = name.removeprefix(before).removesuffix(".txt")
    assert len(name) <= 120
    assert set(visible_characters(stem)) == set(visible_characters(clean_line(sign)))
