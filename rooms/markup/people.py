"""The people that a text names, and whom it calls."""

import re
from collections.abc import MutableMapping
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# A username after an @, where no word stands before it: what accounts.models.Person allows.
AT = re.compile(r"(?<![\w@/.])@([A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?)")
# The names that are not somebody's: whom they call.
CALLS = {"here": "here", "room": "room", "everyone": "room", "all": "room", "channel": "room"}


def usernames_in(text: str) -> set[str]:
    """What may be usernames in `text`, in lower case: to be looked up for `marked`."""
    return {name.lower() for name in AT.findall(text)} if "@" in text else set()


def name_people(state: StateCore) -> None:
    """Core rule: @name, where it is somebody, stands out; code and links stay what they are."""
    if "@" not in state.src:
        return
    for block in state.tokens:
        if block.children:
            block.children = _named_in(block.children, state.env)


def _named_in(tokens: list[Token], env: MutableMapping[str, Any]) -> list[Token]:
    named: list[Token] = []
    links = 0
    for token in tokens:
        links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        named += _named(token, env) if token.type == "text" and not links else [token]
    return named


def _named(token: Token, env: MutableMapping[str, Any]) -> list[Token]:
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


def _mention(name: str, env: MutableMapping[str, Any]) -> Token | None:
    if name in CALLS:
        env["calls"].add(CALLS[name])
        return Token("b_open", "b", 1, attrs={"class": "mention is-call"})
    if name in env["people"]:
        person_id = env["people"][name]
        env["named"].add(person_id)
        return Token("b_open", "b", 1, attrs={"class": "mention", "data-person": str(person_id)})
    return None
