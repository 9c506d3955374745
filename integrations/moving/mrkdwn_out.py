"""A message's HTML as Slack's mrkdwn: `*bold*`, `_italic_`, `~struck~`, `<address|words>`, `<@U7>`."""

import re
from html.parser import HTMLParser

# What Slack escapes, and nothing else.
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
MARKS = {"strong": "*", "em": "_", "s": "~", "del": "~", "code": "`"}
BLOCKS = frozenset(("p", "table", "tr", "div"))
CALLS = {"@here": "<!here>"}
BLANK_LINES = re.compile(r"\n{3,}")
# An address that is its own words.
PLAIN_LINK = re.compile(r"<([^<>|]+)\|\1>")
FENCE = "```"


def mrkdwn(html: str) -> str:
    """`html`, which our markup has made of what somebody typed, as mrkdwn."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    # In code blank lines mean something.
    said = "".join(writer.parts).split(FENCE)
    said[::2] = [PLAIN_LINK.sub(r"<\1>", BLANK_LINES.sub("\n\n", part)) for part in said[::2]]
    return FENCE.join(said).strip()


def escaped(text: str) -> str:
    """`text` as mrkdwn that says just that."""
    return text.translate(ESCAPES)


class _Writer(HTMLParser):
    """Writes `parts` as it goes through a text."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._lists: list[int | None] = []
        self._links: list[str] = []
        # The text of what names somebody or calls is not said besides.
        self._called: list[str] | None = None
        self._is_code = False
        self._is_quoted = self._is_heading = False
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin what a tag means."""
        said = {name: value or "" for name, value in attrs}
        if tag == "b" and "mention" in said.get("class", ""):
            self._called = []
            if "data-person" in said:
                self.parts.append(f"<@U{said['data-person']}>")
                self._called = None
                self._hidden += 1
        elif tag == "details":
            self._hidden += 1
        elif tag == "a":
            self.parts.append(f"<{escaped(said.get('href', ''))}|")
            self._links.append("a")
        elif tag == "br":
            self._line()
        elif tag == "hr":
            self.parts.append("\n---\n")
        elif tag in ("ul", "ol"):
            self._line()
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "pre":
            self._is_code = True
            self.parts.append("\n```\n")
        elif tag == "blockquote":
            self._is_quoted = True
            self.parts.append("\n> ")
        elif tag == "p" and "heading" in said.get("class", ""):
            self._is_heading = True
            self.parts.append("\n*")
        elif tag in ("td", "th"):
            self.parts.append(" | " if self.parts and not self.parts[-1].endswith("\n") else "")
        elif tag in MARKS and not self._is_code:
            self.parts.append(MARKS[tag])

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag == "b" and self._called is not None:
            self.parts.append(CALLS.get("".join(self._called).lower(), "<!channel>"))
            self._called = None
        elif (tag == "b" and self._hidden) or tag == "details":
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a" and self._links:
            self._links.pop()
            self.parts.append(">")
        elif tag == "pre":
            self._is_code = False
            self.parts.append("\n```\n" if not self.parts[-1].endswith("\n") else "```\n")
        elif tag == "blockquote":
            self._is_quoted = False
            self.parts.append("\n")
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
            self.parts.append("" if self._lists else "\n\n")
        elif tag == "p" and self._is_heading:
            self._is_heading = False
            self.parts.append("*\n")
        elif tag in MARKS and not self._is_code:
            self.parts.append(MARKS[tag])
        elif tag in BLOCKS:
            self.parts.append("\n" if tag == "tr" or self._lists or self._is_quoted else "\n\n")

    def handle_data(self, data: str) -> None:
        """What is said."""
        if self._hidden:
            return
        if self._called is not None:
            self._called.append(data)
        elif self._is_code or data.strip("\n") or " " in data:
            self.parts.append(escaped(data if self._is_code else data.strip("\n")))

    def _line(self) -> None:
        self.parts.append("\n> " if self._is_quoted else "\n")

    def _item(self) -> None:
        number = self._lists[-1] if self._lists else None
        self.parts.append("\n" + "    " * (len(self._lists) - 1) + (f"{number}. " if number else "• "))
        if number:
            self._lists[-1] = number + 1
