"""The few words of ours within a message: stored in English, and shown in the language of each reader."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from rooms.markup.blocks import TABLE
from rooms.markup.folding import UNFOLD

SHEET = '<div class="sheet" role="group" aria-label="{}" tabindex="0">'
UNFOLDING = (
    '<details class="unfold"><summary><span class="closed">{}</span>'
    '<span class="opened">{}</span></summary></details>'
)


def with_own_words(html: str) -> str:
    """The stored `html` of a message, with those words in the current language.

    What people write begins no tag, so each that is found is ours.
    """
    if TABLE in html:
        html = html.replace(TABLE, format_html(SHEET, _("Table")))
    if UNFOLD in html:
        html = html.replace(UNFOLD, format_html(UNFOLDING, _("Show all"), _("Show less")))
    return html
