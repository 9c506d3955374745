"""Markdown for those who do not know it: what a button makes of the text that is marked."""

import re
from collections.abc import Callable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WEB = re.compile(r"https?://\S+")
FENCE = "```"


class Format(NamedTuple):
    """Something to be made of a text: its name and icon (Lucide's), how one types it, and what makes it."""

    name: str | Promise
    icon: str
    typed: str | Promise
    apply: Callable[[str], str]
    # Whether it is for whole lines.
    is_of_lines: bool = False


def around(mark: str, nothing: str | Promise) -> Callable[[str], str]:
    """Puts `mark` around a text, or takes it away again; where there is no text, around `nothing`."""

    def apply(text: str) -> str:
        words = text.strip()
        if not words:
            return f"{text}{mark}{nothing}{mark}"
        is_marked = words.startswith(mark) and words.endswith(mark) and len(words) > 2 * len(mark)
        made = words[len(mark) : -len(mark)] if is_marked else f"{mark}{words}{mark}"
        # White space would keep Markdown from seeing the mark: it stays outside.
        return text.replace(words, made, 1)

    return apply


def before_lines(mark: str, nothing: str | Promise) -> Callable[[str], str]:
    """Puts `mark` before each line, or takes it away where each has it."""

    def apply(text: str) -> str:
        lines = (text or str(nothing)).split("\n")
        if text and all(line.startswith(mark) for line in lines if line):
            return "\n".join(line.removeprefix(mark) for line in lines)
        return "\n".join(f"{mark}{line}" if line or mark.startswith(">") else line for line in lines)

    return apply


def link(text: str) -> str:
    """A link: from an address its words are still to be written, from words the address."""
    words = _("words")
    if WEB.fullmatch(text.strip()):
        return f"[{words}]({text.strip()})"
    return f"[{text.strip() or words}](https://)"


def code(text: str) -> str:
    """Code: in the line, or lines of it."""
    if "\n" in text.strip("\n"):
        return f"{FENCE}\n{text.strip('\n')}\n{FENCE}\n"
    if "`" in text:
        return f"`` {text.strip()} ``"
    return around("`", _("code"))(text)


BOLD, ITALIC, POINT, WORDS = (
    gettext_lazy("bold"),
    gettext_lazy("italic"),
    gettext_lazy("point"),
    gettext_lazy("words"),
)
FORMATS = (
    Format(gettext_lazy("Bold"), "bold", gettext_lazy("**bold**"), around("**", BOLD)),
    Format(gettext_lazy("Italic"), "italic", gettext_lazy("*italic*"), around("*", ITALIC)),
    Format(gettext_lazy("Link"), "link", gettext_lazy("[words](https://…)"), link),
    Format(
        gettext_lazy("List"), "list", gettext_lazy("- point"), before_lines("- ", POINT), is_of_lines=True
    ),
    Format(gettext_lazy("Code"), "code", gettext_lazy("`code`"), code),
    Format(
        gettext_lazy("Quotation"),
        "quote",
        gettext_lazy("> words"),
        before_lines("> ", WORDS),
        is_of_lines=True,
    ),
)
