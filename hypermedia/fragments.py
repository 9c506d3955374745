"""The fragments that any page of ours understands. Always `<hx-partial>`s: no frame replaces a page."""

from django.utils.html import escape

# Before a selector, for what takes the focus: where somebody writes by now it comes too late, and would get
# their letters. In a popover itself one may write.
UNLESS_ONE_WRITES = "body:not(:has(textarea:focus:not([popover] *))) "


def hx_partial(target: str, swap: str, html: str = "") -> str:
    """`html` for every element that the selector `target` matches; ignored where none does.

    `html` is markup already; `target` and `swap` are ours, never a person's text.
    """
    return f'<hx-partial hx-target="{escape(target)}" hx-swap="{swap}">{html}</hx-partial>'


def seen_input(revision: int) -> str:
    """The number that the page sends when it returns: it shows everything up to `revision`."""
    return hx_partial("#seen", "outerHTML", f'<input type="hidden" id="seen" name="seen" value="{revision}">')


def closing_notice(text: str, link: str = "", link_text: str = "") -> str:
    """Why this page's socket ends for good, in a sentence, with one thing to do.

    An empty `link` leads to the page itself.
    """
    way = f' <a href="{escape(link)}">{escape(link_text)}</a>' if link_text else ""
    return hx_partial("#farewell", "innerHTML", f'<span class="strip">{escape(text)}{way}</span>')


def notice(text: str) -> str:
    """A banner that only one person sees: what they did, where nothing else shows it."""
    return f'<p class="notice">{escape(text)}</p>'


def problem_notice(text: str) -> str:
    """A banner that only one person sees: what went wrong with what they did."""
    return f'<p class="notice is-problem">{escape(text)}</p>'
