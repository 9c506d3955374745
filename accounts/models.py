"""People, and the community they belong to."""

import datetime
import secrets
import uuid
import zoneinfo
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    ProhibitNullCharactersValidator,
    RegexValidator,
)
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Lower, NullIf
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from accounts import lookalikes
from accounts.fields import LineField, LookField
from accounts.passwords import candidates, normalised
from accounts.roles import ADMINISTERING, KEEPING_ORDER, LAST_OWNER, Role
from accounts.values import HUES, SeenPerson, colour_of, initials_of, person_url, picture_url
from database.compiled_queries import CompiledQuery, column_names, model_instance
from database.fields import CounterField, FollowingField

# What others see of a person; Community.people_revision counts its changes.
SEEN = frozenset({"username", "display_name", "hue", "avatar", "role"})
# What somebody is up to, beside their name; Community.status_revision counts its changes.
STATUS = frozenset({"status_emoji", "status_text", "status_until"})
# What the look of a name is made of.
NAMES = frozenset({"username", "display_name"})
# What makes somebody an owner who can do something about it.
OWNING = frozenset({"role", "is_active"})
# Sent inside the transaction that counts such a change, with its `revision`.
people_changed = Signal()
# Sent inside the transaction in which somebody comes in: `person`, and `rooms`, the ids of those that an
# invitation names.
admitted = Signal()


class LastOwner(ValidationError):
    """A community without an owner would be nobody's: what was asked would have left none."""

    def __init__(self) -> None:
        super().__init__(LAST_OWNER)


@cache
def time_zones() -> list[tuple[str, str]]:
    """The choices of time zone, as (value, label); the empty value is the site's own zone."""
    zones = sorted(zoneinfo.available_timezones())
    return [("", "The community's"), *((zone, zone.replace("_", " ")) for zone in zones)]


class PersonQuerySet(models.QuerySet["Person"]):
    def named(self) -> list[SeenPerson]:
        """What a name and an avatar are made of, of each."""
        fields = [name for name in SeenPerson._fields if name != "has_namesake"]
        return [SeenPerson(*values) for values in self.with_namesakes().values_list(*fields, "has_namesake")]

    def with_namesakes(self) -> "PersonQuerySet":
        """Each with `has_namesake`: whether somebody else is called so, exactly or by its look."""
        others = Person.objects.filter(look=OuterRef("look")).exclude(pk=OuterRef("pk"))
        return self.annotate(has_namesake=Exists(others))

    def by_name(self) -> "PersonQuerySet":
        """In the order of what others see."""
        shown = Coalesce(NullIf("display_name", models.Value("")), "username")
        return self.order_by(Lower(shown), "pk")

    def status_changed_since(self, revision: int) -> "PersonQuerySet":
        """Those whose status has changed since the community counted `revision`."""
        return self.filter(status_revision__gt=revision).order_by("status_revision", "pk")

    def changed_since(self, revision: int) -> "PersonQuerySet":
        """Those of whom others see something else since the community counted `revision`."""
        return self.filter(profile_revision__gt=revision).order_by("profile_revision", "pk")

    def names(self) -> Iterator[str]:
        """Every username, and everything else that others see. One query."""
        for username, display_name in self.values_list("username", "display_name").iterator():
            yield username
            if display_name:
                yield display_name

    def visible_to(self, viewer: "Person") -> "PersonQuerySet":
        """Those of whom `viewer` may know: a guest, and who sees one, only where they share a room.

        Who keeps order sees everybody.
        """
        if viewer.keeps_order:
            return self.all()
        together = self.model._default_manager.filter(rooms__members=viewer).values("pk")
        if viewer.is_guest:
            return self.filter(models.Q(pk__in=together) | models.Q(pk=viewer.pk))
        return self.filter(~models.Q(role=Role.GUEST) | models.Q(pk__in=together))

    def active_owners(self) -> "PersonQuerySet":
        """The owners who can come in."""
        return self.filter(role=Role.OWNER, is_active=True)

    @transaction.atomic
    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them all. Raises LastOwner."""
        keep_an_owner(self.active_owners().values_list("pk", flat=True))
        return super().delete()

    @transaction.atomic
    def update(self, **fields: Any) -> int:
        """Change them all, and count that where others see it. Raises LastOwner."""
        if fields.get("role", Role.OWNER) != Role.OWNER or not fields.get("is_active", True):
            keep_an_owner(self.active_owners().values_list("pk", flat=True))
        if SEEN & fields.keys():
            fields["profile_revision"] = Community.count_change_of_people()
        if STATUS & fields.keys():
            fields["status_revision"] = Community.count_change_of_statuses()
        ids = list(self.values_list("pk", flat=True)) if NAMES & fields.keys() else []
        updated = super().update(**fields)
        if ids:
            self.model.objects.filter(pk__in=ids).look_again()
        return updated

    def look_again(self) -> None:
        """Store what their names look like now."""
        people = list(self.only("username", "display_name", "look"))
        for person in people:
            person.look = lookalikes.look_of(person.name)
        self.model.objects.bulk_update(people, ["look"], batch_size=500)


class PersonManager(UserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Django's own ways of creating people, and the queries on them."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """The person of that username, whatever its case: signing in and createsuperuser ask here."""
        return self.alias(lowered=Lower("username")).get(lowered=(username or "").lower())

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """In small letters, as it is looked for."""
        return super().normalize_email(email).lower()

    def _create_user_object(
        self, username: str, email: str | None, password: str | None, **fields: Any
    ) -> "Person":
        """With the role that says what Django's flags would."""
        flags = [fields.pop(flag, False) for flag in ("is_superuser", "is_staff")]
        if any(flags):
            fields.setdefault("role", Role.ADMINISTRATOR)
        return super()._create_user_object(
            username, email, password if password is None else normalised(password), **fields
        )

    @transaction.atomic
    def create_superuser(self, *args: Any, **fields: Any) -> "Person":
        """An administrator; the owner, where there is none."""
        Community.hold()
        is_first = not self.active_owners().exists()
        fields.setdefault("role", Role.OWNER if is_first else Role.ADMINISTRATOR)
        return super().create_superuser(*args, **fields)


class Awaits(models.TextChoices):
    """What somebody new waits for."""

    ADDRESS = "address", "that they confirm their address"
    APPROVAL = "approval", "that somebody lets them in"


# Django takes a condition for an expression.
ADMINISTERS: Any = models.Q(role__in=ADMINISTERING)


class Person(AbstractUser):
    """Somebody with an account."""

    class SideOrder(models.TextChoices):
        NAME = "name", "by name"
        ACTIVITY = "activity", "by activity"

    # One field for a name, not two: display_name.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    # Plain letters: no two usernames look alike, and none looks like an e-mail address.
    username = models.CharField(
        max_length=40,
        unique=True,
        help_text="Letters from a to z, digits, and . - _ between them. What others see can be anything.",
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?\Z",
                "A username has letters from a to z, digits, and . - _ between them.",
            )
        ],
        error_messages={"unique": lookalikes.TAKEN},
    )
    display_name = LineField(
        max_length=60,
        blank=True,
        help_text="What others see. Your username when it is empty.",
        validators=[ProhibitNullCharactersValidator()],
    )
    pronouns = LineField(max_length=40, blank=True)
    title = LineField(max_length=80, blank=True, help_text="What you do here.")
    about = models.TextField(max_length=1000, blank=True, validators=[ProhibitNullCharactersValidator()])
    # What the two sizes of the picture are stored and asked for by: each new one has another.
    avatar = models.CharField(max_length=32, blank=True, editable=False)
    status_emoji = LineField("emoji", max_length=32, blank=True)
    status_text = LineField("status", max_length=100, blank=True)
    status_until = models.DateTimeField("until", null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, choices=time_zones)
    hue = models.PositiveSmallIntegerField(
        "colour",
        null=True,
        blank=True,
        validators=[MaxValueValidator(HUES - 1)],
        help_text="One of the palette's hues; drawn from the account's number when it is empty.",
    )

    # What somebody is in the community. What Django asks of its users follows from it, by whatever door.
    role = models.CharField(max_length=13, choices=Role.choices, default=Role.MEMBER, db_index=True)
    is_superuser = FollowingField(expression=ADMINISTERS, output_field=models.BooleanField(), db_persist=True)
    is_staff = FollowingField(expression=ADMINISTERS, output_field=models.BooleanField(), db_persist=True)
    # Until when they may not write, and since when they may not come in at all.
    muted_until = models.DateTimeField(null=True, blank=True, editable=False)
    banned_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What has to happen before somebody new may come in.
    awaits = models.CharField(max_length=8, blank=True, choices=Awaits.choices, editable=False)

    # How the rooms at the side are ordered, and which sections are folded there, by name: "rooms direct".
    side_order = models.CharField(
        max_length=8, choices=SideOrder.choices, default=SideOrder.NAME, editable=False
    )
    side_folded = models.CharField(max_length=40, blank=True, default="", editable=False)

    # Community.people_revision when others last saw something else of this person.
    profile_revision = models.PositiveBigIntegerField(default=0, editable=False)
    # Community.status_revision when their status last changed.
    status_revision = models.PositiveBigIntegerField(default=0, editable=False)
    # Community.rooms_revision when the list of this person's rooms last changed.
    rooms_revision = CounterField(default=0, editable=False)
    # What the name that others see looks like: names that are alike have the same.
    look = LookField(max_length=200, blank=True, editable=False)
    # Whether there may be a Block of theirs: most people have none, and no page asks for it.
    has_blocked = models.BooleanField(default=False, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta(AbstractUser.Meta):
        verbose_name = "person"
        verbose_name_plural = "people"
        indexes = (
            models.Index(fields=("profile_revision",), name="person_profile_revision"),
            models.Index(fields=("rooms_revision",), name="person_rooms_revision"),
            models.Index(fields=("status_revision",), name="person_status_revision"),
            models.Index(
                fields=("status_until",), name="person_status_until", condition=Q(status_until__isnull=False)
            ),
            models.Index(fields=("avatar",), name="person_avatar", condition=~Q(avatar="")),
            models.Index(fields=("look",), name="person_look"),
        )
        constraints = (
            models.UniqueConstraint(
                Lower("username"),
                name="username_whatever_its_case",
                violation_error_message=lookalikes.TAKEN,
            ),
        )

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store it, and count that where others may see it; of somebody new nobody has seen anything.

        Raises LastOwner.
        """
        fields = kwargs.get("update_fields")
        changed = {field.name for field in self._meta.fields} if fields is None else set(fields)
        owns = self.role == Role.OWNER and self.is_active
        if not (self._state.adding or owns) and OWNING & changed:
            keep_an_owner([self.pk])
        if not self._state.adding and SEEN & changed:
            self.profile_revision = Community.count_change_of_people()
            changed |= {"profile_revision", "look"}
        if not self._state.adding and STATUS & changed and (fields is not None or self._has_new_status()):
            self.status_revision = Community.count_change_of_statuses()
            changed.add("status_revision")
        if fields is not None:
            kwargs["update_fields"] = changed
        super().save(*args, **kwargs)

    def _has_new_status(self) -> bool:
        """Whether what is stored of the status is otherwise. One query."""
        stored = Person.objects.filter(pk=self.pk).values(*STATUS).first() or {}
        return any(value != getattr(self, name) for name, value in stored.items())

    def get_absolute_url(self) -> str:
        """The address of the card."""
        return person_url(self.username)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete them. Raises LastOwner."""
        with transaction.atomic():
            keep_an_owner([self.pk])
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Refuse a new name of this person that looks like somebody's. Two queries, where there is one.

        Raises ValidationError, by field. A name that they have already stays theirs.
        """
        super().clean()
        kept = Person.objects.filter(pk=self.pk).values("username", "display_name").first() or {}
        names = {"username": self.username, "display_name": self.display_name}
        new = {field: name for field, name in names.items() if name and name != kept.get(field)}
        others = list(Person.objects.exclude(pk=self.pk).names()) if new else []
        problems = {
            field: lookalikes.problem_of(name, others, own=kept.values()) for field, name in new.items()
        }
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})

    def set_password(self, raw_password: str | None) -> None:
        """Hash it as it is normalised, whichever form it was typed into."""
        super().set_password(raw_password if raw_password is None else normalised(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Whether it is the password, however it was composed."""
        if raw_password is None:
            return super().check_password(raw_password)
        return any(super(Person, self).check_password(form) for form in candidates(raw_password))

    @property
    def is_owner(self) -> bool:
        """Whether the community is theirs."""
        return self.role == Role.OWNER

    @property
    def is_guest(self) -> bool:
        """Whether they know only the rooms that they were put in, and the people there."""
        return self.role == Role.GUEST

    @property
    def hears_everyone(self) -> bool:
        """Whether their pages are told of people wherever these are (live/consumers.py)."""
        return not self.is_guest

    @property
    def keeps_order(self) -> bool:
        """Whether they may moderate every room that they can see, and look at what is reported."""
        return self.role in KEEPING_ORDER

    @property
    def administers(self) -> bool:
        """Whether they run the community."""
        return self.role in ADMINISTERING

    @property
    def is_muted(self) -> bool:
        """Whether they may not write now."""
        return self.muted_until is not None and self.muted_until > timezone.now()

    @property
    def name(self) -> str:
        """What others see of this person."""
        return self.display_name or self.username

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        return initials_of(self.name)

    @property
    def colour(self) -> int:
        """The index of this person's hue in the palette, 0 … HUES - 1."""
        return colour_of(self.pk, self.hue)

    @property
    def picture(self) -> str:
        """The address of the small picture; an empty text where there are initials."""
        return picture_url(self.avatar)

    @property
    def portrait(self) -> str:
        """The address of the large picture; an empty text where there are initials."""
        return picture_url(self.avatar, "large/")

    @property
    def stored_pictures(self) -> list[str]:
        """The names under which the small and the large picture are stored."""
        return [f"avatars/{self.avatar}-{size}" for size in ("small", "large")] if self.avatar else []

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        """The zone that this person chose; None if they chose none, or this machine does not know it."""
        try:
            return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else None
        except zoneinfo.ZoneInfoNotFoundError:
            return None

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class BlockQuerySet(models.QuerySet["Block"]):
    def blocked_by(self, person: Person) -> list[int]:
        """The ids of those whom `person` has blocked. One query, and none for who has never done so."""
        if not person.has_blocked:
            return []
        return list(self.filter(person=person).order_by("blocked").values_list("blocked", flat=True))

    def stands_between(self, one: int, other: int) -> bool:
        """Whether one of two people, by their ids, has blocked the other. One query."""
        return self.filter(Q(person=one, blocked=other) | Q(person=other, blocked=one)).exists()


class Block(models.Model):
    """Somebody wants to hear nothing of somebody else: no direct messages, and their lines are folded."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    blocked = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "blocked"), name="blocked_once"),
            models.CheckConstraint(condition=~Q(person=models.F("blocked")), name="blocks_somebody_else"),
        )

    def __str__(self) -> str:
        return f"{self.person} blocks {self.blocked}"


def keep_an_owner(losing: Collection[int]) -> None:
    """Raise LastOwner where, of all owners who can come in, only people of `losing` are left.

    Whoever else would take an owner away waits here until this transaction ends. One query where none of
    them is one.
    """
    if not Person.objects.active_owners().filter(pk__in=losing).exists():
        return
    Community.hold()
    # Read again: whoever held it may have taken the others away, or these.
    left = Person.objects.active_owners()
    if left.filter(pk__in=losing).exists() and not left.exclude(pk__in=losing).exists():
        raise LastOwner


def new_join_token() -> str:
    """A fresh secret for the community's join link."""
    return secrets.token_urlsafe(16)


# The accents that a community may have, after static/css/tokens.css; the empty one is Parley's own.
ACCENTS = (
    ("", "Ember"), ("rose", "Rose"), ("berry", "Berry"), ("violet", "Violet"), ("blue", "Blue"),
    ("sea", "Sea"), ("leaf", "Leaf"), ("olive", "Olive"),
)  # fmt: skip
# What people may say in a minute, where nobody said otherwise.
MESSAGES_A_MINUTE = 600
MEGABYTE = 1024 * 1024


class Community(models.Model):
    """The one community of this site: its name, and who may come in."""

    name = LineField(max_length=60, default="Parley")
    signup_open = models.BooleanField(
        "open to everyone",
        default=True,
        help_text="Anybody who reaches this site may create an account. The join link works either way.",
    )
    needs_approval = models.BooleanField(
        "with approval",
        default=False,
        help_text="Where it is open: who comes without an invitation waits until somebody lets them in.",
    )
    mail_domains = models.TextField(blank=True, help_text="Of who comes without an invitation, one a line.")
    join_token = models.CharField(max_length=32, default=new_join_token, editable=False)
    # Until when the join link leads here, and how often still; null is without an end.
    join_until = models.DateTimeField(null=True, blank=True, editable=False)
    join_uses_left = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # What people see of it.
    accent = models.CharField(max_length=10, blank=True, choices=ACCENTS)
    welcome = models.TextField("words of welcome", max_length=600, blank=True)
    logo = models.FileField(max_length=100, blank=True, editable=False)
    rooms_by_all = models.BooleanField(
        "everybody makes rooms", default=True, help_text="Or else moderators and administrators alone."
    )
    # How much is too much; null is what the operator's settings say.
    messages_a_minute = models.PositiveIntegerField(
        default=MESSAGES_A_MINUTE, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    file_limit_mb = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    person_share_mb = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    site_share_mb = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    # One more with each change of what others see of somebody, and with each who is deleted: what is
    # kept rendered with people in it is kept with this number.
    people_revision = CounterField(default=0, editable=False)
    # One more with each change of somebody's status: it is shown in lists of people, and in no row.
    status_revision = CounterField(default=0, editable=False)
    # One more with each change of the list of somebody's rooms: joined, left, renamed, deleted.
    rooms_revision = CounterField(default=0, editable=False)

    # What administrators say of it.
    SETTINGS = (
        "name", "signup_open", "needs_approval", "mail_domains", "accent", "welcome", "logo", "rooms_by_all",
        "messages_a_minute", "file_limit_mb", "person_share_mb", "site_share_mb",
    )  # fmt: skip

    class Meta:
        verbose_name_plural = "community"

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep this the only row, whatever is saved; who was renamed meanwhile is counted elsewhere."""
        self.pk = 1
        # The row may be there already: the first change that is counted makes it.
        kwargs.pop("force_insert", None)
        if not self._state.adding:
            kwargs.setdefault("update_fields", [*self.SETTINGS, "join_token"])
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Community":
        """The community of this site, with its defaults until somebody has named it."""
        return model_instance(cls, found[0]) if (found := _community()) else cls(pk=1)

    @property
    def is_join_link_open(self) -> bool:
        """Whether the join link leads here now."""
        is_over = self.join_until is not None and self.join_until <= timezone.now()
        return not is_over and self.join_uses_left != 0

    @property
    def domains(self) -> list[str]:
        """The domains of mail of which somebody without an invitation may come; none: all."""
        return self.mail_domains.split()

    @property
    def logo_url(self) -> str:
        """Where its picture is; it changes with the picture."""
        return reverse("community_logo", args=[self.logo_name]) if self.logo_name else ""

    @property
    def logo_name(self) -> str:
        """The name of its picture's file, which no other picture has; empty where there is none."""
        return (self.logo.name or "").rpartition("/")[2]

    @classmethod
    def hold(cls) -> "Community":
        """The community; nobody else holds it before the end of this transaction."""
        cls.objects.get_or_create(pk=1)
        return cls.objects.select_for_update().get(pk=1)

    @classmethod
    def hold_names(cls) -> None:
        """Let nobody else take a name before the end of this transaction: of two at once, one is second."""
        cls.hold()

    @classmethod
    def count_change_of_people(cls) -> int:
        """Others see something else of somebody from the end of this transaction on: the change's number.

        The row stays locked until then, so the commits of such changes are in the order of their numbers.
        """
        revision = cls._count("people_revision")
        people_changed.send(cls, revision=revision)
        return revision

    @classmethod
    def count_change_of_statuses(cls) -> int:
        """Somebody's status is another from the end of this transaction on: the change's number."""
        return cls._count("status_revision")

    @classmethod
    def _count(cls, column: str) -> int:
        cls.objects.get_or_create(pk=1)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE accounts_community SET {column} = {column} + 1 WHERE id = 1 RETURNING {column}"  # noqa: S608
            )
            (revision,) = cursor.fetchone()
        return revision

    @property
    def seen_people(self) -> tuple[int, int]:
        """The numbers that stand for all that is seen of people: of their names, and of their statuses."""
        return self.people_revision, self.status_revision


@CompiledQuery
def _community() -> models.QuerySet[Community, tuple[Any, ...]]:
    return Community.objects.filter(pk=1).values_list(*column_names(Community))


# Work whose worker has given no sign of life for so long is given to another.
SILENCE = datetime.timedelta(minutes=3)
# What so many workers began and did not end is not tried again.
MOST_TRIES = 3


class Overtaken(Exception):
    """Somebody else has this work now, or nobody asks for it any longer."""


class WorkQuerySet(models.QuerySet["Any"]):
    def under_way(self) -> "WorkQuerySet":
        """What is to be done, or is being done."""
        return self.filter(state__in=(Work.State.WAITING, Work.State.RUNNING))

    def silent(self) -> "WorkQuerySet":
        """Of these, what no worker has given a sign of life of: lost with the queue, or with its worker."""
        return self.under_way().filter(beat_at__lt=timezone.now() - SILENCE)


class Work(models.Model):
    """Something the worker does for one person, which its death does not end: another takes it up again."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    person = models.OneToOneField("accounts.Person", on_delete=models.CASCADE, related_name="%(class)s")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    # Whose turn it is: who claims the work draws a number, and an earlier one counts no longer.
    turn = models.UUIDField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(default=timezone.now, help_text="The last sign of life.")

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    def claim(self) -> bool:
        """Take this work, where it waits or its worker is silent; whether it is the caller's. One query."""
        turn, now = uuid.uuid4(), timezone.now()
        kind = type(self)._default_manager.filter(pk=self.pk)
        free = models.Q(state=self.State.WAITING) | models.Q(
            state=self.State.RUNNING, beat_at__lt=now - SILENCE
        )
        taken = kind.filter(free).update(
            state=self.State.RUNNING, turn=turn, beat_at=now, tries=models.F("tries") + 1
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def beat(self, **values: Any) -> None:
        """Give a sign of life, and store `values`. One query. Raises Overtaken where the turn is over."""
        mine = type(self)._default_manager.filter(pk=self.pk, turn=self.turn, state=self.State.RUNNING)
        if not mine.update(beat_at=timezone.now(), **values):
            raise Overtaken
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def is_under_way(self) -> bool:
        """Whether it is to be done, or is being done."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class Download(Work):
    """All that one person wrote, as one file for themselves."""

    # How much of it is written: messages, twice, for each is in two forms, and files.
    written = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    file = models.FileField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    expires_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"the download of {self.person_id}"

    @property
    def is_ready(self) -> bool:
        """Whether it can be had now."""
        until = self.expires_at if self.state == self.State.DONE else None
        return until is not None and until > timezone.now()

    @property
    def file_name(self) -> str:
        """What its owner gets it as."""
        return f"parley-{self.person.username}-{timezone.localdate(self.asked_at):%Y-%m-%d}.zip"


class Departure(Work):
    """Somebody has left for good: their row of `Person` is empty, and stays for what they wrote."""

    removes_messages = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"the departure of {self.person_id}"


INVITED_FOR = datetime.timedelta(days=14)


def end_of_invitation() -> datetime.datetime:
    """When an invitation that is made now is over."""
    return timezone.now() + INVITED_FOR


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that still lead here."""
        return self.filter(used_at=None, until__gt=timezone.now())


class Invitation(models.Model):
    """A mail that lets one person in, once."""

    ROLES = tuple((role.value, role.label) for role in (Role.MEMBER, Role.GUEST))

    email = models.EmailField()
    token = models.CharField(max_length=32, unique=True, default=new_join_token, editable=False)
    role = models.CharField(
        max_length=13,
        default=Role.MEMBER,
        choices=ROLES,
    )
    # The ids of the rooms that they find besides those for everybody.
    rooms = models.JSONField(default=list, blank=True)
    invited_by = models.ForeignKey("Person", null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(default=end_of_invitation)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey("Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.email

    @property
    def is_over(self) -> bool:
        """Whether nobody used it in time."""
        return self.until <= timezone.now()


class BannedAddress(models.Model):
    """An address of mail, as it is compared, with which nobody may come in again."""

    address = models.CharField(max_length=254, db_index=True)
    person = models.ForeignKey("Person", on_delete=models.CASCADE, related_name="banned_addresses")

    class Meta:
        verbose_name_plural = "banned addresses"
        constraints = (models.UniqueConstraint(fields=("address", "person"), name="banned_once"),)

    def __str__(self) -> str:
        return self.address


class AuditEntry(models.Model):
    """What somebody did to keep order: who, what, whom or where, when. Written, and never changed."""

    class What(models.TextChoices):
        ROLE = "role", "changed the role of"
        DEACTIVATE = "deactivate", "deactivated"
        REACTIVATE = "reactivate", "reactivated"
        BAN = "ban", "banned"
        UNBAN = "unban", "lifted the ban of"
        MUTE = "mute", "muted"
        UNMUTE = "unmute", "lifted the mute of"
        APPROVE = "approve", "let in"
        REFUSE = "refuse", "refused to let in"
        INVITE = "invite", "invited"
        RESEND = "resend", "invited again"
        REVOKE = "revoke", "revoked the invitation of"
        JOIN_LINK = "join link", "replaced the join link"
        COMMUNITY = "community", "changed the community"
        ROOM = "room", "changed what new people find"
        REMOVE = "remove", "removed a message of"
        REMOVE_ALL = "remove all", "removed messages of"
        DISMISS = "dismiss", "dismissed a report about"

    actor = models.ForeignKey("Person", null=True, on_delete=models.SET_NULL, related_name="+")
    # As they were called then: the entry outlives the account.
    actor_name = models.CharField(max_length=60)
    what = models.CharField(max_length=12, choices=What.choices)
    person = models.ForeignKey("Person", null=True, on_delete=models.SET_NULL, related_name="+")
    person_name = models.CharField(max_length=254, blank=True)
    room_name = models.CharField(max_length=60, blank=True)
    details = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_what_display()} {self.person_name or self.room_name}".strip()
