"""Cleaning is the wall: whatever people or strangers write, none of it becomes an attribute that htmx reads.

htmx's own gate, the page's nonce, does not stand before all of them: `hx-ws:send` acts without one.
"""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from rooms.actions.pins import pin_message
from rooms.actions.reactions import toggle_reaction
from rooms.actions.rooms import create_room
from rooms.markup import render_markup
from rooms.markup.cleaning import TAGS, cleaned
from rooms.models import Attachment, Draft, Membership, Preview, Room
from rooms.tests.files import PDF, attach, post
from rooms.tests.saying import say

# What is ours never has this in it.
MARK = "evil"
ATTRIBUTES = (
    f'hx-get="/{MARK}" data-hx-get="/{MARK}" hx-ws:send="{MARK}" hx-ws:connect="/{MARK}"'
    f' data-hx-ws:send="{MARK}" hx-on:click="{MARK}" hx-on="load -> {MARK}" HX-Trigger="load {MARK}"'
    f" hx-vals='{{\"{MARK}\": 1}}'"
    f' hx-nonce="{MARK}" hx-swap-oob="{MARK}" hx-{MARK}'
)
# Each breaks out of another place: text, an attribute in either kind of quotes, a tag, an element.
WAYS = [
    f"<b {ATTRIBUTES}>x</b>",
    f'"><b {ATTRIBUTES}>x</b>',
    f"'><b {ATTRIBUTES}>x</b>",
    f'" {ATTRIBUTES} x="',
    f"' {ATTRIBUTES} x='",
    f"`{ATTRIBUTES}`",
    f"</title></textarea></script></style></template><b {ATTRIBUTES}>",
    f"--><b {ATTRIBUTES}>",
    f'<hx-partial hx-target="#{MARK}" {ATTRIBUTES}>x</hx-partial>',
    f"&lt;b {ATTRIBUTES}&gt;",
    f"<svg><b {ATTRIBUTES}/></svg>",
    f"<math><mtext><b {ATTRIBUTES}></math>",
    f"{ATTRIBUTES}",
]
# And each form that Markdown has, with that in it.
FORMS = [
    "{}",
    "**{}**",
    "*{}*",
    "~~{}~~",
    "`{}`",
    "```{}\n{}\n```",
    "```html\n{}\n```",
    "    {}",
    "> {}",
    "- {}",
    "1. {}",
    "# {}",
    "{}\n---",
    "| a | {} |\n|---|---|\n| {} | b |",
    "[{}](https://example.org)",
    "[x](https://example.org/{})",
    '[x](https://example.org "{}")',
    "![{}](https://example.org/{})",
    "<https://example.org/{}>",
    "https://example.org/{}",
    "[x]: https://example.org '{}'\n\n[x]",
    "||{}||",
    "/me {}",
    "@alice{}",
    ":{}:",
    "x\n\n{}\n\nx",
    "<details {}>x</details>",
]
SHORT = f'<b hx-ws:send="{MARK}" data-hx-get="{MARK}">'


def evil_in(html: str) -> list[str]:
    """The attributes of `html` that htmx would read, and that somebody has written."""
    return [
        f"{tag.name} {name}={value}"
        for tag in BeautifulSoup(html, "html.parser").find_all(True)
        for name, value in tag.attrs.items()
        if name.lower().startswith(("hx-", "data-hx-")) and (MARK in str(value) or MARK in name)
    ]


def test_it_would_be_found() -> None:
    """The test itself sees what it looks for."""
    assert len(evil_in(f"<p {ATTRIBUTES}>")) == 12


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_is_rendered_has_one(form: str) -> None:
    for way in WAYS:
        text = form.replace("{}", way)
        html = render_markup(text, {}).html
        for tag in BeautifulSoup(html, "html.parser").find_all(True):
            assert not [name for name in tag.attrs if name.lower().startswith(("hx-", "data-hx-"))], text


@pytest.mark.parametrize("way", WAYS)
def test_the_cleaning_alone_lets_none_through(way: str) -> None:
    """Whatever a renderer of Markdown should ever hand on: ours escapes what looks like HTML before that."""
    for html in (way, *(f"<{tag} {ATTRIBUTES}>x</{tag}>" for tag in TAGS)):
        for tag in BeautifulSoup(cleaned(html), "html.parser").find_all(True):
            assert not [name for name in tag.attrs if name.lower().startswith(("hx-", "data-hx-"))], html


@pytest.fixture
def place(alice: Person, tmp_path, settings) -> Room:
    """A room in which everything that can be written has such attributes in it."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    alice.display_name = SHORT[:40]
    alice.save()
    return create_room(alice, "attic")


@pytest.mark.parametrize("way", [WAYS[number] for number in (1, 2, 3, 6, 8)])
def test_no_page_has_one(place: Room, alice: Person, client_of: Callable[..., Client], way: str) -> None:
    client, slug = client_of(alice), place.slug
    message = say(alice, slug, f"hello https://example.org {way}")
    say(alice, slug, f"@alice {way}")
    post(client, "", attach(client, "a.pdf", PDF, slug=slug), slug=slug)
    # Past all cleaning of names: as though it were already stored.
    Attachment.objects.update(name=way[:200].replace("/", "|"))
    Preview.objects.create(
        message=message, url="https://example.org", title=way[:300], description=way, site=way[:100]
    )
    Draft.objects.create(person=alice, room=place, text=way, saved_at=message.posted_at)
    membership = Membership.objects.get(person=alice, room=place)
    toggle_reaction(membership, message, "👍")
    pin_message(membership, message)
    Room.objects.filter(pk=place.pk).update(name=way[:60], topic=way[:200])
    Person.objects.filter(pk=alice.pk).update(display_name=way[:60])

    address = reverse("message", args=[slug, message.pk])
    answers = [
        client.get(f"/rooms/{slug}/"),
        client.get(f"/rooms/{slug}/", {"before": message.pk + 3}, headers={"HX-Request": "true"}),
        client.get(f"/rooms/{slug}/history/", {"around": message.pk}),
        client.get(f"/rooms/{slug}/pins/"),
        client.get(address),
        client.get(f"{address}thread/"),
        client.get(f"{address}edit/"),
        client.get(f"{address}reply/", headers={"HX-Request": "true"}),
        client.get(f"{address}versions/"),
        client.get("/search/", {"q": way}),
        client.get("/search/", {"q": "hello"}),
        client.get("/search/", {"q": way, "before": way}),
        client.get("/rooms/"),
        client.get("/rooms/new/"),
        client.get(f"/rooms/{slug}/involvement/"),
        client.get("/go/"),
        client.get("/go/", {"q": way}, headers={"HX-Request": "true"}),
        client.post("/go/", {"q": way}),
        client.get("/saved/"),
        client.get("/mentions/"),
        client.get("/accounts/profile/"),
        client.get("/accounts/login/", {"next": way}),
        client.get(f"/rooms/{slug}/suggestions/", {"upto": "@", "q": way}, headers={"HX-Request": "true"}),
        # What is refused comes back in its box.
        client.post(f"/rooms/{slug}/", {"body": "\x00" + way}),
        client.post(f"/rooms/{slug}/preview/", {"body": way}),
        client.post(f"/rooms/{slug}/preview/", {"body": way}, headers={"HX-Request": "true"}),
        client.post(f"{address}edit/", {"body": way, "seen": way}),
        client.post(f"{address}reactions/", {"emoji": way}),
        client.post("/rooms/new/", {"name": way * 9, "topic": way}),
        client.post("/accounts/profile/", {"display_name": way * 9}),
        client.post(f"/rooms/{slug}/", {"body": f"/topic {way}"}),
        client.post(f"/rooms/{slug}/", {"body": f"/{way}"}),
        client.get(f"/{way}/"),
    ]

    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    for answer in answers:
        assert answer.status_code < 500
        assert not evil_in(answer.content.decode()), answer.request["PATH_INFO"]
    assert MARK in answers[0].content.decode()
