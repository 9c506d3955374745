"""Names, topics and messages are shown as the text they are, whatever they look like."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from rooms import actions
from rooms.tests.saying import say

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title></textarea></p></li><h1>Big</h1>",
    '<hx-partial hx-target="body">x</hx-partial>',
    '<a hx-get="/accounts/logout/" hx-trigger="load">x</a>',
    "<template><b>x</b></template>",
    '"><input name="evil" autofocus onfocus="x',
    "' onclick='x",
    "{{ user.email }} {% csrf_token %} x",
    "javascript:alert(1)",
    "<!-- x --> <![CDATA[ x ]]> &amp; &lt;b&gt;",
]
HARMLESS = "a word"


class Page(HTMLParser):
    """The elements of a page with the names of their attributes, its links, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[str]]] = []
        self.links: list[str] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        # Which room comes first at the side is another matter.
        self.elements.sort()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, [name for name, _ in attrs]))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action", "hx-get")]
        self.values += [value or "" for name, value in attrs if name in ("value", "placeholder")]

    def handle_data(self, data):
        self.text += data


def page(client, address: str, **options) -> Page:
    """The page at `address`."""
    return Page(client.get(address, **options).content.decode())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_message(alice, client_of, text, headers):
    client = client_of(alice)
    message = say(alice, "general", HARMLESS)
    address = f"/rooms/general/?before={message.pk + 2}"
    expected = page(client, address, headers=headers)
    actions.remove_message(message)

    say(alice, "general", text)
    found = page(client, address, headers=headers)

    assert text in found.text
    assert found.elements == expected.elements
    assert not [link for link in found.links if link.startswith("javascript:")]


@pytest.mark.parametrize("text", HOSTILE)
def test_message_that_was_refused(alice, client_of, text):
    client = client_of(alice)
    expected = Page(client.post("/rooms/general/", {"body": "\x00" + HARMLESS}).content.decode())

    found = Page(client.post("/rooms/general/", {"body": "\x00" + text}).content.decode())

    assert text in found.text
    assert found.elements == expected.elements


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ('https://example.org/"onmouseover="alert(1)', "https://example.org/"),
        ("https://example.org/<b>x", "https://example.org/"),
        ("https://example.org/?a=1&b=<2>#x", "https://example.org/?a=1&b="),
    ],
)
def test_address_in_a_message(alice, client_of, text, link):
    say(alice, "general", text)

    found = page(client_of(alice), "/rooms/general/")

    assert text in found.text
    assert [address for address in found.links if "example.org" in address] == [link]
    assert not [names for _, names in found.elements if "onmouseover" in names]


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)//https://example.org", "data:text/html,x", "vbscript:x"]
)
def test_only_addresses_of_the_web_are_links(alice, client_of, text):
    say(alice, "general", text)

    found = page(client_of(alice), "/rooms/general/")

    assert text in found.text
    assert not [link for link in found.links if link.startswith(("javascript:", "data:", "vbscript:"))]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["name", "topic"])
@pytest.mark.parametrize("where", ["the room", "the list", "outside", "one message"])
def test_name_and_topic_of_a_room(alice, bob, client_of, text, field, where):
    def shown(value: str) -> Page:
        names = {"name": "attic", "topic": "boxes"} | {field: value[:60]}
        room = actions.create_room(alice, names["name"], names["topic"])
        message = say(alice, room.slug, "Hello")
        answer = {
            "the room": lambda: page(client_of(alice), room.get_absolute_url()),
            "the list": lambda: page(client_of(alice), reverse("rooms")),
            "outside": lambda: page(client_of(bob), room.get_absolute_url()),
            "one message": lambda: page(client_of(alice), message.get_absolute_url()),
        }[where]()
        room.delete()
        return answer

    expected, found = shown(HARMLESS), shown(text)

    assert found.elements == expected.elements
    if field == "name" or where in ("the room", "the list", "outside"):
        assert text[:60] in found.text


@pytest.mark.parametrize("text", HOSTILE)
def test_name_of_a_room_that_was_refused(alice, client_of, text):
    response = client_of(alice).post("/rooms/new/", {"name": "", "topic": text})

    assert text in Page(response.content.decode()).values


@pytest.mark.parametrize("text", HOSTILE)
def test_name_of_a_person(alice, client_of, text):
    client = client_of(alice)
    say(alice, "general", "Hello")
    alice.display_name = HARMLESS
    alice.save()
    expected = page(client, "/rooms/general/")
    alice.display_name = text
    alice.save()

    found = page(client, "/rooms/general/")

    assert found.text.count(text) >= 2
    assert found.elements == expected.elements


def test_name_of_a_room_in_what_is_said_after_leaving(alice, client_of):
    client = client_of(alice)
    room = actions.create_room(alice, HOSTILE[0])
    client.post(f"{room.get_absolute_url()}leave/")

    assert "You left <script>alert(1)</script>." in page(client, "/connection/").text


@pytest.mark.parametrize("text", HOSTILE)
def test_query_on_the_list(alice, client_of, text):
    client = client_of(alice)
    expected = page(client, "/rooms/?q=nothing")

    found = Page(client.get("/rooms/", {"q": text}).content.decode())

    assert found.elements == expected.elements
    assert text[:60].strip() in found.values
