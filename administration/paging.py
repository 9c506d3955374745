"""Lists that are as long as a community is large are shown a page at a time, and searched."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

# Rows on a page.
ROWS = 50


def words_in(request: HttpRequest) -> str:
    """What somebody looks for, as the address says it in `q`."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def page_of(request: HttpRequest, found: QuerySet[Any]) -> Page[Any]:
    """The page that is asked for, or the nearest one there is. Two queries."""
    return Paginator(found, ROWS).get_page(request.GET.get("page"))
