"""People vote in polls."""

from django.utils.translation import gettext as _

from rooms.actions.message_change import change_message
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.models import Membership, Message, Vote
from rooms.polls import Poll, poll_in


def toggle_vote(membership: Membership, message: Message, choice: str) -> None:
    """Give a vote for a choice, or take it back where that person has given it already.

    Raises Rejected with a sentence, or NotFound where the message is gone meanwhile.
    """
    refuse_archived(membership.room)
    check_may_write(membership.person)

    def toggle() -> None:
        _check_choice(message, choice)
        mine = Vote.objects.filter(message=message, person=membership.person, choice=choice)
        if not mine.delete()[0]:
            Vote.objects.create(message=message, person=membership.person, choice=choice)

    change_message(message, toggle)


def drop_votes(message: Message, poll: Poll | None) -> None:
    """Take away the votes of a message that is edited, but for those whose choice is in the poll still."""
    votes = Vote.objects.filter(message=message)
    if poll is not None:
        votes = votes.exclude(choice__in=poll.choices)
    votes.delete()


def _check_choice(message: Message, choice: str) -> None:
    """Raise Rejected where the message, as it is stored now, offers no such choice."""
    body = Message.objects.filter(pk=message.pk).values_list("body", flat=True).first() or ""
    poll = poll_in(body)
    if poll is None:
        raise Rejected(_("That message asks nothing."))
    if choice not in poll.choices:
        raise Rejected(_("That is none of the choices any more."))
