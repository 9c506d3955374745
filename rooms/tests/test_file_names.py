"""Whatever a file is called, its name is text."""

from html.parser import HTMLParser

import pytest
from django.test import Client

from accounts.models import Person
from rooms import access
from rooms.actions import uploads
from rooms.models import Attachment
from rooms.tests.files import MP4, PNG, WAV, attach, named, posted, send

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


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_a_hostile_name_is_text(alice, bob, client_of, name, uploads):
    files = sent_as(alice, name)

    for file in files:
        assert 0 < len(file.name) <= 120
        assert file.name.isprintable()
        assert not set(file.name) & set("/\\\x00\n\r\u202e\u2066\u200b")
        assert file.name.strip(". ") == file.name
    assert all(path.is_relative_to(uploads) for path in uploads.rglob("*"))
    row, harmless = (row_of(client_of(alice), some) for some in (files, sent_as(alice, "harmless")))
    assert Structure(row).tags == Structure(harmless).tags
    response = client_of(bob).get(files[-1].get_absolute_url())
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
