"""A notification on the desktop, for who wants one, of the newest message that is for them.

The page that gets it shows it, if its browser may. It has the number of its message as its tag: a browser
shows one of each, however many processes push it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Q
from django.utils.html import escape

from accounts.models import Block, Person
from database.threads import in_database
from hypermedia.fragments import hx_partial
from hypermedia.locales import fill, for_all_readers
from rooms.models import Message
from rooms.models.values import DIRECT, MessageRow, RoomLink
from rooms.render.quotes import quote_excerpt

if TYPE_CHECKING:
    from live.hub import Socket

# Those that are shown of one second, in one process; a query names each of them.
AT_ONCE = 200


class Shown(NamedTuple):
    """What a page is to show: the message with that number in the room of that link, its words or not."""

    page: "Socket"
    link: RoomLink
    number: int
    choice: str


async def show(wanted: Sequence[Shown]) -> None:
    """Let each page show its message, unless it is deleted or of somebody who is blocked. Two queries."""
    wanted = wanted[:AT_ONCE]
    messages, blocked = await in_database(_load)(
        {(one.link.pk, one.number) for one in wanted}, {one.page.person_id for one in wanted}
    )
    for one in wanted:
        message = messages.get((one.link.pk, one.number))
        if message and (one.page.person_id, message.author_id) not in blocked:
            one.page.write_text(fill(_frame(one, message), one.page.locale))


def _load(
    places: set[tuple[int, int]], people: set[int]
) -> tuple[dict[tuple[int, int], MessageRow], set[tuple[int, int]]]:
    """The messages at `places`, by room and number; and who of `people` has blocked whom."""
    at = Q()
    for room_id, number in places:
        at |= Q(room=room_id, number=number)
    rows = Message.objects.undeleted().filter(at).rows()
    blocks = Block.objects.filter(person__in=people).values_list("person", "blocked")
    return {(row.room_id, row.number): row for row in rows}, set(blocks)


def _frame(shown: Shown, message: MessageRow) -> str:
    """Who wrote, where, and how it begins where that is wanted: templates/base.html makes one of it."""
    title = message.name if shown.link.kind == DIRECT else f"{message.name} · {shown.link.title}"
    words = ""
    if shown.choice == Person.OnDesktop.WORDS:
        with for_all_readers():
            words = quote_excerpt(message)
    tag = f'data-tag="told-{message.pk}"'
    html = f'<i title="{escape(title)}" {tag} data-body="{escape(words)}"></i>'
    return hx_partial("#told", "innerHTML", html)
