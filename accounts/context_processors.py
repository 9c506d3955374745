"""What every page may say about the community."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Community


def community(request: HttpRequest) -> dict[str, Any]:
    """`community`, read when a page first names it: one query."""
    return {"community": SimpleLazyObject(Community.current)}
