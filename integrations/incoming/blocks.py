"""Slack's blocks and attachments as Markdown: those that programs send, read so that none is refused."""

from collections.abc import Callable, Iterator
from typing import Any

from integrations.incoming.fields import at, line_at, line_of, objects_in, text_at, text_of
from integrations.incoming.markdown import bare, bold, joined, link, literal, quoted

# How many of each are looked at.
BLOCKS = 50
FIELDS = 25
ELEMENTS = 100
ATTACHMENTS = 20
# How deep rich text is nested: a list in a quotation.
DEPTH = 4
# Colours that have a name; and pictures for them.
COLOURS = {"good": "🟢", "warning": "🟡", "danger": "🔴"}

# Text of a dialect as Markdown.
Dialect = Callable[[str], str]


def blocks_as_markdown(value: object, dialect: Dialect) -> str:
    """What a list of blocks says; what of it is not known says nothing."""
    return joined(*(block(one, dialect) for one in objects_in(value, BLOCKS)))


def block(one: dict[str, Any], dialect: Dialect) -> str:
    """One block; nothing for one that is not known."""
    match one.get("type"):
        case "section":
            return section(one, dialect)
        case "header":
            return bold(literal(text_at(one, "text", "text")))
        case "divider":
            return "---"
        case "context":
            return " · ".join(filter(None, (element(each, dialect) for each in elements_of(one))))
        case "image":
            return picture(one)
        case "actions":
            return " · ".join(filter(None, map(button, elements_of(one))))
        case "rich_text":
            return joined(*(rich_block(each, DEPTH) for each in elements_of(one)))
        case "markdown":
            return text_at(one, "text")
    return ""


def elements_of(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The elements of a block."""
    return objects_in(one.get("elements"), ELEMENTS)


def section(one: dict[str, Any], dialect: Dialect) -> str:
    """Text, fields in twos, and what stands beside them."""
    fields = (text_object(each, dialect) for each in objects_in(one.get("fields"), FIELDS))
    lines = "\n".join(" · ".join(each.strip().split("\n")) for each in fields if each.strip())
    beside = one.get("accessory")
    extra = (button(beside) or picture(beside)) if isinstance(beside, dict) else ""
    return joined(text_object(one.get("text"), dialect), lines, extra)


def text_object(value: object, dialect: Dialect) -> str:
    """A text object, or a text alone."""
    if isinstance(value, dict) and value.get("type") == "plain_text":
        return "\n".join(map(literal, text_at(value, "text").split("\n")))
    return dialect(text_at(value, "text") if isinstance(value, dict) else text_of(value))


def element(one: dict[str, Any], dialect: Dialect) -> str:
    """An element of a context: a text, or what a picture shows."""
    if one.get("type") == "image":
        return literal(line_at(one, "alt_text"))
    return " ".join(text_object(one, dialect).split("\n"))


def picture(one: dict[str, Any]) -> str:
    """A link to a picture, which nothing here fetches: whoever looks would tell its server so."""
    if one.get("type") != "image":
        return ""
    words = line_at(one, "title", "text") or line_of(one.get("title")) or line_at(one, "alt_text")
    address = text_at(one, "image_url") or text_at(one, "slack_file", "url")
    return link(address, literal(words)) if words else bare(address)


def button(one: dict[str, Any]) -> str:
    """A button that leads somewhere; nothing for one that would do something."""
    address = text_at(one, "url")
    return link(address, literal(line_at(one, "text", "text") or address)) if address else ""


# -- Rich text --------------------------------------------------------------------------


def rich_block(one: dict[str, Any], depth: int) -> str:
    """A part of rich text: a paragraph, a list, a quotation, code."""
    if depth <= 0:
        return ""
    match one.get("type"):
        case "rich_text_section":
            return "".join(map(rich_inline, elements_of(one)))
        case "rich_text_preformatted":
            return f"```\n{''.join(text_at(each, 'text') for each in elements_of(one))}\n```"
        case "rich_text_quote":
            return quoted("".join(map(rich_inline, elements_of(one))))
        case "rich_text_list":
            sign = "1. " if one.get("style") == "ordered" else "- "
            indent = one.get("indent")
            before = "   " * min(indent, 8) if isinstance(indent, int) and indent > 0 else ""
            return "\n".join(f"{before}{sign}{rich_block(each, depth - 1)}" for each in elements_of(one))
    return ""


def rich_inline(one: dict[str, Any]) -> str:
    """A run of characters, a link, a person, an emoji."""
    match one.get("type"):
        case "text":
            return styled(text_at(one, "text"), one.get("style"))
        case "link":
            return link(text_at(one, "url"), literal(line_at(one, "text")))
        case "emoji":
            return f":{line_at(one, 'name')}:"
        case "user":
            return f"@{line_at(one, 'user_id')}"
        case "broadcast":
            return {"here": "@here"}.get(text_at(one, "range"), "@room")
        case "channel":
            return f"#{line_at(one, 'channel_id')}"
    return ""


def styled(text: str, style: object) -> str:
    """`text` in a style; white space at its ends stays outside of it."""
    words = text.strip()
    if not words:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if at(style, "code") is True:
        return f"{before}`{words.replace('`', '´')}`{after}"
    said = "\n".join(map(literal, words.split("\n")))
    for name, mark in (("bold", "**"), ("italic", "*"), ("strike", "~~")):
        if at(style, name) is True:
            said = f"{mark}{said}{mark}"
    return f"{before}{said}{after}"


# -- Attachments --------------------------------------------------------------------------


def attachments_as_markdown(value: object, dialect: Dialect) -> str:
    """What a list of attachments says, each as a quotation."""
    return joined(*(attachment(one, dialect) for one in objects_in(value, ATTACHMENTS)))


def attachment(one: dict[str, Any], dialect: Dialect) -> str:
    """One attachment; its fallback where nothing else of it says anything."""
    title = literal(line_at(one, "title"))
    head = bold(link(text_at(one, "title_link"), title) if title else "")
    author = literal(line_at(one, "author_name"))
    image = text_at(one, "image_url") or text_at(one, "thumb_url")
    inside = joined(
        link(text_at(one, "author_link"), author) if author else "",
        " ".join(filter(None, (COLOURS.get(text_at(one, "color")), head))) if head else "",
        dialect(text_at(one, "text")),
        fields_of(one, dialect),
        blocks_as_markdown(one.get("blocks"), dialect),
        bare(image),
        literal(line_at(one, "footer")),
    )
    before = dialect(text_at(one, "pretext"))
    if not (inside or before.strip()):
        return dialect(text_at(one, "fallback"))
    return joined(before, quoted(inside) if inside else "")


def fields_of(one: dict[str, Any], dialect: Dialect) -> str:
    """The fields of an attachment: short ones in twos, the others on a line each."""
    lines: list[str] = []
    half = False
    for field in objects_in(one.get("fields"), FIELDS):
        title, value = literal(line_at(field, "title")), dialect(text_at(field, "value")).strip()
        said = f"**{title}:** {value}" if title and value else bold(title) or value
        if not said:
            continue
        is_short = field.get("short") is True and "\n" not in said
        if half and is_short:
            lines[-1] += f" · {said}"
        else:
            lines.append(said)
        half = is_short and not half
    return "\n".join(lines)
