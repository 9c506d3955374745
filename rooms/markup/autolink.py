"""Links: to the web and to e-mail, and to nowhere else."""

import re
import unicodedata
from html import unescape

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.linkify import linkify
from markdown_it.token import Token

from rooms.markup.boundaries import FOREIGN, INNER, LATIN, MARKS

ADDRESS = re.compile(r"https?://|mailto:", re.IGNORECASE)
WEB = re.compile(r"https?://", re.IGNORECASE)
# Before the @ of an e-mail address, as linkify-it has it.
MAIL = re.compile(r"[-;:&=+$,.\"A-Za-z0-9_]@")
HOST = re.compile(r"(?<=://)[^/?#]*")
# What no host has: https://url.spec.whatwg.org/#forbidden-host-code-points
NO_HOST = re.compile(r"[\x00-\x20<>^|%\\]")
# A link in what rooms/markup/cleaning.py lets through.
LINK = re.compile(r'<a [^>]*?href="([^"]+)"')


def is_address(url: str) -> bool:
    """Whether a message may link to `url`: what is on the web, and whom one can write to."""
    host = HOST.search(url)
    return ADDRESS.match(url) is not None and not (host and NO_HOST.search(host[0]))


def composed(url: str) -> str:
    """`url` with its host as browsers ask for it: composed, and in small letters."""
    if url.isascii() or not WEB.match(url):
        return url
    return HOST.sub(lambda host: _composed_host(host[0]), url, count=1)


def _composed_host(host: str) -> str:
    composed = unicodedata.normalize("NFKC", host).lower()
    # Some characters are made of several, ℀ of a/c: such a host is none.
    return host if any(composed.count(mark) > host.count(mark) for mark in "/?#@:[]\\") else composed


# Characters before an address in which its scheme is looked for, each time there is one.
BEFORE = 1000


def link_address(state: StateInline, silent: bool) -> bool:
    """Inline rule: an address, before its characters could mean anything else.

    One that comes late in a long text is found afterwards, with those that have no scheme.
    """
    near = len(state.pending) < BEFORE and state.pending[-5:].lower().endswith(("http", "https"))
    return near and linkify(state, silent)


# Where an address ends at the latest: at a space, a mark of another script, code or emphasis that begins or
# ends there, https://…/a**bold** and _https://…/a_, or another address behind letters of another script.
END = re.compile(
    rf"[\s`{MARKS}]|\*\*|~~|\|\||\*(?={FOREIGN})|(?<=[^\x00-\x7f])https?://"
    rf"|(?<![*_~|])[*_~|]++(?=[.,;:!?\"')\]}}]*+(?:[\s{MARKS}]|\Z))",
    re.IGNORECASE,
)
# Characters of an address in which its end is looked for so, each time that there may be one.
NEAR = 1000
# What ends a sentence, or emphasis, rather than an address.
CLOSING = f"*_~|{INNER}"


class Addresses(LinkifyIt):
    """Finds addresses in plain text, as GitHub's Markdown does: https://…, www.… and e-mail.

    A bare name is none: in a chat, README.md and main.rs are files. Around letters of other scripts they
    begin and end as rooms/markup/boundaries.py says.
    """

    def __init__(self) -> None:
        super().__init__({"ftp:": None, "//": None}, {"fuzzy_link": False})
        self.add("www.", {"validate": self.end_of_host, "normalize": self.on_the_web})
        host, path = self.re["src_host_port_strict"], self.re["src_path"]
        numbers = r"\[[0-9a-f:.]{2,45}\](?::\d{1,5})?"
        self.host = re.compile(host + path, re.IGNORECASE)
        self.web = re.compile(f"//{self.re['src_auth']}(?:{host}|{numbers}){path}", re.IGNORECASE)
        self.mail = re.compile(f"{self.re['src_email_name']}@{self.re['src_host_strict']}", re.IGNORECASE)
        # A host before a letter of another script: no top-level domain has letters of two.
        top = rf"(?:{self.re['src_tlds']}|[a-z]{{2,63}}(?=:\d|{FOREIGN}[^\s./?#:]*(?:[\s/?#:]|\Z)))"
        self.glued = re.compile(
            rf"(?://)?(?:localhost|\d+(?:\.\d+){{3}}|[^/?#\s]*?\.{top})(?::\d{{1,5}})?(?={FOREIGN})",
            re.IGNORECASE,
        )

    def _on_compile(self) -> None:
        """Let letters of other scripts stand before www., and around an e-mail address."""
        nothing = self.re["src_ZPCc"]
        self.re["src_ZPCc"] = f"{nothing}|{FOREIGN}"
        ends = rf"(?=$|[><]|{self.re['src_ZPCc']})(?!-|_[{LATIN}]|:\d|\.-|\.(?!$|{nothing}))"
        self.re["tpl_email_fuzzy"] = (
            rf"(^|[><\"(]|{self.re['src_ZCc']}|{FOREIGN}[:;,]?)"
            f"({self.re['src_email_name']}@{self.re['tpl_host_fuzzy']}{ends})"
        )

    def pretest(self, text: str) -> bool:
        """Whether there may be an address in `text`."""
        return "://" in text or ("@" in text and MAIL.search(text) is not None) or "www." in text.lower()

    def test(self, text: str) -> bool:
        """The same: `match` finds out, and both would look at everything twice."""
        return self.pretest(text)

    def _validate_http(self, text: str, pos: int) -> int:
        return self._length(self.web, text, pos)

    def _validate_mailto(self, text: str, pos: int) -> int:
        return self._length(self.mail, text, pos)

    def end_of_host(self, text: str, pos: int) -> int:
        """How many characters after a www. at `pos` are still its address."""
        return 0 if text[pos - 5 : pos - 4] in (".", "-", "/") else self._length(self.host, text, pos)

    def _length(self, pattern: re.Pattern[str], text: str, pos: int) -> int:
        """How many characters from `pos` on are an address."""
        near = min(pos + NEAR, len(text))
        glued = self.glued.match(text, pos, near)
        last = END.search(text, pos, glued.end() if glued else near)
        end = last.start() if last else glued.end() if glued else len(text)
        found = pattern.match(text, pos, end)
        return len(found[0].rstrip(CLOSING)) if found else 0

    def on_the_web(self, match: Match) -> None:
        """Where www.… leads: https://github.github.com/gfm/#extended-www-autolink."""
        match.url = f"http://{match.url}"


def link_pictures(state: StateCore) -> None:
    """Core rule: pictures of elsewhere are links, for nobody's browser is to fetch them unasked."""
    for block in state.tokens:
        if block.children and any(token.type == "image" for token in block.children):
            block.children = _links_in(block.children)


def web_links(html: str) -> tuple[str, ...]:
    """The addresses on the web to which cleaned `html` links, once each, in their order."""
    found = map(unescape, LINK.findall(html)) if "<a " in html else ()
    return tuple(dict.fromkeys(url for url in found if WEB.match(url)))


def _links_in(tokens: list[Token]) -> list[Token]:
    found: list[Token] = []
    within = 0
    for token in tokens:
        within += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        found += _picture(token, linked=bool(within)) if token.type == "image" else [token]
    return found


def _picture(token: Token, *, linked: bool) -> list[Token]:
    """A picture as a link with its description; within a link, the description alone."""
    text = Token("text", "", 0, content=token.content or str(token.attrs["src"]))
    if linked:
        return [text]
    attributes = {"href": token.attrs["src"]} | {k: v for k, v in token.attrs.items() if k == "title"}
    return [Token("link_open", "a", 1, attrs=attributes), text, Token("link_close", "a", -1)]
