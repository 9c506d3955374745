"""What stands in a row besides its words: each loaded for many rows in one query, and rendered once."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from rooms.models.values import MessageRow
from rooms.render import attachments, link_previews, notices, polls, quotes, reactions

NOTHING = SafeString("")


class Pieces(NamedTuple):
    """The pieces of one row, as HTML."""

    quote: SafeString = NOTHING
    poll: SafeString = NOTHING
    files: SafeString = NOTHING
    previews: SafeString = NOTHING
    reactions: SafeString = NOTHING
    notice: SafeString = NOTHING


def pieces_of(messages: Sequence[MessageRow]) -> dict[int, Pieces]:
    """The pieces of each of `messages`, by id. Six queries at most, whatever their number."""
    if not messages:
        return {}
    files = (quotes, polls, attachments, link_previews, reactions, notices)
    kinds = [kind.render_for(messages) for kind in files]
    return {message.pk: Pieces(*(kind.get(message.pk, NOTHING) for kind in kinds)) for message in messages}
