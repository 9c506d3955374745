"""Bold, italic, struck through: what may open and close them, in every script."""

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from rooms.markup.boundaries import is_unspaced


class InlineState(StateInline):
    """A passage that is being read, with rules of emphasis that do not need spaces between words."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        """Whether the run of marks from `start` on may open and close emphasis, and its length.

        As https://github.com/tats-u/markdown-cjk-friendly changes CommonMark's flanking rules: a full-width
        mark is as good as a letter, and a letter of a script without spaces as good as a space.
        """
        last = self.src[start - 1] if start else " "
        found = super().scanDelims(start, canSplitWord)
        end = start + found.length
        following = self.src[end] if end < self.posMax else " "
        if last == "@" and not canSplitWord:
            # What is underlined here is a name: @__init__
            return Scanned(False, found.can_close, found.length)
        if is_unspaced(last) or is_unspaced(following):
            return _scanned(last, following, found.length, splits=canSplitWord)
        return found


def _scanned(last: str, following: str, length: int, *, splits: bool) -> Scanned:
    before, after = _is_mark(last), _is_mark(following)
    unspaced_before, unspaced_after = is_unspaced(last), is_unspaced(following)
    space_before, space_after = isWhiteSpace(ord(last)), isWhiteSpace(ord(following))
    left = not space_after and (not after or unspaced_after or space_before or before or unspaced_before)
    right = not space_before and (not before or unspaced_before or space_after or after or unspaced_after)
    if splits:
        return Scanned(left, right, length)
    # An underscore within a word is itself, 報告_最終_v2; next to a full-width mark there is no word.
    can_open = left and (not right or before or (unspaced_before and unspaced_after and after))
    can_close = right and (not left or after or (unspaced_after and unspaced_before and before))
    return Scanned(can_open, can_close, length)


def _is_mark(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


class InlineParser(ParserInline):
    """Markdown's, with InlineState."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Read a passage into `tokens`."""
        state = InlineState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens
