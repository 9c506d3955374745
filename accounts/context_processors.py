"""What every page may show of the community and its people."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.page_context import page_context


def page_surroundings(request: HttpRequest) -> dict[str, Any]:
    """`community`, `outcome`, `online`, `folded` and `own_picture`, each read when a page first names it."""
    its = page_context(request)
    return {
        "community": SimpleLazyObject(lambda: its.community),
        "outcome": SimpleLazyObject(lambda: its.outcome),
        "online": SimpleLazyObject(lambda: its.online),
        "own_picture": SimpleLazyObject(lambda: its.own_picture),
        "folded": SimpleLazyObject(lambda: its.folded),
    }
