"""What a text would be if it were said now."""

from typing import NamedTuple

from rooms.actions.mentions import people_named
from rooms.actions.messages_post import clean_body
from rooms.commands import action_in
from rooms.markup import render_markup
from rooms.models import Membership


class MessagePreview(NamedTuple):
    """A message that nobody has sent."""

    is_action: bool
    html: str


def preview_message(membership: Membership, text: str) -> MessagePreview:
    """What `text` would be, said by that member. Raises Rejected with a sentence. One query, or none."""
    is_action, words = action_in(clean_body(text))
    people = people_named([(membership.room_id, words)]).get(membership.room_id, {})
    return MessagePreview(is_action, render_markup(words, people).html)
