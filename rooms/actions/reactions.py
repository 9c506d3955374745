"""People react to messages."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from rooms import broadcasts
from rooms.actions.message_change import change_message
from rooms.actions.muting import check_may_write
from rooms.actions.rejected import Rejected, refuse_archived
from rooms.emoji import AT_HAND, parse_emoji
from rooms.models import Membership, Message, Reaction

# Those are at hand that somebody gave most, among so many of their last.
GIVEN_OF_LATE = 100
# Different emoji under one message: what still stands in a few lines.
EMOJIS_UNDER_A_MESSAGE = 20


def toggle_reaction(membership: Membership, message: Message, text: str) -> None:
    """Give the emoji `text` to a message, or take it back where that person has given it already.

    Raises Rejected with a sentence, or NotFound where the message is gone meanwhile.
    """
    refuse_archived(membership.room)
    check_may_write(membership.person)
    emoji = parse_emoji(text)
    if emoji is None:
        raise Rejected(_("A reaction is one emoji."))
    mine = Reaction.objects.filter(message=message, person=membership.person, emoji=emoji)

    def toggle() -> dict[str, object]:
        if not mine.delete()[0]:
            _check_room_for(message, emoji)
            Reaction.objects.create(
                message=message, person=membership.person, emoji=emoji, reacted_at=timezone.now()
            )
        return {"reacted_revision": message.revision}

    change_message(message, toggle, tell=broadcasts.message_reacted_to)
    _note_what_is_used(membership.person)


def _note_what_is_used(person: Person) -> None:
    """Keep what they react with most: no page has to ask for it. A query, and another where it changes."""
    used = " ".join(Reaction.objects.most_used_by(person.pk, GIVEN_OF_LATE, AT_HAND))
    if used != person.reacts_with:
        Person.objects.filter(pk=person.pk).update(reacts_with=used)


def _check_room_for(message: Message, emoji: str) -> None:
    there = set(Reaction.objects.filter(message=message).values_list("emoji", flat=True).distinct())
    if emoji not in there and len(there) >= EMOJIS_UNDER_A_MESSAGE:
        raise Rejected(
            _("There are %(number)d different reactions already: use one of those.")
            % {"number": EMOJIS_UNDER_A_MESSAGE}
        )
