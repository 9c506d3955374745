"""People, and the community they belong to."""

import secrets
import zoneinfo
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, ProhibitNullCharactersValidator, RegexValidator
from django.db import connection, models, transaction
from django.db.models.functions import Lower
from django.dispatch import Signal

from accounts import lookalikes
from accounts.fields import LineField
from accounts.passwords import candidates, normalised
from accounts.plain_text import visible_characters
from database.compiled_queries import CompiledQuery, column_names, model_instance
from database.fields import CounterField

# The palette of static/css/tokens.css: so many hues, at equal lightness and chroma.
HUES = 16
# What others see of a person; Community.people_revision counts its changes.
SEEN = frozenset({"username", "display_name", "hue"})
# Sent inside the transaction that counts such a change, with its `revision`.
people_changed = Signal()


@cache
def time_zones() -> list[tuple[str, str]]:
    """The choices of time zone, as (value, label); the empty value is the site's own zone."""
    zones = sorted(zoneinfo.available_timezones())
    return [("", "The community's"), *((zone, zone.replace("_", " ")) for zone in zones)]


class PersonQuerySet(models.QuerySet["Person"]):
    def named(self) -> list[tuple[int, str, str, int | None]]:
        """(id, username, display name, hue) of each: what a name and an avatar are made of."""
        return list(self.values_list("pk", "username", "display_name", "hue"))

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
        return super().update(**fields)


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
    time_zone = models.CharField(max_length=64, blank=True, choices=time_zones)
    hue = models.PositiveSmallIntegerField(
        "colour",
        null=True,
        blank=True,
        validators=[MaxValueValidator(HUES - 1)],
        help_text="One of the palette's hues; drawn from the account's number when it is empty.",
    )

    # How the rooms at the side are ordered, and which sections are folded there, by name: "rooms direct".
    side_order = models.CharField(
        max_length=8, choices=SideOrder.choices, default=SideOrder.NAME, editable=False
    )
    side_folded = models.CharField(max_length=40, blank=True, default="", editable=False)

    # Community.people_revision when others last saw something else of this person.
    profile_revision = models.PositiveBigIntegerField(default=0, editable=False)
    # Community.rooms_revision when the list of this person's rooms last changed.
    rooms_revision = CounterField(default=0, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta(AbstractUser.Meta):
        verbose_name = "person"
        verbose_name_plural = "people"
        indexes = (
            models.Index(fields=("profile_revision",), name="person_profile_revision"),
            models.Index(fields=("rooms_revision",), name="person_rooms_revision"),
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
        if not self._state.adding and (fields is None or SEEN & set(fields)):
            self.profile_revision = Community.count_change_of_people()
            if fields is not None:
                kwargs["update_fields"] = {*fields, "profile_revision"}
        super().save(*args, **kwargs)

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

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


def initials_of(name: str) -> str:
    """One or two letters for the avatar of somebody called `name`."""
    words = [word for word in name.replace(".", " ").replace("_", " ").split() if word[0].isalnum()]
    begun = [words[0], *words[-1:]] if len(words) > 1 else words or [name]
    return "".join(next(visible_characters(word), "") for word in begun).upper()


def colour_of(person_id: int, hue: int | None) -> int:
    """The index in the palette for a person who chose `hue`, or nothing."""
    # 7 and 16 share no divisor, so neighbours in number are far apart in colour.
    return person_id * 7 % HUES if hue is None else hue % HUES


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
        cls.objects.get_or_create(pk=1)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_community SET people_revision = people_revision + 1"
                " WHERE id = 1 RETURNING people_revision"
            )
            (revision,) = cursor.fetchone()
        people_changed.send(cls, revision=revision)
        return revision


@CompiledQuery
def _community() -> models.QuerySet[Community, tuple[Any, ...]]:
    return Community.objects.filter(pk=1).values_list(*column_names(Community))
