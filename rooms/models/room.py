"""Rooms, and the revision that orders what happens in them."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from accounts.fields import LineField
from database.fields import CounterField
from rooms.models import room_lists

if TYPE_CHECKING:
    from accounts.models import Person


# What is seen of a room on its open pages: each change of it takes a revision.
SEEN = frozenset({"name", "slug", "topic"})
# What is seen of it in the lists of its members' rooms.
LISTED = frozenset({"name", "slug"})


class RoomQuerySet(models.QuerySet["Room"]):
    def of(self, person: "Person") -> "RoomQuerySet":
        """The rooms that `person` is a member of."""
        return self.filter(memberships__person=person)

    def visible_to(self, person: "Person") -> "RoomQuerySet":
        """The rooms that `person` may know of: the open ones, and those they are in."""
        from rooms.models.membership import Membership

        mine = Membership.objects.filter(room=OuterRef("pk"), person=person)
        return self.annotate(joined=Exists(mine)).filter(
            models.Q(kind=Room.Kind.OPEN) | models.Q(joined=True)
        )

    def in_common(self, one: "Person", other: "Person") -> "RoomQuerySet":
        """The rooms with a name that both are in, by that."""
        named = self.of(one).exclude(kind=Room.Kind.DIRECT)
        return named.filter(pk__in=Room.objects.of(other).values("pk")).by_name()

    def by_name(self) -> "RoomQuerySet":
        return self.order_by(models.functions.Lower("name"), "pk")

    def update(self, **fields: Any) -> int:
        """Change them all; where that is seen, with a revision for each."""
        if not SEEN & fields.keys():
            return super().update(**fields)
        with transaction.atomic():
            rooms = list(self.values_list("pk", flat=True))
            take_revisions(dict.fromkeys(rooms, 1))
            updated = super().update(**fields)
            if LISTED & fields.keys():
                count_change_for_members(rooms)
            return updated


class Room(models.Model):
    """A conversation that has a name."""

    class Kind(models.TextChoices):
        OPEN = "open", "open to everyone"
        CLOSED = "closed", "by invitation"
        DIRECT = "direct", "between two or a few"

    name = LineField(max_length=60, validators=[ProhibitNullCharactersValidator()])
    slug = models.SlugField(max_length=70, unique=True, allow_unicode=True, editable=False)
    topic = LineField(max_length=200, blank=True, validators=[ProhibitNullCharactersValidator()])
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OPEN)
    for_everyone = models.BooleanField(
        default=False, help_text="Everybody who creates an account is put in this room."
    )
    # One more with each change that is seen in the room; taken by next_revision alone.
    revision = CounterField(default=0, editable=False)
    # How many messages were ever posted here; each knows its number. What somebody has not read is this
    # less what their membership says they have: two numbers, however many messages and members.
    posts = CounterField(default=0, editable=False)
    # The number of the last message that called everybody in the room.
    called = CounterField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="rooms")

    # How far the current user has read, and what they have begun to write: access.room_and_place says it.
    read: int
    draft: str | None

    objects = RoomQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it; where people see something else of it from then on, with a revision. One more query."""
        fields = kwargs.get("update_fields")
        if self._state.adding or not (fields is None or SEEN & set(fields)):
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            changed = self._changed_in(SEEN if fields is None else SEEN & set(fields))
            if changed:
                self.next_revision()
            super().save(*args, **kwargs)
            if changed & LISTED:
                count_change_for_members([self.pk])
            if changed:
                room_lists.room_changed.send(sender=Room, room=self)

    def get_absolute_url(self) -> str:
        return reverse("room", args=[self.slug])

    def _changed_in(self, names: Collection[str]) -> set[str]:
        """Those of the fields called `names` that are stored otherwise. One query."""
        stored = Room.objects.filter(pk=self.pk).values(*names).first() or {}
        return {name for name, value in stored.items() if value != getattr(self, name)}

    @property
    def group(self) -> str:
        """The group of `live` that carries what happens in this room."""
        return room_group(self.pk)

    def next_revision(self) -> int:
        """Take the room's next revision, inside a transaction. Raises Room.DoesNotExist where it is gone."""
        taken = take_revisions({self.pk: 1})
        if self.pk not in taken:
            raise Room.DoesNotExist
        self.revision, _ = taken[self.pk]
        return self.revision


def room_group(room_id: int) -> str:
    """The group of `live` that carries what happens in the room with that id."""
    return f"room-{room_id}"


def count_change_for_members(rooms: Collection[int]) -> None:
    """The lists of all who are in these rooms have changed. Three queries."""
    from rooms.models.membership import Membership

    members = Membership.objects.filter(room__in=rooms)
    room_lists.count_change_of_lists(set(members.values_list("person_id", flat=True)))


def take_revisions(counts: Mapping[int, int], *, posts: bool = False) -> dict[int, tuple[int, int]]:
    """Take so many revisions of each of these rooms, inside a transaction: the last one, and the posts.

    With `posts`, as many posts are counted.

    The rooms' rows stay locked until the transaction ends, so the commits of a room, and the ids of
    its messages, are ordered as their revisions are. A room that is gone is not in the answer.
    """
    rooms = sorted(counts)
    if not rooms:
        return {}
    if len(rooms) > 1 and connection.features.has_select_for_update:
        # In the order of their ids: two who take the same rooms wait for each other in one direction.
        list(Room.objects.select_for_update().filter(pk__in=rooms).order_by("pk").values_list("pk"))
    more, more_of_each = case_by_id(counts)
    these = ", ".join(["%s"] * len(rooms))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE rooms_room SET revision = revision + {more}, posts = posts + {more if posts else 0}"  # noqa: S608
            f" WHERE id IN ({these}) RETURNING id, revision, posts",
            [*more_of_each, *(more_of_each if posts else ()), *rooms],
        )
        return {pk: (revision, count) for pk, revision, count in cursor.fetchall()}


def case_by_id(values: Mapping[int, int]) -> tuple[str, list[int]]:
    """An SQL expression that is, in each row, the one of `values` for its id; and its parameters.

    Django's Case and When say the same, and cost five times as much as the query.
    """
    return (
        f"CASE id {' '.join(['WHEN %s THEN %s'] * len(values))} END",
        [part for pair in values.items() for part in pair],
    )


def free_slug(name: str) -> str:
    """A slug for a new room called `name`: its words, and a number where they are taken."""
    stem = slugify(name, allow_unicode=True)[:60].strip("-_") or "room"
    # A room at /rooms/new/ would hide the form that creates rooms.
    taken = {"new", *Room.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    if stem not in taken:
        return stem
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{stem}-{number}") not in taken)
