"""Links: to the web and to e-mail, and to nowhere else."""

import re

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.linkify import linkify
from markdown_it.token import Token

ADDRESS = re.compile(r"https?://|mailto:", re.IGNORECASE)


def is_address(url: str) -> bool:
    """Whether a message may link to `url`: what is on the web, and whom one can write to."""
    return ADDRESS.match(url) is not None


# Characters before an address in which its scheme is looked for, each time there is one.
BEFORE = 1000


def link_address(state: StateInline, silent: bool) -> bool:
    """Inline rule: an address, before its characters could mean anything else.

    One that comes late in a long text is found afterwards, with those that have no scheme.
    """
    near = len(state.pending) < BEFORE and state.pending[-5:].lower().endswith(("http", "https"))
    return near and linkify(state, silent)


class Addresses(LinkifyIt):
    """Finds addresses in plain text, as GitHub's Markdown does: https://…, www.… and e-mail.

    A bare name is none: in a chat, README.md and main.rs are files.
    """

    def __init__(self) -> None:
        super().__init__({"ftp:": None, "//": None}, {"fuzzy_link": False})
        self.host = re.compile(self.re["src_host_port_strict"] + self.re["src_path"], re.IGNORECASE)
        self.add("www.", {"validate": self.end_of_host, "normalize": self.on_the_web})

    def pretest(self, text: str) -> bool:
        """Whether there may be an address in `text`."""
        return "://" in text or "@" in text or "www." in text.lower()

    def test(self, text: str) -> bool:
        """The same: `match` finds out, and both would look at everything twice."""
        return self.pretest(text)

    def end_of_host(self, text: str, pos: int) -> int:
        """How many characters after a www. at `pos` are still its address."""
        if text[pos - 5 : pos - 4] in (".", "-", "/"):
            return 0
        found = self.host.match(text, pos)
        return len(found[0]) if found else 0

    def on_the_web(self, match: Match) -> None:
        """Where www.… leads: https://github.github.com/gfm/#extended-www-autolink."""
        match.url = f"http://{match.url}"


def collect_links(state: StateCore) -> None:
    """Core rule: pictures of elsewhere are links, for nobody's browser is to fetch them unasked.

    What a message links to on the web is kept, in its order.
    """
    for block in state.tokens:
        if block.children and any(token.type in ("link_open", "image") for token in block.children):
            block.children = _links_in(block.children)
            state.env["links"] += [
                url
                for token in block.children
                if token.type == "link_open" and (url := str(token.attrs["href"])).startswith("http")
            ]


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
