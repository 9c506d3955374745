"""What is meant as it is written: escaped characters, and paths of Windows."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from rooms.markup.boundaries import BEGINS, MARKS

# Those that name somebody or an emoji where they are not escaped.
MEANT = ("@", ":")
# A path as Windows has it, up to a space, a mark of another script, or one that may close emphasis.
PATH = re.compile(rf"(?:[^\s`*~{MARKS}]|\*(?!\*)|~(?!~))++")
SHARE = re.compile(rf"{BEGINS}\\\\[A-Za-z0-9][\w.$-]*+\\")
DRIVE = re.compile(rf"{BEGINS}[A-Za-z]:\\")
CLOSING = "*_~|.,;:!?\"')]}"


def keep_path(state: StateInline, silent: bool) -> bool:
    r"""Inline rule, before escapes: in C:\_dir and \\server\_dir a backslash escapes nothing."""
    start = state.pos
    if state.src[start] != "\\":
        return False
    if not (DRIVE.match(state.src, max(start - 2, 0)) or SHARE.match(state.src, start)):
        return False
    found = PATH.match(state.src, start, state.posMax)
    path = found[0].rstrip(CLOSING) if found else ""
    if len(path) < 2:
        return False
    if not silent:
        state.push("literal", "", 0).content = path
    state.pos += len(path)
    return True


def keep_escaped(state: StateCore) -> None:
    """Core rule, before texts are joined: \\@bob names nobody, and \\:tada: is no emoji."""
    if "\\" in state.src or "&" in state.src:
        for block in state.tokens:
            for token in block.children or ():
                if token.type == "text_special" and token.content in MEANT:
                    token.type = "literal"


def literal(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: dict[str, Any]
) -> str:
    """Render rule: it, and nothing else."""
    return escape(tokens[index].content)
