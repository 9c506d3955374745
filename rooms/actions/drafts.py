"""What people have begun to write: kept for them, and forgotten once it is said."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from live.frames import storage_problem
from rooms.actions.rejected import Rejected
from rooms.models import Draft, Membership
from rooms.models.message import BODY_LIMIT
from rooms.models.values import AuthorRef

# Rooms in which somebody may have begun to write: more than anybody has in hand.
DRAFT_LIMIT = 200


def save_draft(membership: Membership, text: str) -> bool:
    """Keep `text` as what a person has in the composer of a room; whether there is anything. Two queries.

    Raises Rejected with a sentence.
    """
    if not text.strip():
        Draft.objects.filter(person=membership.person_id, room=membership.room_id).delete()
        return False
    if len(text) > BODY_LIMIT:
        raise Rejected(f"What you write has {len(text):,} characters; {BODY_LIMIT:,} is the most.")
    if why := storage_problem(text):
        raise Rejected(why)
    others = Draft.objects.filter(person=membership.person_id).exclude(room=membership.room_id)
    if others.count() >= DRAFT_LIMIT:
        raise Rejected(f"You have drafts in {DRAFT_LIMIT} rooms already. Send or empty one of them first.")
    draft = Draft(
        person_id=membership.person_id, room_id=membership.room_id, text=text, saved_at=timezone.now()
    )
    Draft.objects.bulk_create(
        [draft], update_conflicts=True, unique_fields=["person", "room"], update_fields=["text", "saved_at"]
    )
    return True


def forget_drafts(places: Iterable[AuthorRef]) -> None:
    """What these people had begun to write in these rooms is said. One query, or none."""
    said = Q()
    for place in places:
        said |= Q(person=place.author_id, room=place.room_id)
    if said:
        Draft.objects.filter(said).delete()
