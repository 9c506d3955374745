"""The list of messages of an open page, as a browser would have it after the frames it got."""

import re

PARTIAL = re.compile(r'<hx-partial hx-target="([^"]*)" hx-swap="([^"]*)">(.*?)</hx-partial>', re.DOTALL)
ROW = re.compile(r'<li id="message-(\d+)".*?</li>', re.DOTALL)
LIST = re.compile(r'<ol id="messages"[^>]*>(.*?)</ol>', re.DOTALL)
SEEN = re.compile(r'id="seen" name="seen" value="(\d+)"')
TOPIC = re.compile(r'<p id="topic"[^>]*>(.*?)</p>')
OLDEST = re.compile(r'id="oldest" name="before" value="(\d*)"')

# What is somebody's in a row, where ID is theirs, by the target of a frame that changes it.
PERSON = re.compile(r"(?<=[;-])\d+(?=&#x27;)")
NAMED = {
    "[data-name=&#x27;ID&#x27;]": r'(?<= data-name="ID">)[^<]*|(?<= data-name="ID" dir="auto">)[^<]*',
    ".author[data-name=&#x27;ID&#x27;]": r'<b class="author [^>]* data-name="ID"[^>]*>[^<]*</b>',
    ".doer[data-name=&#x27;ID&#x27;]": r'<b class="doer [^>]* data-name="ID"[^>]*>[^<]*</b>',
    ".avatar:has([href=&#x27;#on-ID&#x27;])":
        r'<span class="avatar [^>]*>[^<]*<svg[^>]*><use href="#on-ID"/></svg></span>',
}  # fmt: skip


class Page:
    """What stands in `#messages`, `#seen`, `#oldest` and `#topic`."""

    def __init__(self, html: str) -> None:
        listed = LIST.search(html)
        assert listed is not None, html
        self.rows = rows_in(listed[1])
        self.seen = int(found(SEEN, html))
        self.oldest = found(OLDEST, html)
        self.topic = found(TOPIC, html)

    def apply(self, frame: str) -> None:
        """Swap what a frame brings, as htmx and its upsert extension do."""
        for target, swap, content in PARTIAL.findall(frame):
            self._swap(target, swap.split()[0], content)

    def _swap(self, target: str, style: str, content: str) -> None:
        row = re.fullmatch(r"#message-(\d+)", target)
        quoted = re.fullmatch(r"\[data-quote=&#x27;(\d+)&#x27;\]", target)
        if "#messages" in target.split(","):
            assert style in ("upsert", "innerHTML")
            if style == "innerHTML":
                self.rows.clear()
            self.rows.update(rows_in(content))
        elif row and style == "delete":
            self.rows.pop(int(row[1]), None)
        elif row:
            assert style in ("outerHTML", "outerMorph")
            if int(row[1]) in self.rows:
                self.rows.update(rows_in(content))
        elif quoted:
            assert style == "outerHTML"
            quote = re.compile(rf'<(a|p) class="quote[^>]* data-quote="{quoted[1]}".*?</\1>', re.DOTALL)
            self.rows = {pk: quote.sub(lambda _: content, one) for pk, one in self.rows.items()}
        elif renamed := NAMED.get(PERSON.sub("ID", target)):
            (person,) = PERSON.findall(target)
            self._replace(renamed.replace("ID", person), content)
        elif reacted := re.fullmatch(r"#message-(\d+) \.reactions", target):
            form = re.compile(r'<form class="reactions".*?</form>', re.DOTALL)
            if (pk := int(reacted[1])) in self.rows:
                self.rows[pk] = form.sub(lambda _: content, self.rows[pk])
        elif target == "#topic":
            self.topic = content
        elif target == "#seen":
            self.seen = int(found(SEEN, content))
        elif target == "#oldest":
            self.oldest = found(OLDEST, content)

    def _replace(self, pattern: str, content: str) -> None:
        """Put `content` in the place of what `pattern` finds in the rows."""
        self.rows = {pk: re.sub(pattern, lambda _: content, row) for pk, row in self.rows.items()}

    @property
    def shown(self) -> list[str]:
        """The rows, in the order in which they stand."""
        return [self.rows[pk] for pk in sorted(self.rows)]


def rows_in(html: str) -> dict[int, str]:
    """The message rows in `html`, by id."""
    return {int(match[1]): match[0] for match in ROW.finditer(html)}


def found(pattern: re.Pattern[str], html: str) -> str:
    """The first group of `pattern` in `html`."""
    match = pattern.search(html)
    assert match is not None, f"{pattern.pattern} is not in {html!r}"
    return match[1]
