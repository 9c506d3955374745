"""Times as each reader's own zone has them, in what is rendered once for readers in all zones.

What is rendered has a mark in the place of each time, such as NUL `time 1764373253` NUL: a form, and seconds
since 1970. It is filled in for a zone on its way out, at one of two doors: the hub (live/hub.py), for all
sockets of a zone together, or the middleware (accounts/middleware.py). What a form looks like its app says
in FORMS.
"""

import datetime
import re
from collections.abc import Callable
from functools import lru_cache

from django.utils.safestring import SafeString

# No text that is stored holds it. One that was refused for it is shown to its sender as it is: it begins no
# mark, or one that tells the time.
EDGE = "\0"
MARK = re.compile(r"\0([a-z]+(?: \d{1,11}){1,2})\0")
# Marks whose texts are remembered, zone by zone: each is met again with every page that shows it.
REMEMBERED = 8192

# What makes a text of a moment, or of two, in the reader's zone.
FORMS: dict[str, Callable[..., str]] = {}


def local(form: str, *moments: datetime.datetime) -> SafeString:
    """A mark for what `form` makes of `moments`, to the second, in the zone of whoever reads it."""
    seconds = "".join([f" {int(moment.timestamp())}" for moment in moments])
    return SafeString(f"{EDGE}{form}{seconds}{EDGE}")


def has_times(html: str) -> bool:
    """Whether `html` may be another text in another zone."""
    return EDGE in html


def fill(html: str, zone: datetime.tzinfo) -> str:
    """`html` for readers in `zone`: their times in the place of its marks."""
    if EDGE not in html:
        return html
    pieces = MARK.split(html)
    pieces[1::2] = [_said(mark, zone) for mark in pieces[1::2]]
    return "".join(pieces)


@lru_cache(REMEMBERED)
def _said(mark: str, zone: datetime.tzinfo) -> str:
    form, *seconds = mark.split()
    if form not in FORMS:
        return mark
    return str(FORMS[form](*(datetime.datetime.fromtimestamp(int(one), zone) for one in seconds)))
