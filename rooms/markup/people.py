"""The people that a text names, and whom it calls."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from rooms.markup.boundaries import ACCENTS, BEGINS, LATIN

# Where a name may begin: behind a word it would be an e-mail address, behind the others a part of a path.
AT = rf"{BEGINS}(?<![@/.])@"
# A username, and what of the text around it may belong to it: what accounts.models.Person allows. Neither is
# it the beginning of a longer word, @bobó, nor of an address, @bob@example.org.
NAMED = re.compile(rf"{AT}([A-Za-z0-9_][A-Za-z0-9._-]*+)(?![{LATIN}{ACCENTS}]|@[A-Za-z0-9])")
# Whether the source of a text may name anybody: what stands there directly before an @ always does.
MAY_NAME = re.compile(rf"(?<![{LATIN}@/.])@")
# Dashes and dots that are the sentence's: @bob--look, @bob...
DOUBLED = re.compile(r"[.-]{2}")
# The names that are not somebody's: whom they call.
CALLS = {"here": "here", "room": "room", "everyone": "room", "all": "room", "channel": "room"}
# So many people may be named in one message: beyond that, @room is meant.
NAMED_LIMIT = 50


def name_people(state: StateCore) -> None:
    """Core rule: @name, where it is somebody, stands out; code, links and quotations stay what they are.

    Who is named is marked, and told by what is noted here: `named` are the ids of those in `people` whom the
    text names, `calls` whom it calls besides, `asked` all names that were looked for. A quotation names
    nobody, for whoever said it first has.
    """
    if "@" not in state.src:
        return
    quoted = 0
    for block in state.tokens:
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(block.type, 0)
        if block.children and not quoted:
            block.children = _named_in(block.children, state.env)


def _named_in(tokens: list[Token], env: MutableMapping[str, Any]) -> list[Token]:
    named: list[Token] = []
    links = 0
    for token in tokens:
        links += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        # What is glued to an address is a part of no name: a@example.org@bob
        glued = token.content[:1] == "@" and named and named[-1].markup == "linkify"
        is_open = token.type == "text" and not links and not glued
        named += parted_at_names(token, env) if is_open else [token]
    return named


def parted_at_names(token: Token, env: MutableMapping[str, Any]) -> list[Token]:
    """A text token, parted at the names in it."""
    parts: list[Token] = []
    end = 0
    for match in NAMED.finditer(token.content):
        for name in _readings(match[1]):
            if opening := _mention(name.lower(), env):
                start, until = match.start(), match.start(1) + len(name)
                parts += [
                    _text(token.content[end:start]),
                    opening,
                    _text(token.content[start:until]),
                    Token("b_close", "b", -1),
                ]
                end = until
                break
    return [*parts, _text(token.content[end:])] if parts else [token]


def _readings(run: str) -> Iterator[str]:
    """What `run` may name, the longest first: a name may end in what may as well be the sentence's.

    A single mark within belongs to it: @bob.lee, who is no member, is not bob.
    """
    whole = run.rstrip(".")
    without = run.rstrip("._-")
    first = DOUBLED.split(run, maxsplit=1)[0]
    return iter(dict.fromkeys(name for name in (whole, without, first) if name))


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _mention(name: str, env: MutableMapping[str, Any]) -> Token | None:
    if name in CALLS:
        env["calls"].add(CALLS[name])
        return Token("b_open", "b", 1, attrs={"class": "mention is-call"})
    env["asked"].add(name)
    person_id = env["people"].get(name)
    if person_id is None or (len(env["named"]) >= NAMED_LIMIT and person_id not in env["named"]):
        return None
    env["named"].add(person_id)
    return Token("b_open", "b", 1, attrs={"class": "mention", "data-person": str(person_id)})
