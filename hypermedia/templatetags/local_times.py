"""Times in Django's templates, of what is rendered once for readers in all zones."""

import datetime

from django import template
from django.utils.safestring import SafeString

from hypermedia.local_times import local

register = template.Library()


@register.filter(name="local")
def local_filter(moment: datetime.datetime, form: str) -> SafeString:
    """`{{ moment|local:"form" }}`: a mark for what that form makes of a moment."""
    return local(form, moment)
