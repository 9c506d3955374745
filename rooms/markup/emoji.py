"""Emoji: by their names, and alone."""

import re

import emoji
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from rooms.emoji import TONES, emoji_called, with_tone
from rooms.markup.boundaries import BEGINS, ENDS

# A name between colons, or several of them one behind the other; foo::key::bar and 12:30:45 are none.
NAMES = re.compile(rf"{BEGINS}(?<!:)(?::[^\s:]{{1,80}}:)+(?!:){ENDS}")
# So many emoji without a word are large.
LARGE_AT_MOST = 6
# Characters of the longest of them: six families of four, in skin tones.
LONGEST = 120


def draw_emoji(state: StateCore) -> None:
    """Core rule: :tada: is 🎉; code and the texts of addresses stay what they are."""
    if ":" in state.src:
        for token in _words(state):
            token.content = draw_names(token.content)


def draw_names(text: str) -> str:
    """`text` with an emoji for each name of one that stands between colons."""
    return NAMES.sub(_drawn, text)


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
    drawn: list[str] = []
    for name in match[0][1:-1].split("::"):
        found = emoji_called(name)
        if found and found in TONES and drawn and (toned := with_tone(drawn[-1], found)):
            drawn[-1] = toned
        else:
            drawn.append(found or f":{name}:")
    return "".join(drawn)


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
