"""Lucide's icons, without what the style sheet says of all of them (static/css/base.css)."""

import re
from functools import cache

from lucide.jinja import lucide
from markupsafe import Markup

# How they are drawn is said once; the file they come in is made for people to read.
DRAWN = re.compile(
    r' (?:fill="none"|stroke="currentColor"|stroke-(?:width="2"|linecap="round"|linejoin="round"))'
)
BETWEEN_TAGS = re.compile(r"(?<=>)\s+(?=<)| (?=/>)")


@cache
def icon(name: str, *, size: int = 24, **attributes: str) -> Markup:
    """The icon of that name as an inline SVG, `size` pixels wide and high."""
    opening, end, paths = str(lucide(name, size=size, **attributes)).partition(">")
    return Markup(BETWEEN_TAGS.sub("", DRAWN.sub("", opening) + end + paths))  # noqa: S704
