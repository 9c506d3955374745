"""What a page says of itself: https://ogp.me/, what others made of that, or its title."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import nh3

from rooms.files.encodings import decoded

# The elements in which a page describes itself, and what of them is read.
DESCRIBING = {
    "title": set(),
    "meta": {"charset", "content", "http-equiv", "name", "property"},
    "base": {"href"},
}
# Under what names a picture stands.
PICTURES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
# Elements with words that are not the page's, or not for us: a drawing has a title of its own.
LEFT_OUT = {
    "svg", "math", "script", "style", "template", "noscript", "iframe", "noembed", "noframes", "object",
    "textarea", "select", "xmp",
}  # fmt: skip
# Of a page, and of its pictures, so many are looked at.
METAS_LIMIT = 200
PICTURES_LIMIT = 3
# Bytes in which a page says how it is encoded; browsers look at 1024, and read again where it comes later.
LABEL_WITHIN = 16 * 1024
XML_LABEL = re.compile(rb"""<\?xml[^>]{1,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})""")
META_LABEL = re.compile(r"""charset\s*=\s*["']?([^\s;"']{1,40})""", re.IGNORECASE)
# After it a page is for people. Some bodies take html5ever minutes, and a page need not have a head.
HEAD_END, BODY = re.compile(r"</head\s*>", re.IGNORECASE), re.compile(r"<body[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class Description:
    """How a page describes itself, as it says it: not cleaned, and as long as it likes."""

    # Where the page was found in the end.
    place: str
    title: str
    description: str
    site: str
    # The addresses of its pictures, in the order of the page.
    pictures: list[str]


class DescribingElements(HTMLParser):
    """The elements of DESCRIBING, found by html5ever, which reads pages as browsers do."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.title = ""
        self.base = ""
        self.charset = ""
        # What the page calls it, and what it says; the first of each.
        self.said: dict[str, str] = {}
        self.pictures: list[str] = []
        self._metas = self._titles = 0
        self._in_title = False
        # What is left has no comments and no broken marks in it, so that Python's parser is quick as well.
        self.feed(nh3.clean(page, tags=set(DESCRIBING), attributes=DESCRIBING, clean_content_tags=LEFT_OUT))
        self.close()

    @property
    def is_called_something(self) -> bool:
        """Whether there is a title of any kind."""
        return bool(self.title.strip() or self.said.keys() & {"og:title", "twitter:title"})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what it says."""
        values = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._titles += 1
            self._in_title = self._titles == 1
        elif tag == "base":
            self.base = self.base or values.get("href", "")
        elif tag == "meta" and self._metas < METAS_LIMIT:
            self._metas += 1
            self._keep(values)

    def _keep(self, values: dict[str, str]) -> None:
        content = values.get("content", "")
        name = (values.get("property") or values.get("name") or "").strip().lower()
        if name and content.strip():
            self.said.setdefault(name, content)
        if name in PICTURES and content.strip() not in ("", *self.pictures):
            self.pictures.append(content.strip())
        label = META_LABEL.search(content) if values.get("http-equiv", "").lower() == "content-type" else None
        self.charset = self.charset or values.get("charset", "") or (label[1] if label else "")

    def handle_endtag(self, tag: str) -> None:
        """A title has an end, always."""
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        """The words of the title."""
        if self._in_title:
            self.title += data


def described(place: str, content: bytes, charset: str | None = None) -> Description:
    """What the page `content`, found at `place`, says of itself; `charset` is what its header says."""
    page = _describing_elements(decoded(content, charset, _label_in(content)))
    said = page.said
    base = _address(place, page.base) or place
    pictures = dict.fromkeys(filter(None, (_address(base, picture) for picture in page.pictures)))
    return Description(
        place=place,
        title=said.get("og:title") or said.get("twitter:title") or page.title,
        description=next(
            (said[name] for name in ("og:description", "twitter:description", "description") if name in said),
            "",
        ),
        site=said.get("og:site_name", ""),
        pictures=list(pictures)[:PICTURES_LIMIT],
    )


def _describing_elements(text: str) -> DescribingElements:
    """Those of the page's head, if it has a title; else of all of it."""
    head_end = HEAD_END.search(text) or BODY.search(text)
    if head_end and (head := DescribingElements(text[: head_end.start()])).is_called_something:
        return head
    return DescribingElements(text)


def _label_in(content: bytes) -> str | None:
    """The encoding that a page says it has; whichever it is, that is said in ASCII."""
    beginning = content[:LABEL_WITHIN]
    if found := XML_LABEL.match(beginning):
        return found[1].decode("ascii")
    return DescribingElements(beginning.decode("latin-1")).charset or None


def _address(base: str, address: str) -> str:
    """Where `address` leads from `base`; an empty text where that is not of the web."""
    try:
        there = urljoin(base, address) if address else ""
        return there if urlsplit(there).scheme in ("http", "https") else ""
    except ValueError:
        return ""
