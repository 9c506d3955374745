"""What a text would be if it were said now."""

from typing import NamedTuple

from rooms.actions import clean_body
from rooms.actions.mentioning import people_named
from rooms.commands import action_in
from rooms.markup import marked
from rooms.models import Membership


class Unsaid(NamedTuple):
    """A message that nobody has sent."""

    is_action: bool
    html: str


def unsaid(membership: Membership, text: str) -> Unsaid:
    """What `text` would be, said by that member. Raises Rejected with a sentence. One query, or none."""
    is_action, words = action_in(clean_body(text))
    people = people_named([(membership.room_id, words)]).get(membership.room_id, {})
    return Unsaid(is_action, marked(words, people).html)
