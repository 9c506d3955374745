"""Messages as they stand on a page: each rendered once, and kept for as long as it is as it was."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template
from django.utils.safestring import SafeString

from accounts.models import colour_of, initials_of
from live import bus
from rooms.models.message import Shown, site_time
from rooms.pieces import Pieces, pieces_of

if TYPE_CHECKING:
    from live.process import LiveProcess

# Rows that are kept rendered: some 15 MB.
ROWS_KEPT = 20_000


class Rows:
    """The rendered rows of one process, the least used ones dropped first."""

    def __init__(self) -> None:
        self.kept: OrderedDict[tuple[object, ...], SafeString] = OrderedDict()

    def of(self, messages: Sequence[Shown]) -> list[SafeString]:
        """The rows of `messages`. What they are made of besides is asked for once, for all that are new."""
        found = {_key(message): self._take(_key(message)) for message in messages}
        new = [message for message in messages if found[_key(message)] is None]
        pieces = pieces_of(new)
        for message in new:
            found[_key(message)] = self._keep(message, _render(message, pieces[message.pk]))
        return [row for row in found.values() if row is not None]

    def _take(self, key: tuple[object, ...]) -> SafeString | None:
        row = self.kept.pop(key, None)
        if row is not None:
            self.kept[key] = row
        return row

    def _keep(self, message: Shown, row: SafeString) -> SafeString:
        self.kept[_key(message)] = row
        if len(self.kept) > ROWS_KEPT:
            self.kept.popitem(last=False)
        return row


def _key(message: Shown) -> tuple[object, ...]:
    """What a row depends on: the revision stands for all that changes in the room."""
    return (
        message.pk, message.revision, message.reply_to_revision, message.posted_at, message.name,
        message.hue,
    )  # fmt: skip


def _render(message: Shown, pieces: Pieces) -> SafeString:
    context = _values(message) | {"pieces": pieces}
    return SafeString(get_template("rooms/message.html").render(context).strip())


def _values(message: Shown) -> dict[str, object]:
    at = site_time(message.posted_at)
    return {
        "message": message,
        "colour": colour_of(message.author_id, message.hue),
        "initials": initials_of(message.name),
        "at": at,
        "when": at.isoformat(),
        "clock": f"{at:%H:%M}",
    }


_rows = Rows()


@bus.on("profile_changed")
def _forget(process: "LiveProcess", event: dict[str, Any]) -> None:
    """A name may stand in any row, in a quote or under a reaction: none is kept."""
    _rows.kept.clear()


def rows(messages: Sequence[Shown]) -> SafeString:
    """Their rows, as one string. Four queries at most, and none for those that are kept."""
    return SafeString("".join(_rows.of(messages)))


def row(message: Shown) -> SafeString:
    """The row of one message."""
    return rows([message])


def time_with_focus(message: Shown) -> SafeString:
    """The time of a message, that link in its row, which takes the focus when it comes to a page."""
    context = _values(message) | {"has_focus": True}
    return SafeString(get_template("rooms/message.html#when").render(context))


def rows_apart(messages: Sequence[Shown]) -> list[tuple[Shown, SafeString]]:
    """Each of `messages` with its row, for a list that is no conversation."""
    return list(zip(messages, _rows.of(messages), strict=True))
