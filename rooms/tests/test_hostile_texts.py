"""Names and topics are shown as the text they are, and messages as harmless Markdown, whatever they hold."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from rooms.actions.messages_delete import remove_message
from rooms.actions.rooms import create_room
from rooms.models import Message
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
    remove_message(message)

    say(alice, "general", text)
    found = page(client, address, headers=headers)

    # Markdown reads &amp; as &, as HTML does.
    assert unescape(text) in found.text
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
        ('https://example.org/"onmouseover="alert(1)', "https://example.org/%22onmouseover=%22alert(1)"),
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


# -- Markdown ------------------------------------------------------------------------------

# What tries to get an element, an attribute or an address of its own through a Markdown renderer.
MARKDOWN = [
    # Schemes, however they are spelled.
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x]( javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](<java script:alert(1)>)",
    "[x](java\tscript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](javascript&#0058;alert&#0000040;1&#0000041;)",
    "[x](\\javascript:alert(1))",
    "[x](javascript\\:alert(1))",
    "[x](%6Aavascript:alert(1))",
    "[x](\u0001javascript:alert(1))",
    "[x](\u00a0javascript:alert(1))",
    "[x](\u200bjavascript:alert(1))",
    "[x](ｊavascript:alert(1))",
    "[x](javascript://example.org/%0Aalert(1))",
    "[x](http:javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](DATA:image/svg+xml,<svg/onload=alert(1)>)",
    "[x](file:///etc/passwd) [x](blob:https://example.org/1) [x](about:blank) [x](ftp://example.org/)",
    "[x](view-source:javascript:alert(1)) [x](feed:javascript:alert(1)) [x](jar:javascript:alert(1)!/)",
    "[x](//example.org/) [x](/accounts/logout/) [x](?before=1) [x](#seen) [x](../../)",
    "<javascript:alert(1)>",
    "<JAVASCRIPT:alert(1)>",
    "<data:text/html,<script>alert(1)</script>>",
    "javascript:alert(1)//https://example.org/ javascript://https://example.org/%0Aalert(1)",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x][1]\n\n[1]: <javascript:alert(1)> 'title'",
    "[x]\n\n[x]:\n  data:text/html,x",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    "[![x](javascript:alert(1))](javascript:alert(2))",
    # Ways out of an attribute.
    '[x](https://example.org/"onmouseover="alert(1))',
    "[x](https://example.org/'onmouseover='alert(1))",
    '[x](https://example.org/ "a\\" onmouseover=\\"alert(1)")',
    "[x](https://example.org/ 'a\" onmouseover=\"alert(1)')",
    '[x](https://example.org/ (" hx-get="/rooms/" hx-trigger="load))',
    '![" onerror="alert(1)](https://example.org/x.png "" onload="alert(1)")',
    "![<img src=x onerror=alert(1)>](https://example.org/)",
    '[1]: https://example.org/"onclick="x "" id="seen"\n\n[x][1]',
    '<https://example.org/"onclick="alert(1)>',
    '<a@example.org"onclick="x>',
    "https://example.org/'onclick='alert(1)' https://example.org/`onclick`",
    'www.example.org/"onclick="alert(1)',
    '```" onload="alert(1)\nx\n```',
    '```python" class="message" id="messages\nx = 1\n```',
    "~~~<script>alert(1)</script>\nx\n~~~",
    '```html\n</code></pre><script>alert("<b>")</script>\n```',
    "```diff\n+<img src=x onerror=alert(1)>\n-</span></pre>\n```",
    ':"onclick="x: :tada" onclick="x: [x](https://example.org/:tada: ":tada:")',
    '@alice" onclick="x @alice<b> [@alice](https://example.org/) @<script>',
    # Elements.
    "<script>alert(1)</script>\n\n<script\n>alert(1)</script\n>",
    "<svg><script>alert(1)</script></svg> <svg/onload=alert(1)>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary class=fold>x</summary></details>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data=x><embed src=x>",
    "<form action=/accounts/logout/ method=post><button formaction=x>x</button></form>",
    "<style>*{display:none}</style><link rel=stylesheet href=//example.org/x.css><base href=//example.org>",
    "<div class=message id=message-1 data-author=1 style='position:fixed'>x</div>",
    "<meta http-equiv=refresh content='0;url=//example.org'><title>x</title>",
    "<hx-partial hx-target='#messages' hx-swap='innerHTML'>x</hx-partial>",
    "<template hx type=partial hx-target=body><b>x</b></template>",
    "<b hx-on:click='alert(1)' hx-nonce=x data-hx-get=/rooms/>x</b>",
    "<!-- --><b>x</b> <!--><script>alert(1)</script>--> <![CDATA[<b>x</b>]]> <?php x ?> <!DOCTYPE x>",
    "</p></div></div></li></ol><h1>out</h1>",
    "> <b>x</b>\n> </blockquote><script>alert(1)</script>",
    "- <li id=message-1>\n- </ul><b>x</b>",
    "| <b>x</b> | </td></table><script>alert(1)</script> |\n|---|:-:|\n| [x](javascript:alert(1)) | `<b>` |",
    "# <img src=x onerror=alert(1)>\n\n<h1 id=x>x</h1>\n---",
    "**<b>** _<i>_ ~~<s>~~ `<u>` <http://<b>> \\<b>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "<b\x0bonclick=x>x</b> <b\x0conclick=x>x</b> <b/onclick=x>x</b>",
    "\ufeff<b>x</b> \u2028<b>x</b> \u202e<b>x</b> ＜script＞ \u0085<b>",
    "\u003cscript\u003ealert(1)\u003c/script\u003e \\x3cscript\\x3e %3Cscript%3E",
]
ALLOWED = {
    "a": {"href", "title", "target", "rel"}, "b": {"class", "data-person"}, "ol": {"start", "dir"},
    "p": {"class", "dir"}, "ul": {"dir"}, "blockquote": {"dir"}, "table": {"dir"}, "td": {"class"},
    "th": {"class"}, "div": {"class", "role", "aria-label", "tabindex"}, "pre": {"data-language"},
    "span": {"class"},
    **{tag: set() for tag in ("br", "code", "em", "hr", "li", "s", "strong", "tbody", "thead", "tr")},
}  # fmt: skip
CLASSES = {
    "mention", "is-call", "heading", "is-large", "is-small", "is-emoji", "is-right", "is-centre", "sheet",
    *"ksnftcid",
}  # fmt: skip


class Texts(HTMLParser):
    """The elements of a page within the texts of messages, and those around."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth = 0
        self.within: list[tuple[str, dict[str, str]]] = []
        self.around: list[tuple[str, list[str]]] = []
        self.named: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        if self.depth:
            self.within.append((tag, {name: value or "" for name, value in attrs}))
            self.depth += tag not in ("br", "hr")
        else:
            # The one attribute around a text that depends on it.
            self.named += [value or "" for name, value in attrs if name == "data-names"]
            self.around.append((tag, [name for name, _ in attrs if name != "data-names"]))
            self.depth += ("class", "text") in attrs

    def handle_endtag(self, tag):
        self.depth -= self.depth > 0


def texts(client) -> Texts:
    """The messages in general."""
    return Texts(client.get("/rooms/general/").content.decode())


def test_markdown(alice, client_of, subtests):
    client = client_of(alice)
    harmless = say(alice, "general", HARMLESS)
    around = texts(client).around
    remove_message(harmless)

    for text in MARKDOWN:
        with subtests.test(text=text):
            assert client.post("/rooms/general/", {"body": text}).status_code == 303
            found = texts(client)
            remove_message(Message.objects.visible().get())
            assert found.around == around
            check_within(found)


def check_within(found: Texts) -> None:
    """What a text may be made of, and nothing else."""
    assert found.within
    assert all(re.fullmatch(r"(\d+|all)( (\d+|all))*", names) for names in found.named)
    for tag, attributes in found.within:
        assert attributes.keys() <= ALLOWED[tag], (tag, attributes)
        assert set(attributes.get("class", "").split()) <= CLASSES
        assert re.fullmatch(r"\d*", attributes.get("data-person", ""))
        if tag == "a":
            assert urlsplit(attributes["href"]).scheme in ("http", "https", "mailto")
            assert urlsplit(attributes["href"]).hostname in (None, "example.org", "www.example.org")


def test_a_link_leads_beside_the_room_and_tells_nobody_of_it(alice, client_of):
    say(alice, "general", "[x](https://example.org/ 'a title')")

    (link,) = [attributes for tag, attributes in texts(client_of(alice)).within if tag == "a"]

    assert link == {
        "href": "https://example.org/", "title": "a title", "target": "_blank",
        "rel": "noopener noreferrer nofollow",
    }  # fmt: skip


def test_a_picture_is_a_link(alice, client_of):
    say(
        alice,
        "general",
        "![a cat](https://example.org/cat.png) [![a dog](https://example.org/d)](https://example.org/e)",
    )

    found = texts(client_of(alice))

    assert [tag for tag, _ in found.within] == ["p", "a", "a"]
    assert [a["href"] for tag, a in found.within if tag == "a"] == [
        "https://example.org/cat.png",
        "https://example.org/e",
    ]


# -- Names and topics ----------------------------------------------------------------------


@pytest.mark.parametrize("field", ["name", "topic"])
def test_name_and_topic_of_a_room(alice, bob, client_of, field, subtests):
    inside, outside = client_of(alice), client_of(bob)

    def shown(value: str) -> dict[str, Page]:
        names = {"name": "attic", "topic": "boxes"} | {field: value[:60]}
        room = create_room(alice, names["name"], names["topic"])
        message = say(alice, room.slug, "Hello")
        pages = {
            "the room": page(inside, room.get_absolute_url()),
            "the list": page(inside, reverse("rooms")),
            "outside": page(outside, room.get_absolute_url()),
            "one message": page(inside, message.get_absolute_url()),
        }
        room.delete()
        return pages

    expected = shown(HARMLESS)
    for text in HOSTILE:
        for where, found in shown(text).items():
            with subtests.test(text=text, where=where):
                assert found.elements == expected[where].elements
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
    room = create_room(alice, HOSTILE[0])
    client.post(f"{room.get_absolute_url()}leave/")

    assert "You left <script>alert(1)</script>." in page(client, "/connection/").text


@pytest.mark.parametrize("text", HOSTILE)
def test_query_on_the_list(alice, client_of, text):
    client = client_of(alice)
    expected = page(client, "/rooms/?q=nothing")

    found = Page(client.get("/rooms/", {"q": text}).content.decode())

    assert found.elements == expected.elements
    assert text[:60].strip() in found.values
