"""Lists of what is to be done: - [ ] and - [x]."""

import re
from collections.abc import Sequence
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# Signs and no form fields: who reads can tick nothing, and they are in what is copied, quoted and read aloud.
TO_DO, DONE = "☐", "☑"
MARK = re.compile(r"\[([ xX])\][ \t]+")
ITEM = re.compile(r"^([ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)\[([ xX])\](?=[ \t]+\S)", re.MULTILINE)


def with_signs(text: str) -> str:
    """A text as it was written, with the signs of what is to be done in it."""
    return ITEM.sub(lambda found: found[1] + _sign(found[2]), text) if "[" in text else text


def tick_tasks(state: StateCore) -> None:
    """Core rule: an item of a list that begins with [ ] or [x] is a task."""
    for item, paragraph, words in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type == "list_item_open" and paragraph.type == "paragraph_open" and words.children:
            _tick(item, words.children)


def _tick(item: Token, words: list[Token]) -> None:
    first = words[0]
    found = MARK.match(first.content) if first.type == "text" else None
    if found is None or (len(words) == 1 and found.end() == len(first.content)):
        return
    sign = _sign(found[1])
    item.attrSet("class", "task is-done" if sign == DONE else "task")
    first.content = first.content[found.end() :]
    words.insert(0, Token("task_sign", "", 0, content=sign))


def _sign(mark: str) -> str:
    return TO_DO if mark == " " else DONE


def task_sign(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: dict[str, Any]
) -> str:
    """Render rule: whether a task is done."""
    return f'<span class="box">{tokens[index].content}</span> '
