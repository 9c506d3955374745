"""What stands at the side of every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from rooms.render.sidebar import Sidebar


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """`sidebar`: the rooms of the current user, read when a page shows them."""
    # Which room a page is about, its address says.
    current = request.resolver_match.kwargs.get("slug", "") if request.resolver_match else ""
    return {"sidebar": SimpleLazyObject(lambda: Sidebar(request.user, current))}  # type: ignore[arg-type]
