"""Rows beside the room: as in the room, with ids of their own."""

import re

from django.utils.safestring import SafeString

# Each element has another id there: what comes over the socket finds the one or the other.
PREFIX = "beside-"
# What is no tag has no "<": people's words are escaped.
TAG = re.compile(r"<\w[^<>]*>")
ID = re.compile(r' (id|popovertarget|commandfor)="')


def beside(html: str, thread: int | None = None) -> SafeString:
    """Rendered rows as they stand beside the room.

    In the thread of the message `thread` nobody has to be told that an answer is for that one.
    """
    found = TAG.sub(_own_ids, html)
    if thread is not None:
        for tag, kind in (("a", ""), ("p", " is-gone")):
            quote = f'<{tag} class="quote{kind}" data-quote="{thread}"'
            found = found.replace(quote, quote.replace("quote", "quote of-first", 1))
    return SafeString(found)


def _own_ids(tag: re.Match[str]) -> str:
    return ID.sub(rf' \1="{PREFIX}', tag[0])
