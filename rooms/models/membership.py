"""Who is in which room."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.expressions import RawSQL, Window
from django.db.models.functions import Lower, RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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


# The sections of the side: favourites, rooms, direct conversations.
SECTION = models.Case(
    models.When(is_favourite=True, then=0), models.When(room__kind=DIRECT, then=2), default=1
)
# Who was spoken with last comes first; rooms with a name are in the order that their member chose.
SPOKEN = models.Case(
    models.When(models.Q(person__side_order="activity") | models.Q(room__kind=DIRECT), then="room__active_at")
)
IN_A_SECTION = (SPOKEN.desc(nulls_first=True), Lower("room__name").asc(), models.F("room").asc())


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

    def shown(self, current: Any) -> "MembershipQuerySet":
        """Those whose rooms are not hidden, have something for their member, or have the slug `current`."""
        is_meant = models.Q(room__called__gt=models.F("read")) | models.Q(mentioned__gt=models.F("read"))
        is_meant |= models.Q(room__kind=DIRECT, room__posts__gt=models.F("read"))
        is_hidden = models.Q(involvement=Membership.Involvement.HIDDEN.value)
        return self.filter(~is_hidden | is_meant | models.Q(room__slug=current))

    def telling(self) -> "MembershipQuerySet":
        """Those whose person may be told, while away, of something in the room."""
        is_silent = models.Q(involvement=Membership.Involvement.NOTHING, told=Membership.Told.USUAL)
        return self.exclude(is_silent | models.Q(told=Membership.Told.NOTHING))

    def counting_gone(self) -> "MembershipQuerySet":
        """Each with the number of deleted messages among those that it has not read, as `gone`."""
        return self.annotate(gone=RawSQL(GONE, (), output_field=models.IntegerField()))  # noqa: S611

    def listed(self) -> "MembershipQuerySet":
        """Those whose rooms stand at the side: not what is archived, nor what nobody has said a word in yet.

        A direct conversation is there for who began it, and for the others with its first message.
        """
        begun = models.Q(room__posts__gt=0) | models.Q(room__created_by=models.F("person"))
        return self.filter(~models.Q(room__kind=DIRECT) | begun, room__archived_at__isnull=True)

    def in_order(self) -> "MembershipQuerySet":
        """In the order of the rooms at the side, a section after the other (`section`, its number)."""
        return self.alias(section=SECTION).order_by("person", "section", *IN_A_SECTION)

    def first_of_each_section(self, person: Any, length: int, current: Any) -> "MembershipQuerySet":
        """The first of this person's in each section, and the room with the slug `current`; in order.

        Who is in no more rooms than a section has a place for, as most are, gets all: to count is cheaper
        than to number, and what is behind the OR is then not even begun.
        """
        counted = Membership.objects.filter(person=person).values("person").values(count=models.Count("pk"))
        number = Window(RowNumber(), partition_by=[SECTION], order_by=IN_A_SECTION)
        is_current = models.Case(models.When(room__slug=current, then=1), default=0)
        numbered = self.order_by().alias(number=number, is_current=is_current)
        first = numbered.filter(models.Q(number__lte=length) | models.Q(is_current=1))
        these = models.Q(in_rooms__lte=length) | models.Q(pk__in=first.values("pk"))
        return self.alias(in_rooms=models.Subquery(counted)).filter(these).in_order()

    def how_far(self) -> list[tuple[ReadState, RoomLink]]:
        """How far they have read, and what the side says of the room: each person's in order. One query.

        Who is in the direct ones is another: direct.with_people.
        """
        listed = self.listed().counting_gone().in_order()
        return pairs_in(ReadState, RoomLink, listed.values_list(*paths_of_pair(ReadState, RoomLink)))


class Membership(models.Model):
    """One person's place in one room."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        MODERATOR = "moderator", _("moderator")

    class Involvement(models.TextChoices):
        EVERYTHING = "everything", _("Everything")
        MENTIONS = "mentions", _("Only what is meant for me")
        NOTHING = "nothing", _("Nothing")
        HIDDEN = "hidden", _("Hidden, until something is meant for me")

    class Told(models.TextChoices):
        USUAL = "usual", _("As usual")
        EVERYTHING = "everything", _("Everything")
        NOTHING = "nothing", _("Nothing")

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(default=timezone.now)
    # Of what a badge at the side tells, and whether the room stands there at all.
    involvement = models.CharField(
        max_length=10, choices=Involvement.choices, default=Involvement.EVERYTHING, editable=False
    )
    # Of what they are told while they are away; as usual that follows from the involvement, and from what
    # they chose for all their rooms.
    told = models.CharField(max_length=10, choices=Told.choices, default=Told.USUAL, editable=False)
    is_favourite = models.BooleanField(default=False, editable=False)
    # The number of the last message that this person has read here: Room.posts, when they looked.
    read = CounterField(default=0, editable=False)
    # The number of the last message here that names or answers this person, or called them because they
    # were here. Like `read` and Room.called it is compared and never counted, so that it cannot drift.
    mentioned = CounterField(default=0, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "room"), name="in_a_room_once"),)
        indexes = (
            # Who wants to be told of all that is said in a room: few, in most nobody.
            models.Index(fields=("room",), name="told_everything", condition=models.Q(told="everything")),
        )

    def __str__(self) -> str:
        return f"{self.person} in {self.room}"


class FormerMembership(models.Model):
    """How a room that somebody is in no longer was for them: they go on there when they return."""

    room = models.ForeignKey("rooms.Room", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read = models.PositiveBigIntegerField()
    mentioned = models.PositiveBigIntegerField(default=0)
    involvement = models.CharField(
        max_length=10,
        choices=Membership.Involvement.choices,
        default=Membership.Involvement.EVERYTHING,
        editable=False,
    )
    told = models.CharField(
        max_length=10, choices=Membership.Told.choices, default=Membership.Told.USUAL, editable=False
    )
    is_favourite = models.BooleanField(default=False, editable=False)
    # What goes with somebody and comes back with them; what they were allowed there does not.
    KEPT = ("read", "mentioned", "involvement", "told", "is_favourite")
    left_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "room"), name="left_a_room_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} was in {self.room_id}"
