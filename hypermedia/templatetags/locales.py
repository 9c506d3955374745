"""What of a page is up to its reader's locale, in Django's templates."""

import datetime
import re

from django import template
from django.utils import translation
from django.utils.safestring import SafeString

from hypermedia.locales import local

register = template.Library()

# What ends a string of CSS, begins an escape in it, or could end the element that it is in.
ENDS_STYLE = re.compile(r"[\"\\<>&\n\r\f]")


@register.filter(name="local")
def local_filter(moment: datetime.datetime, form: str) -> SafeString:
    """`{{ moment|local:"form" }}`: a mark for what that form makes of a moment."""
    return local(form, moment)


@register.filter
def in_style(words: str) -> SafeString:
    """`{{ words|in_style }}`: words as a string of CSS, with its quotation marks, within a `<style>`.

    What could end either is escaped: https://drafts.csswg.org/css-syntax/#consume-escaped-code-point.
    """
    return SafeString('"' + ENDS_STYLE.sub(lambda found: f"\\{ord(found[0]):x} ", str(words)) + '"')


@register.simple_tag
def direction() -> SafeString:
    """The attribute of an element whose language is written from right to left."""
    return SafeString(' dir="rtl"' if translation.get_language_bidi() else "")
