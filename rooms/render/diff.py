"""What an edit changed, word by word, as HTML."""

import re
from difflib import SequenceMatcher
from itertools import takewhile

from django.utils.html import format_html
from django.utils.safestring import SafeString

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Between the first and the last change so many words are compared, in some 10 ms; of more, which nobody
# reads as a difference, all is said to be new.
COMPARED_WORDS = 300


def word_diff(before: str, after: str) -> SafeString:
    """`after`, with what it says besides `before` in <ins>, and what only `before` said in <del>."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    changed = _changes(old_middle, new_middle)
    return format_html("{}{}{}", "".join(new[:head]), changed, "".join(new[len(new) - tail :]))


def _alike(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda words: words[0] == words[1], zip(one, other, strict=False)))


def _changes(old: list[str], new: list[str]) -> SafeString:
    if max(len(old), len(new)) > COMPARED_WORDS:
        return _replaced(old, new)
    parts = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, False).get_opcodes():
        words = new[new_start:new_end]
        parts.append(
            format_html("{}", "".join(words)) if kind == "equal" else _replaced(old[start:end], words)
        )
    return SafeString("".join(parts))


def _replaced(old: list[str], new: list[str]) -> SafeString:
    gone = format_html("<del>{}</del>", "".join(old)) if old else SafeString("")
    return gone + (format_html("<ins>{}</ins>", "".join(new)) if new else SafeString(""))
