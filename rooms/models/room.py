"""Rooms, and the revision that orders what happens in them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField
from database.fields import CounterField
from rooms.models import room_lists
from rooms.models.room_address import RoomAddress
from rooms.models.values import DIRECT, PersonRef, title_of

if TYPE_CHECKING:
    from accounts.models import Person


# What is seen of a room on its open pages: each change of it takes a revision.
SEEN = frozenset({"name", "slug", "topic", "kind", "who_posts", "archived_at"})
# What is seen of it in the lists of its members' rooms.
LISTED = frozenset({"name", "slug", "kind", "archived_at"})
# As many as a direct conversation is between at most; beyond, a room with a name is what people want.
DIRECT_LIMIT = 9
# A room at /rooms/new/ would hide the form that creates rooms.
RESERVED = frozenset({"new"})


class RoomQuerySet(models.QuerySet["Room"]):
    def of(self, person: "Person") -> "RoomQuerySet":
        """The rooms that `person` is a member of."""
        return self.filter(memberships__person=person)

    def visible_to(self, person: "Person") -> "RoomQuerySet":
        """The rooms that `person` may know of: those they are in, and, unless they are a guest, the open."""
        return self.joined(person) if person.is_guest else self.open_or_joined(person)

    def open_or_joined(self, person: "Person") -> "RoomQuerySet":
        """The open ones, and those that `person` is in; each says `joined`."""
        return self._with_joined(person).filter(models.Q(kind=Room.Kind.OPEN) | models.Q(joined=True))

    def joined(self, person: "Person") -> "RoomQuerySet":
        """Those that `person` is in; each says `joined`."""
        return self._with_joined(person).filter(joined=True)

    def _with_joined(self, person: "Person") -> Any:
        from rooms.models.membership import Membership

        mine = Membership.objects.filter(room=OuterRef("pk"), person=person)
        return self.annotate(joined=Exists(mine))

    def joined_first(self) -> "RoomQuerySet":
        """Of `visible_to`: those that its person is in before the others, what was active last first."""
        return self.order_by(models.F("joined").desc(), "-active_at", "pk")

    def in_common(self, one: "Person", other: "Person") -> "RoomQuerySet":
        """The rooms with a name that both are in, by that."""
        named = self.of(one).exclude(kind=Room.Kind.DIRECT)
        return named.filter(pk__in=Room.objects.of(other).values("pk")).by_name()

    def by_name(self) -> "RoomQuerySet":
        return self.order_by(models.functions.Lower("name"), "pk")

    def named(self) -> "RoomQuerySet":
        """Those that have a name, and are no direct conversation."""
        return self.exclude(kind=Room.Kind.DIRECT)

    def current(self) -> "RoomQuerySet":
        """Those that are not archived."""
        return self.filter(archived_at__isnull=True)

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
    """A conversation: one that has a name, or between some people."""

    class Kind(models.TextChoices):
        OPEN = "open", _("open to everyone")
        CLOSED = "closed", _("by invitation")
        DIRECT = DIRECT, _("between two or a few")

    class Who(models.TextChoices):
        MEMBERS = "members", _("everybody in the room")
        MODERATORS = "moderators", _("its moderators")

    # Nothing of a direct conversation, which each sees called otherwise: `title`.
    name = LineField(max_length=60, validators=[ProhibitNullCharactersValidator()])
    slug = models.SlugField(max_length=70, unique=True, allow_unicode=True)
    topic = LineField(max_length=200, blank=True, validators=[ProhibitNullCharactersValidator()])
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OPEN)
    for_everyone = models.BooleanField(
        default=False, help_text=_("Everybody who creates an account is put in this room.")
    )
    # One more with each change that is seen in the room; taken by next_revision alone.
    revision = CounterField(default=0, editable=False)
    # How many messages were ever posted here; each knows its number. What somebody has not read is this
    # less what their membership says they have: two numbers, however many messages and members.
    posts = CounterField(default=0, editable=False)
    # The number of the last message that called everybody in the room.
    called = CounterField(default=0, editable=False)
    # When the last message was posted, of whatever age the room is.
    active_at = models.DateTimeField(default=timezone.now, editable=False)
    # Between whom it is, where it is direct: there is one for a set of people (direct.py, people_key).
    people_key = models.CharField(max_length=200, null=True, unique=True, editable=False)  # noqa: DJ001
    who_posts = models.CharField(max_length=10, choices=Who.choices, default=Who.MEMBERS)
    who_calls = models.CharField(max_length=10, choices=Who.choices, default=Who.MEMBERS)
    # How long one waits between two messages of one's own.
    slow_seconds = models.PositiveIntegerField(default=0)
    # After how many days messages go; none for never.
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    # From then on it can be read, and nothing more.
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Whether programs elsewhere are told what people say here: integrations says so.
    is_listened = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="rooms")

    # How far the current user has read, what they have begun to write, and what they are there:
    # access.room_and_place says it.
    read: int
    draft: str | None
    role: str | None
    # The id of the current user, for whom a direct conversation is called by the others: access.py says it.
    viewer_id: int | None = None

    # How many are in it, where a list says so; and whether the current user is: visible_to says it.
    member_count: int
    joined: bool

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

    @cached_property
    def people(self) -> Sequence[PersonRef]:
        """Whom the current user sees in a direct conversation, by name. One query; none for another room."""
        from rooms.models.direct import people_in

        return people_in([self.pk], self.viewer_id).get(self.pk, ()) if self.is_direct else ()

    @property
    def title(self) -> str:
        """What the current user sees it called."""
        return title_of(self.kind, self.name, self.people)

    @property
    def is_direct(self) -> bool:
        """Whether it is between some people, and has no name."""
        return self.kind == Room.Kind.DIRECT

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


def seen_by(rooms: Collection[Room], person_id: int) -> Collection[Room]:
    """`rooms`, the direct ones with whom that person sees in them. One query, or none."""
    from rooms.models.direct import people_in

    direct = [room for room in rooms if room.is_direct]
    people = people_in([room.pk for room in direct], person_id)
    for room in direct:
        room.viewer_id, room.people = person_id, people.get(room.pk, ())
    return rooms


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

    With `posts`, as many posts are counted, and the rooms are active now.

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
    posted = f", posts = posts + {more}, active_at = %s" if posts else ""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE rooms_room SET revision = revision + {more}{posted}"  # noqa: S608
            f" WHERE id IN ({these}) RETURNING id, revision, posts",
            [*more_of_each, *((*more_of_each, now) if posts else ()), *rooms],
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
    taken = {*RESERVED, *RoomAddress.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    taken |= {*Room.objects.filter(slug__startswith=stem).values_list("slug", flat=True)}
    if stem not in taken:
        return stem
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{stem}-{number}") not in taken)
