"""Whatever a file is called, its name is text."""

import pytest

from rooms import access
from rooms.actions import attaching
from rooms.tests.files import attach, named, posted, send

pytestmark = pytest.mark.usefixtures("uploads")


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


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
def test_a_hostile_name_is_text(alice, bob, client_of, name, uploads):
    client = client_of(alice)
    membership = access.membership(alice.pk, "general")
    file = named("x", b"\x01some content")
    # As it would come past Django's own cleaning.
    file._name = name

    attachment = attaching.upload(membership, file)

    assert 0 < len(attachment.name) <= 120
    assert attachment.name.isprintable()
    assert not set(attachment.name) & set("/\\\x00\n\r\u202e\u2066\u200b")
    assert attachment.name.strip(". ") == attachment.name
    assert all(path.is_relative_to(uploads) for path in uploads.rglob("*"))
    message = posted(client, attachment)
    row = client_of(bob).get(message.get_absolute_url()).content.decode()
    row = row[row.index('<div class="files"') :].split("</li>")[0]
    for markup in ("<script", "<img", "onmouseover='", "</hx-partial", "hx-target='", "<b>"):
        assert markup not in row
    response = client_of(bob).get(attachment.get_absolute_url())
    assert response.status_code == 200
    assert b"".join(response) == b"\x01some content"
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
