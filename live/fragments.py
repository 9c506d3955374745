"""The fragments that any page of ours understands. Always `<hx-partial>`s: no frame replaces a page."""

from django.utils.html import escape

# How often a page hears from us, seconds; static/css/notices.css shows "Connection lost" when
# two in a row stay away.
PULSE_INTERVAL = 5

PULSE = (
    '<hx-partial hx-target="#pulse" hx-swap="innerHTML">'
    "<span>Connection lost. What you write is sent when it is back.</span></hx-partial>"
)


def partial(target: str, swap: str, html: str = "") -> str:
    """`html` for every element that the selector `target` matches; ignored where none does.

    `html` is markup already; `target` and `swap` are ours, never a person's text.
    """
    return f'<hx-partial hx-target="{escape(target)}" hx-swap="{swap}">{html}</hx-partial>'


def seen(revision: int) -> str:
    """The number that the page sends when it returns: it shows everything up to `revision`."""
    return partial("#seen", "outerHTML", f'<input type="hidden" id="seen" name="seen" value="{revision}">')


def farewell(text: str, link: str = "", link_text: str = "") -> str:
    """Why this page's socket ends for good, in a sentence, with one thing to do."""
    way = f' <a href="{escape(link)}">{escape(link_text)}</a>' if link else ""
    return partial("#farewell", "innerHTML", f'<span class="strip">{escape(text)}{way}</span>')


def sentence(text: str) -> str:
    """A banner that only one person sees: what went wrong with what they did."""
    return f'<p class="notice is-problem">{escape(text)}</p>'
