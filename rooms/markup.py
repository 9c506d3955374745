"""What people write, as HTML: Markdown, rendered and cleaned once, when a message is stored."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# A username after an @, where no word stands before it: what accounts.models.Person allows.
AT = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?)")
# The names that are not somebody's: whom they call.
CALLS = {"here": "here", "room": "room", "everyone": "room", "all": "room", "channel": "room"}


class Marked(NamedTuple):
    """A text as HTML, and what it says to whom."""

    html: str
    # The ids of the people it names.
    named: frozenset[int]
    # "room", "here" or nothing: whom it calls besides.
    calls: str
    # The addresses that it links to, in their order.
    links: tuple[str, ...]


def usernames_in(text: str) -> set[str]:
    """What may be usernames in `text`, in lower case: to be looked up for `marked`."""
    return {name.lower() for name in AT.findall(text)} if "@" in text else set()


def marked(text: str, people: Mapping[str, int]) -> Marked:
    """`text` as HTML; `people` are the ids of those it may name, by username in lower case."""
    env: dict[str, Any] = {"people": people, "named": set(), "calls": set(), "links": []}
    html = nh3.clean(
        _markdown.render(text, env),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    calls = "room" if "room" in env["calls"] else "here" if env["calls"] else ""
    return Marked(html.strip(), frozenset(env["named"]), calls, tuple(dict.fromkeys(env["links"])))


TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li",
    "ol", "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "b": {"class", "data-person"},
    "ol": {"start"},
}


def _name_people(state: StateCore) -> None:
    """Core rule: @name, where it is somebody, stands out; code and links stay what they are."""
    for block in state.tokens:
        if block.type != "inline" or block.children is None:
            continue
        children: list[Token] = []
        links = 0
        for token in block.children:
            links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type == "link_open":
                state.env["links"].append(str(token.attrs.get("href", "")))
            children += _named(token, state.env) if token.type == "text" and not links else [token]
        block.children = children


def _named(token: Token, env: dict[str, Any]) -> list[Token]:
    """A text token, parted at the names in it."""
    parts: list[Token] = []
    end = 0
    for match in AT.finditer(token.content):
        opening = _mention(match[1].lower(), env)
        if opening is None:
            continue
        parts += [
            _text(token.content[end : match.start()]),
            opening,
            _text(match[0]),
            Token("b_close", "b", -1),
        ]
        end = match.end()
    return [*parts, _text(token.content[end:])] if parts else [token]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _mention(name: str, env: dict[str, Any]) -> Token | None:
    if name in CALLS:
        env["calls"].add(CALLS[name])
        return Token("b_open", "b", 1, attrs={"class": "mention is-call"})
    if name in env["people"]:
        person_id = env["people"][name]
        env["named"].add(person_id)
        return Token("b_open", "b", 1, attrs={"class": "mention", "data-person": str(person_id)})
    return None


# A line break is what somebody typed, not a wish for the next paragraph to flow.
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(
    ["table", "strikethrough", "linkify"]
)
_markdown.core.ruler.push("people", _name_people)
