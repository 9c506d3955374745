"""Polls, under their question: each choice with how many want it, as buttons."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from hypermedia.templates import macro
from rooms.markup.emoji import draw_names
from rooms.models import Vote
from rooms.models.values import MessageRow
from rooms.polls import Poll, poll_in
from rooms.render.names import named_html

# So many find their own marked in a row, which has to stay small in a large room.
MARKED_LIMIT = 100


class ChoiceSummary(NamedTuple):
    """One choice of a poll, and who wants it."""

    choice: str
    times: int = 0
    # The first of them: their ids and names.
    people: tuple[tuple[int, str], ...] = ()

    @property
    def shown(self) -> str:
        """Its words, with emoji for their names."""
        return draw_names(self.choice)

    @property
    def tokens(self) -> str:
        """The ids, as a style sheet looks for one's own."""
        return " ".join(str(pk) for pk, _ in self.people)

    @property
    def names(self) -> SafeString:
        """Those who are named here, each as open pages know them."""
        return named_html(self.people)

    @property
    def more(self) -> int:
        """How many want it besides those who are named here."""
        return self.times - len(self.people)


def render_for(messages: Sequence[MessageRow]) -> dict[int, SafeString]:
    """The choices of each of `messages` that is a poll, by its id. One query, none where none has a vote."""
    polls = {message.pk: poll for message in messages if (poll := poll_in(message.body))}
    if not polls:
        return {}
    # For what nothing has happened to since it was posted nobody has voted.
    voted = [message.pk for message in messages if message.pk in polls and is_changed(message)]
    found = summaries({pk: polls[pk] for pk in voted}, MARKED_LIMIT) if voted else {}
    render = macro("rooms/poll.html", "poll")
    asked = [message for message in messages if message.pk in polls]
    return {
        message.pk: render(message, found.get(message.pk) or _unanswered(polls[message.pk]))
        for message in asked
    }


def is_changed(message: MessageRow) -> bool:
    """Whether anything has happened to a message since it was posted."""
    return message.revision != message.first_revision


def render_choices(poll: Poll) -> SafeString:
    """The choices of a poll that nobody has sent, to be looked at."""
    return macro("rooms/poll.html", "choices")(_unanswered(poll))


def summaries(polls: dict[int, Poll], most: int) -> dict[int, list[ChoiceSummary]]:
    """How each of `polls` stands, by the ids of their messages; `most` people a choice. One query."""
    counted: dict[tuple[int, str], ChoiceSummary] = {}
    for vote in Vote.objects.given(polls, most):
        key = (vote.message_id, vote.value)
        before = counted.get(key, ChoiceSummary(vote.value))
        person = (vote.person_id, vote.name)
        counted[key] = ChoiceSummary(vote.value, vote.times, (*before.people, person))
    return {
        pk: [counted.get((pk, one.choice), one) for one in _unanswered(poll)] for pk, poll in polls.items()
    }


def _unanswered(poll: Poll) -> list[ChoiceSummary]:
    return [ChoiceSummary(choice) for choice in poll.choices]
