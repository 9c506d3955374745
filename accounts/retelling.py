"""What is stored in English, told again in the language of whoever reads it."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext

# What stands in a sentence for a value: `It said: %(answer)s`.
GAP = re.compile(r"%\((\w+)\)s")


def retold(text: str, sentences: Iterable[str]) -> str:
    """`text` in the current language, where it is one of `sentences` with something in its gaps; else itself.

    The sentences are in English, marked by gettext_noop.
    """
    for sentence in sentences:
        if found := _shape_of(sentence).fullmatch(text):
            return gettext(sentence) % found.groupdict()
    return text


def _shape_of(sentence: str) -> re.Pattern[str]:
    """What finds the sentence, whatever is in its gaps."""
    pieces = GAP.split(sentence)
    pieces[::2] = [re.escape(piece) for piece in pieces[::2]]
    pieces[1::2] = [f"(?P<{name}>.*)" for name in pieces[1::2]]
    return re.compile("".join(pieces), re.DOTALL)
