"""The way to the administration, at the side of every page of those who may go there."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString


def way_there(request: HttpRequest) -> dict[str, Any]:
    """`administration`: the link at the side, or nothing."""
    return {"administration": SimpleLazyObject(lambda: _link(request))}


def _link(request: HttpRequest) -> SafeString:
    if not getattr(request.user, "keeps_order", False):
        return SafeString("")
    is_there = request.path.startswith("/administration/")
    return SafeString(get_template("administration/link.html").render({"is_there": is_there}))
