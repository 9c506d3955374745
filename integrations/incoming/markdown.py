"""Markdown that is put together of what programs send."""

import re
from urllib.parse import urlsplit

from rooms.models.message import BODY_LIMIT

# What a message may link to.
SCHEMES = ("http", "https", "mailto")
# What would mean something in a line.
MARKS = re.compile(
    r"[\\`*\[\]<@]|~(?=~)|\|(?=\|)|(?<![^\W_])_|_(?![^\W_])|:(?=[\w+-]+:)|&(?=#|\w+;)|^#(?=#|\s|$)|^>|^-(?=\s)"
)
# What ends the address of a link, or the words before it.
IN_ADDRESS = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C", "\n": "", "\r": ""}
FENCE = "```"
# Messages that one text becomes, at most.
PARTS = 12


def literal(text: str) -> str:
    """`text` in one line, for what is shown as it is: it names nobody, and has no marks."""
    return MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def is_web(address: str) -> bool:
    """Whether a message may link there."""
    try:
        return urlsplit(address.strip()).scheme.lower() in SCHEMES
    except ValueError:
        return False


def link(address: str, words: str) -> str:
    """`words`, which are Markdown for a line, as a link; they alone where `address` is no address."""
    address = address.strip()
    if not is_web(address) or len(address) > 2000:
        return words
    if not words.strip():
        return bare(address)
    return f"[{words}]({''.join(IN_ADDRESS.get(one, one) for one in address)})"


def bare(address: str) -> str:
    """An address as it stands; nothing where it is none."""
    return f"<{re.sub(r'[\s<>]', '', address)}>" if is_web(address) else ""


def quoted(text: str) -> str:
    """`text` as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def bold(words: str) -> str:
    """`words` in bold; nothing for nothing."""
    words = words.strip()
    return f"**{words}**" if words else ""


def joined(*parts: str) -> str:
    """Paragraphs, of those that say something."""
    return "\n\n".join(part for part in (part.strip("\n").rstrip() for part in parts) if part.strip())


def split_at_limit(text: str, limit: int = BODY_LIMIT) -> list[str]:
    """`text` as messages that are short enough: parted between lines or words, code closed and reopened."""
    parts: list[str] = []
    while len(text) > limit and len(parts) < PARTS - 1:
        part = text[: limit - 2 * len(FENCE) - 2]
        place = max(part.rfind("\n", len(part) // 2), 0) or max(part.rfind(" ", len(part) // 2), 0)
        part = part[: place or len(part)]
        text = text[len(part) :].lstrip("\n ")
        if sum(line.lstrip().startswith(FENCE) for line in part.split("\n")) % 2:
            part, text = f"{part}\n{FENCE}", f"{FENCE}\n{text}"
        parts.append(part)
    last = text if len(text) <= limit else text[: limit - 1] + "…"
    return [part for part in (*parts, last) if part.strip()]
