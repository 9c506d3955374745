"""What stands at the side of every page."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from rooms.render.reactions import quick_reactions
from rooms.render.sidebar import Sidebar


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """`sidebar`: the rooms of the current user, read when a page shows them; and their `quick_reactions`."""
    # Which room a page is about, its address says.
    current = request.resolver_match.kwargs.get("slug", "") if request.resolver_match else ""
    return {
        "sidebar": SimpleLazyObject(lambda: Sidebar(request.user, current)),  # type: ignore[arg-type]
        "quick_reactions": SimpleLazyObject(lambda: quick_reactions(request.user)),  # type: ignore[arg-type]
    }
