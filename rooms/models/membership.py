"""Who is in which room."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils import timezone

from database.fields import CounterField
from database.rows import pairs_in, paths_of_pair, read_rows
from rooms.models import room_lists
from rooms.models.message import PEOPLE_REVISION
from rooms.models.values import DIRECT, AuthorRef, ReadState, RoomLink

# The deleted messages that the person of a membership has not read: few, and in an index of their own.
GONE = """
    (SELECT COUNT(*) FROM rooms_message AS gone WHERE gone.room_id = rooms_membership.room_id
    AND gone.number > rooms_membership.read AND gone.deleted_at IS NOT NULL)
"""


class MembershipQuerySet(models.QuerySet["Membership"]):
    @transaction.atomic
    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Put people in rooms; their lists have changed."""
        created = super().bulk_create(objs, *args, **kwargs)
        room_lists.count_change_of_lists({membership.person_id for membership in created})
        return created

    def authors(self, ids: Iterable[int]) -> dict[int, AuthorRef]:
        """Those of `ids` that are there, of people who may come in; by id. One query."""
        found = self.filter(pk__in=set(ids), person__is_active=True).annotate(people_revision=PEOPLE_REVISION)
        return {author.membership_id: author for author in read_rows(AuthorRef, found)}

    def counting_gone(self) -> "MembershipQuerySet":
        """Each with the number of deleted messages among those that it has not read, as `gone`."""
        return self.annotate(gone=RawSQL(GONE, (), output_field=models.IntegerField()))  # noqa: S611

    def listed(self) -> "MembershipQuerySet":
        """Those whose rooms stand at the side: not what is archived, nor what nobody has said a word in yet.

        A direct conversation is there for who began it, and for the others with its first message.
        """
        begun = models.Q(room__posts__gt=0) | models.Q(room__created_by=models.F("person"))
        return self.filter(~models.Q(room__kind=DIRECT) | begun, room__archived_at__isnull=True)

    def by_room_name(self) -> "MembershipQuerySet":
        """In the order of the rooms at the side: those with a name by it, then who was spoken with last."""
        is_direct = models.Case(models.When(room__kind=DIRECT, then=1), default=0)
        spoken = models.Case(models.When(room__kind=DIRECT, then="room__active_at"))
        return self.order_by("person", is_direct, Lower("room__name"), spoken.desc(), "room")

    def how_far(self) -> list[tuple[ReadState, RoomLink]]:
        """How far they have read, and what the side says of the room: each person's in order. One query.

        Who is in the direct ones is another: direct.with_people.
        """
        listed = self.listed().counting_gone().by_room_name()
        return pairs_in(ReadState, RoomLink, listed.values_list(*paths_of_pair(ReadState, RoomLink)))


class Membership(models.Model):
    """One person's place in one room."""

    class Role(models.TextChoices):
        MEMBER = "member", "member"
        MODERATOR = "moderator", "moderator"

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(default=timezone.now)
    # The number of the last message that this person has read here: Room.posts, when they looked.
    read = CounterField(default=0, editable=False)
    # The number of the last message here that names or answers this person, or called them because they
    # were here. Like `read` and Room.called it is compared and never counted, so that it cannot drift.
    mentioned = CounterField(default=0, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "room"), name="in_a_room_once"),)

    def __str__(self) -> str:
        return f"{self.person} in {self.room}"


class FormerMembership(models.Model):
    """How far somebody had read in a room that they are in no longer: they go on there when they return."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read = models.PositiveBigIntegerField()
    left_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "room"), name="left_a_room_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} was in {self.room_id}"
