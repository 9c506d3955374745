"""Messages as they stand on a page: each rendered once, and kept for as long as it is as it was."""

from collections import OrderedDict
from collections.abc import Sequence

from django.template.loader import get_template
from django.utils.safestring import SafeString

from accounts.models import colour_of, initials_of
from rooms.models.message import Shown, site_time
from rooms.pieces import Pieces, pieces_of

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
    at = site_time(message.posted_at)
    context = {
        "message": message,
        "pieces": pieces,
        "colour": colour_of(message.author_id, message.hue),
        "initials": initials_of(message.name),
        "at": at,
        "when": at.isoformat(),
        "clock": f"{at:%H:%M}",
    }
    return SafeString(get_template("rooms/message.html").render(context).strip())


_rows = Rows()


def rows(messages: Sequence[Shown]) -> SafeString:
    """Their rows, as one string. Four queries at most, and none for those that are kept."""
    return SafeString("".join(_rows.of(messages)))


def row(message: Shown) -> SafeString:
    """The row of one message."""
    return rows([message])
