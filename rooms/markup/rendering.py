"""A text as HTML, from its Markdown to what is stored."""

import logging
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from html import escape, unescape
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rooms.markup import autolink, blocks, code, emoji, emphasis, escapes, folding, people, tasks
from rooms.markup.cleaning import cleaned
from rooms.markup.people import MAY_NAME, parted_at_names

logger = logging.getLogger(__name__)

# One line without any of the characters that could be Markdown, an address or an emoji's name: most of what
# is said in a chat, and twenty times as fast. An @ is one of a name, unless what is before it may be of an
# e-mail address.
PLAIN = re.compile(
    r"(?:[^\W\d_]|@(?=[A-Za-z0-9_]))"
    r"(?:[A-Za-z0-9\u00a1-\U0010ffff]|[ ,;?!.'\"()%$/+=-]|:(?= )|_(?=[A-Za-z0-9_])"
    r"|(?<![A-Za-z0-9_&;:,.+$=\"-])@(?=[A-Za-z0-9_]))*+"
)
# The most characters of HTML that a text may become, for each of its own and besides. Code in colours is
# four for one. A row that is pushed, and kept, is so no more than a fraction of what a socket may hold back.
GROWTH = 12
GROWTH_BESIDES = 1000

# Brackets, each of which may begin a link: so many take a hundredth of a second, and twice as many four.
BRACKETS = 2000

TAG = re.compile(r"<[^>]*>")


class RenderedMarkup(NamedTuple):
    """A text as HTML, and what it says to whom."""

    html: str
    # The ids of the people it names.
    named: frozenset[int]
    # "room", "here" or nothing: whom it calls besides.
    calls: str
    # The addresses on the web that it links to, in their order.
    links: tuple[str, ...]


def render_markup(text: str, people: Mapping[str, int]) -> RenderedMarkup:
    """`text` as HTML; `people` are the ids of those it may name, by username in lower case. Never raises."""
    if "@" not in text and is_plain(text):
        return _plain(f"<p>{escape(text, quote=False)}</p>")
    if text.count("[") > BRACKETS:
        return as_written(text)
    try:
        return _marked(text, people)
    except Exception:
        logger.exception("A text could not be rendered and is shown as it was written")
        return as_written(text)


def usernames_in(text: str) -> set[str]:
    """What may be usernames in `text`, in lower case: all that render_markup would look for. Never raises."""
    if not MAY_NAME.search(text):
        return set()
    env = _environment({})
    if text.count("[") <= BRACKETS:
        # What cannot be read names nobody; whoever renders it logs why.
        with suppress(Exception):
            _read(text, env)
    return env["asked"]


def is_plain(text: str) -> bool:
    """Whether `text` is nothing but a line of words and names."""
    return (
        len(text) <= folding.CHARACTERS and PLAIN.fullmatch(text) is not None and "www." not in text.lower()
    )


def as_written(text: str) -> RenderedMarkup:
    """`text` as HTML that shows it as it is: for what has nothing to show, or too much."""
    html = f"<p>{escape(text, quote=False).replace('\n', '<br>\n')}</p>"
    is_long = len(text) > folding.CHARACTERS or text.count("\n") > folding.LINES
    return _plain(folding.folded(html) if is_long else html)


def _plain(html: str) -> RenderedMarkup:
    return RenderedMarkup(html, frozenset(), "", ())


def _environment(people: Mapping[str, int]) -> dict[str, Any]:
    return {"people": people, "asked": set(), "named": set(), "calls": set(), "folds": False}


def _read(text: str, env: dict[str, Any]) -> list[Token]:
    """The tokens of a text; `env` has what it says to whom, for who looks people up as for who renders it."""
    if not is_plain(text):
        return _markdown.parse(text, env)
    words = parted_at_names(Token("text", "", 0, content=text), env)
    line = Token("inline", "", 0, children=words)
    return [Token("paragraph_open", "p", 1), line, Token("paragraph_close", "p", -1)]


def _marked(text: str, people: Mapping[str, int]) -> RenderedMarkup:
    env = _environment(people)
    html = _markdown.renderer.render(_read(text, env), _markdown.options, env).strip()
    if len(html) > GROWTH * len(text) + GROWTH_BESIDES or is_blank(html):
        return as_written(text)
    html = cleaned(html)
    return _rendered(folding.folded(html) if env["folds"] else html, env)


def _rendered(html: str, env: Mapping[str, Any]) -> RenderedMarkup:
    calls = "room" if "room" in env["calls"] else "here" if env["calls"] else ""
    return RenderedMarkup(
        html,
        frozenset(env["named"]),
        calls,
        autolink.web_links(html),
    )


def is_blank(html: str) -> bool:
    """Whether nobody would see anything of `html`: a definition, for example, that nothing refers to."""
    return "<hr" not in html and all(
        character.isspace() or unicodedata.category(character) in ("Cc", "Cf")
        for character in unescape(TAG.sub("", html))
    )


class Markdown(MarkdownIt):
    """CommonMark with tables, strikethrough and addresses, as a message has it."""

    def __init__(self) -> None:
        # A line break is what somebody typed, not a wish for the next line to flow.
        super().__init__()
        self.inline = emphasis.InlineParser()
        self.configure("commonmark", {"html": False, "linkify": True, "breaks": True})
        self.linkify = autolink.Addresses()
        self.enable(["table", "strikethrough", "linkify"])
        # A line of dashes under words is a line: mails are pasted with one above the name of who wrote them.
        self.disable("lheading")
        self.block.ruler.at("table", blocks.small_table, {"alt": ["paragraph", "reference"]})
        self.block.ruler.push("end_quotation", blocks.end_quotation, {"alt": ["blockquote"]})
        self.inline.ruler.at("linkify", autolink.link_address)
        self.inline.ruler.before("escape", "keep_path", escapes.keep_path)
        self.core.ruler.before("text_join", "keep_escaped", escapes.keep_escaped)
        self.core.ruler.before("block", "look_for_tables", blocks.look_for_tables)
        for rule in (
            autolink.link_pictures, people.name_people, emoji.draw_emoji, emoji.enlarge_emoji,
            tasks.tick_tasks, blocks.fit_blocks, blocks.fold_long,
        ):  # fmt: skip
            self.core.ruler.push(rule.__name__, rule)
        for render in (code.fence, blocks.table_open, blocks.table_close, escapes.literal, tasks.task_sign):
            self.add_render_rule(render.__name__, render)

    def normalizeLink(self, url: str) -> str:
        """`url` as it is linked to."""
        return super().normalizeLink(autolink.composed(url))

    def validateLink(self, url: str) -> bool:
        """Whether a message may link there; what may not be a link stays the text that it is."""
        return autolink.is_address(url)


_markdown = Markdown()
