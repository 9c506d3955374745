"""What a file is called: as its owner called it, with nothing in it that deceives or breaks a line."""

import re

from accounts.plain_text import clean_line, shortened

# Characters of a name, its end included; most file systems hold 255 bytes.
NAME_LIMIT = 120
# Of what is after the last dot, when a name has to be shortened.
END_LIMIT = 16
NAMELESS = "file"


# What browsers write for what would end a name in a form, and what it was:
# https://html.spec.whatwg.org/#multipart/form-data-encoding-algorithm
ESCAPED = {"%22": '"', "%0D": "\r", "%0A": "\n"}


def typed_name(sent: str) -> str:
    """What a file is called whose name a browser `sent` in a form."""
    return re.sub("|".join(ESCAPED), lambda found: ESCAPED[found[0]], sent)


def clean_name(name: str) -> str:
    """`name` without a path, and without what is not seen; NAMELESS where nothing is left of it."""
    last = re.split(r"[/\\]", name)[-1]
    return _shortened(clean_line(last).strip(" .")).strip(" .") or NAMELESS


def _shortened(name: str) -> str:
    stem, dot, end = name.rpartition(".")
    if not dot or len(end) > END_LIMIT:
        return shortened(name, NAME_LIMIT, "")
    return f"{shortened(stem, NAME_LIMIT - len(end) - 1, '')}.{end}"


def with_end(name: str, end: str, same: set[str]) -> str:
    """`name` with `end` after its last dot, in the place of one of `same`, which mean much the same."""
    stem, dot, old = name.rpartition(".")
    if dot and old.lower() == end:
        return name
    return _shortened(f"{stem if dot and old.lower() in same else name}.{end}")
