"""What people have begun to write: kept for them, and forgotten once it is said."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from live.frames import storage_problem
from rooms.actions.rejected import Rejected
from rooms.models import Draft, Membership
from rooms.models.message import BODY_LIMIT
from rooms.models.values import AuthorRef

# Rooms and threads in which somebody may have begun to write: more than anybody has in hand.
DRAFT_LIMIT = 200


def save_draft(membership: Membership, text: str, thread: int | None = None) -> bool:
    """Keep `text` as what a person has in the composer of a room; whether there is anything.

    With `thread`, the id of a thread's first message, in the box of that. One query where there was a draft,
    three for the first words. Raises Rejected with a sentence.
    """
    mine = Draft.objects.filter(person=membership.person_id, room=membership.room_id, thread=thread)
    if not text.strip():
        mine.delete()
        return False
    if len(text) > BODY_LIMIT:
        raise Rejected(
            _("What you write has %(count)s characters; %(most)s is the most.")
            % {"count": f"{len(text):,}", "most": f"{BODY_LIMIT:,}"}
        )
    if why := storage_problem(text):
        raise Rejected(why)
    if not mine.update(text=text, saved_at=timezone.now()):
        _begin(membership, text, thread)
    return True


def _begin(membership: Membership, text: str, thread: int | None) -> None:
    """Keep the first words. What another page of theirs begins there in the same moment stands."""
    if Draft.objects.filter(person=membership.person_id).count() >= DRAFT_LIMIT:
        raise Rejected(
            _("You have drafts in %(number)d rooms already, or threads. Send or empty one of them first.")
            % {"number": DRAFT_LIMIT}
        )
    draft = Draft(person_id=membership.person_id, room_id=membership.room_id, thread_id=thread, text=text)
    Draft.objects.bulk_create([draft], ignore_conflicts=True)


def forget_drafts(boxes: Iterable[tuple[AuthorRef, int | None]]) -> None:
    """What these people had begun to write there, in a room or in a thread, is said. One query, or none."""
    said = Q()
    for place, thread in boxes:
        said |= Q(person=place.author_id, room=place.room_id, thread=thread)
    if said:
        Draft.objects.filter(said).delete()
