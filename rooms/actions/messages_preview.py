"""What a text would be if it were said now."""

from typing import NamedTuple

from rooms.actions.mentions import people_named
from rooms.actions.messages_prepare import clean_body
from rooms.commands import action_in
from rooms.markup import render_markup
from rooms.markup.own_words import with_own_words
from rooms.models import Membership
from rooms.polls import poll_in
from rooms.render.polls import render_choices


class MessagePreview(NamedTuple):
    """A message that nobody has sent."""

    is_action: bool
    html: str


def preview_message(membership: Membership, text: str) -> MessagePreview:
    """What `text` would be, said by that member. Raises Rejected with a sentence. One query, or none."""
    body = clean_body(text)
    is_action, words = action_in(body)
    people = people_named([(membership.room_id, words)]).get(membership.room_id, {})
    poll = poll_in(body)
    html = with_own_words(render_markup(words, people).html)
    return MessagePreview(is_action, html + (render_choices(poll) if poll else ""))
