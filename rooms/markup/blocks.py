"""Blocks of a text that a message must not have as they are: headings, wide tables, long passages."""

from collections.abc import Sequence
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from rooms.markup import code, folding

# The most cells of a table: those that a row leaves out are there as well, so a few characters make many.
CELLS = 4000

# Before a table: it is scrolled by itself.
TABLE = '<div class="sheet" role="group" aria-label="Table" tabindex="0">'
ALIGNMENTS = {"text-align:right": "is-right", "text-align:center": "is-centre"}


def look_for_tables(state: StateCore) -> None:
    """Core rule, before there are blocks: whether tables of this text would have too many cells."""
    lines = state.src.split("\n") if "|" in state.src else []
    columns = max((line.count("|") for line in lines), default=0)
    state.env["tables"] = 0 < columns * len(lines) <= CELLS


def small_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: a table, unless there would be too much of it."""
    return state.env["tables"] and table(state, start, end, silent)


def end_quotation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: a line without > ends a quotation, for who answers below it is no longer quoting."""
    # Rows of a table are asked about as well.
    return silent and state.parentType == "blockquote"


def table_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: dict[str, Any]
) -> str:
    """Render rule: a table is scrolled by itself, by keyboard too."""
    return f'{TABLE}<table dir="auto">\n'


def table_close(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: dict[str, Any]
) -> str:
    """Render rule: the end of a table."""
    return "</table></div>\n"


def fit_blocks(state: StateCore) -> None:
    """Core rule: headings are paragraphs, a class aligns columns, and each block has its direction."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            # The page's own headings say where one is; those of a message would disturb their order.
            token.attrs = {"class": f"heading is-{'small' if token.tag > 'h2' else 'large'}"}
            token.tag = "p"
        elif token.type in ("td_open", "th_open"):
            alignment = ALIGNMENTS.get(str(token.attrs.pop("style", "")))
            token.attrs |= {"class": alignment} if alignment else {}
        # The only block of a message has the direction of its row.
        if token.tag in ("p", "ul", "ol", "blockquote") and token.nesting == 1 and len(state.tokens) > 3:
            token.attrSet("dir", "auto")


def fold_long(state: StateCore) -> None:
    """Core rule: a long text is folded as a whole; in a short one, each long block of code by itself."""
    long = [token for token in state.tokens if token.type == "fence" and code.is_long(token)]
    lines = state.src.count("\n") - sum(token.content.count("\n") for token in long)
    characters = len(state.src) - sum(len(token.content) for token in long)
    state.env["folds"] = lines > folding.LINES or characters > folding.CHARACTERS
