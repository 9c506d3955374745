"""What stands in a row besides its words: each loaded for many rows in one query, and rendered once."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from rooms.models.values import MessageRow
from rooms.render import answerers, attachments, link_previews, notices, polls, quotes, reactions

NOTHING = SafeString("")
# In the order of the fields of Pieces.
KINDS = (quotes, polls, attachments, link_previews, reactions, notices, answerers)


class Pieces(NamedTuple):
    """The pieces of one row, as HTML."""

    quote: SafeString = NOTHING
    poll: SafeString = NOTHING
    files: SafeString = NOTHING
    previews: SafeString = NOTHING
    reactions: SafeString = NOTHING
    notice: SafeString = NOTHING
    answerers: SafeString = NOTHING


def pieces_of(messages: Sequence[MessageRow]) -> dict[int, Pieces]:
    """The pieces of each of `messages`, by id. Seven queries at most, whatever their number."""
    if not messages:
        return {}
    kinds = [kind.render_for(messages) for kind in KINDS]
    return {message.pk: Pieces(*(kind.get(message.pk, NOTHING) for kind in kinds)) for message in messages}
