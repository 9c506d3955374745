"""What HTML a message may be made of: whatever the Markdown renderer did, only this goes through."""

import nh3

from rooms.markup.code import CLASSES, LANGUAGES

TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "details", "div", "em", "hr", "li", "ol", "p", "pre", "s",
    "span", "strong", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ALIGNED = {"is-right", "is-centre"}
DIRECTED = ("p", "ul", "ol", "blockquote", "table")

# One object: to set it up costs more than to clean a message.
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}, "b": {"data-person"}, "ol": {"start"}},
    allowed_classes={
        "b": {"mention", "is-call"},
        "details": {"unfold"},
        "div": {"fold", "sheet"},
        "li": {"task", "is-done"},
        "p": {"heading", "is-large", "is-small", "is-emoji"},
        "span": {*CLASSES, "box", "closed", "opened"},
        "td": ALIGNED,
        "th": ALIGNED,
    },
    tag_attribute_values={
        "div": {"role": {"group"}, "aria-label": {"Table"}, "tabindex": {"0"}},
        "pre": {"data-language": set(LANGUAGES)},
        **{tag: {"dir": {"auto"}} for tag in DIRECTED},
    },
    # A link opens beside the room: who follows it does not leave.
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)


def cleaned(html: str) -> str:
    """`html` without whatever a message may not have."""
    return _cleaner.clean(html)
