"""People, and the community they belong to."""

import datetime
import secrets
import uuid
import zoneinfo
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, ProhibitNullCharactersValidator, RegexValidator
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Lower, NullIf
from django.dispatch import Signal
from django.utils import timezone

from accounts import lookalikes
from accounts.fields import LineField, LookField
from accounts.passwords import candidates, normalised
from accounts.values import HUES, SeenPerson, colour_of, initials_of, person_url, picture_url
from database.compiled_queries import CompiledQuery, column_names, model_instance
from database.fields import CounterField

# What others see of a person; Community.people_revision counts its changes.
SEEN = frozenset({"username", "display_name", "hue", "avatar"})
# What somebody is up to, beside their name; Community.status_revision counts its changes.
STATUS = frozenset({"status_emoji", "status_text", "status_until"})
# What the look of a name is made of.
NAMES = frozenset({"username", "display_name"})
# Sent inside the transaction that counts such a change, with its `revision`.
people_changed = Signal()


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

    def visible_to(self, viewer: AbstractUser) -> "PersonQuerySet":
        """The people that `viewer` may know of."""
        return self.filter(is_active=True)

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

    @transaction.atomic
    def update(self, **fields: Any) -> int:
        """Change them all, and count that where others see it."""
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
        return super()._create_user_object(
            username, email, password if password is None else normalised(password), **fields
        )


class Person(AbstractUser):
    """Somebody with an account."""

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
        """Store it, and count that where others may see it; of somebody new nobody has seen anything."""
        fields = kwargs.get("update_fields")
        changed = {field.name for field in self._meta.fields} if fields is None else set(fields)
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


def new_join_token() -> str:
    """A fresh secret for the community's join link."""
    return secrets.token_urlsafe(16)


class Community(models.Model):
    """The one community of this site: its name, and who may come in."""

    name = LineField(max_length=60, default="Parley")
    signup_open = models.BooleanField(
        "open to everyone",
        default=True,
        help_text="Anybody who reaches this site may create an account. The join link works either way.",
    )
    join_token = models.CharField(max_length=32, default=new_join_token, editable=False)
    # One more with each change of what others see of somebody, and with each who is deleted: what is
    # kept rendered with people in it is kept with this number.
    people_revision = CounterField(default=0, editable=False)
    # One more with each change of somebody's status: it is shown in lists of people, and in no row.
    status_revision = CounterField(default=0, editable=False)
    # One more with each change of the list of somebody's rooms: joined, left, renamed, deleted.
    rooms_revision = CounterField(default=0, editable=False)

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
            kwargs.setdefault("update_fields", ["name", "signup_open", "join_token"])
        super().save(*args, **kwargs)

    @classmethod
    def current(cls) -> "Community":
        """The community of this site, with its defaults until somebody has named it."""
        return model_instance(cls, found[0]) if (found := _community()) else cls(pk=1)

    @classmethod
    def hold_names(cls) -> None:
        """Let nobody else take a name before the end of this transaction: of two at once, one is second."""
        cls.objects.get_or_create(pk=1)
        cls.objects.select_for_update().get(pk=1)

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
