"""What a file is called: as its owner called it, with nothing in it that deceives or breaks a line."""

import re
import unicodedata

# Characters of a name, its end included; most file systems hold 255 bytes.
NAME_LIMIT = 120
# Of what is after the last dot, when a name has to be shortened.
END_LIMIT = 16
NAMELESS = "file"


def clean_name(name: str) -> str:
    """`name` without a path, and without what is not seen: controls, directions of writing, broken halves."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", last)
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    return _shortened(" ".join(seen.split()).strip(" .")) or NAMELESS


def _shortened(name: str) -> str:
    stem, dot, end = name.rpartition(".")
    if len(name) <= NAME_LIMIT:
        return name
    if not dot or len(end) > END_LIMIT:
        return name[:NAME_LIMIT]
    return f"{stem[: NAME_LIMIT - len(end) - 1]}.{end}"


def with_end(name: str, end: str, same: set[str]) -> str:
    """`name` with `end` after its last dot, in the place of one of `same`, which mean much the same."""
    stem, dot, old = name.rpartition(".")
    if dot and old.lower() == end:
        return name
    return _shortened(f"{stem if dot and old.lower() in same else name}.{end}")
