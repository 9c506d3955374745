"""The text in a composer's box, and what of it is marked there, as a request of the page says it."""

from typing import NamedTuple

from django.http import HttpRequest

from live.frames import storage_problem
from rooms.models.message import BODY_LIMIT
from rooms.render.room_page import THREADS_BOX


class Selection(NamedTuple):
    """A text, and two places in it: where the mark begins, and where it ends. A mere caret is both."""

    text: str
    start: int
    end: int

    @property
    def before(self) -> str:
        """What stands before the mark."""
        return self.text[: self.start]

    @property
    def marked(self) -> str:
        """What is marked."""
        return self.text[self.start : self.end]

    def offset(self, place: int) -> int:
        """That place as browsers count it, in UTF-16."""
        return len(self.text[:place].encode("utf-16-le")) // 2


def selection_in(request: HttpRequest) -> Selection:
    """What `body`, `at` and `to` say. Without places the caret is at the end.

    Text that nobody can store is none. A browser counts the end of a line as one, even where it sends two.
    """
    text = request.POST.get("body", "").replace("\r\n", "\n")[:BODY_LIMIT]
    if storage_problem(text):
        return Selection("", 0, 0)
    start, end = (_place(text, request.POST.get(name, "")) for name in ("at", "to"))
    return Selection(text, min(start, end), end)


def box_in(request: HttpRequest) -> dict[str, str]:
    """Which box a request of the page is about, the room's or a thread's: what the ids in it begin with, its
    own id, and that of its list.
    """
    of = THREADS_BOX if "thread" in request.POST else ""
    return {"of": of, "box": f"{of}body", "offers": f"{of}suggestions"}


def _place(text: str, offset: str) -> int:
    """The place that a browser calls `offset`; the end where it calls none, or one beyond."""
    if not (offset.isascii() and offset.isdigit() and len(offset) < 9):
        return len(text)
    return len(text.encode("utf-16-le")[: 2 * int(offset)].decode("utf-16-le", "ignore"))
