"""Emoji: by their names, and alone."""

import re
from functools import cache

import emoji
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

NAMED = re.compile(r"(?<!\w):([\w+-]{1,64}):(?!\w)")
# So many emoji without a word are large.
LARGE_AT_MOST = 6
# Characters of the longest of them: six families of four, in skin tones.
LONGEST = 120


@cache
def emoji_by_name() -> dict[str, str]:
    """Every emoji by each of its names: tada, party_popper."""
    named: dict[str, str] = {}
    for sign, about in emoji.EMOJI_DATA.items():
        if about["status"] <= emoji.STATUS["fully_qualified"]:
            for name in (about["en"], *about.get("alias", ())):
                named.setdefault(name.strip(":").lower(), sign)
    return named


def draw_emoji(state: StateCore) -> None:
    """Core rule: :tada: is 🎉; code and the texts of addresses stay what they are."""
    if ":" in state.src:
        for token in _words(state):
            token.content = NAMED.sub(_drawn, token.content)


def _words(state: StateCore) -> list[Token]:
    """The text tokens that are nobody's address."""
    found: list[Token] = []
    for block in state.tokens:
        address = False
        for token in block.children or ():
            if token.type in ("link_open", "link_close"):
                address = token.type == "link_open" and token.info == "auto"
            elif token.type == "text" and not address:
                found.append(token)
    return found


def _drawn(match: re.Match[str]) -> str:
    return emoji_by_name().get(match[1].lower(), match[0])


def enlarge_emoji(state: StateCore) -> None:
    """Core rule: a message of a few emoji alone is large."""
    if len(state.tokens) != 3 or not state.tokens[1].children:
        return
    parts = state.tokens[1].children
    is_text = all(part.type in ("text", "softbreak", "hardbreak") for part in parts)
    if is_text and is_emoji_alone("".join(part.content for part in parts)):
        state.tokens[0].attrSet("class", "is-emoji")


def is_emoji_alone(text: str) -> bool:
    """Whether `text` is a few emoji, and nothing else but white space."""
    signs = "".join(text.split())
    # A text that begins with a letter of the first alphabets is settled without a search.
    if not signs or len(signs) > LONGEST or signs[0].isalpha():
        return False
    return emoji.purely_emoji(signs) and emoji.emoji_count(signs) <= LARGE_AT_MOST
