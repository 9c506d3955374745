"""What a message said before it was edited, by HTTP."""

from django.core.paginator import Paginator
from django.http import HttpResponseBase

from accounts.access import PersonRequest
from rooms import access
from rooms.models import Message, Version
from rooms.render.diff import word_diff
from rooms.views.beside import BesideView, open_beside

VERSIONS_ON_A_PAGE = 20


class VersionsView(BesideView):
    """The texts of a message, for everybody in its room."""

    def get(self, request: PersonRequest, slug: str, pk: int) -> HttpResponseBase:
        """A page of them, the newest first, each with what it changed."""
        membership, message = access.message(request.user.pk, slug, pk)
        earlier = message.versions.order_by("-pk")
        page = Paginator(range(earlier.count() + 1), VERSIONS_ON_A_PAGE).get_page(request.GET.get("page"))
        first = page.start_index() - 1
        # The first of all is what the message says now; the last of a page is compared with the one before.
        texts = [_now(message)] if first == 0 else []
        texts += earlier[max(first - 1, 0) : first + VERSIONS_ON_A_PAGE]
        versions = _compared(texts)[:VERSIONS_ON_A_PAGE]
        context = {"message": message, "page": page, "versions": versions}
        return open_beside(request, membership.room, "rooms/versions.html", context)


def _now(message: Message) -> Version:
    written_at = message.edited_at or message.posted_at
    return Version(message=message, body=message.body, html=message.html, written_at=written_at)


def _compared(texts: list[Version]) -> list[dict[str, object]]:
    """Each of `texts`, the newest first, with how it differs from the one before it."""
    before = [*texts[1:], None]
    return [
        {
            "written_at": text.written_at,
            "html": word_diff(old.body, text.body) if old else text.body,
        }
        for text, old in zip(texts, before, strict=True)
    ]
