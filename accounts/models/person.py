"""People, and the queries on them."""

import zoneinfo
from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    ProhibitNullCharactersValidator,
    RegexValidator,
)
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Lower, NullIf
from django.dispatch import Signal
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import lookalikes
from accounts.fields import LineField, LookField
from accounts.models.community import Community
from accounts.models.values import (
    HUES,
    SeenPerson,
    colour_of,
    initials_of,
    person_url,
    picture_url,
    stored_pictures,
    zone_called,
)
from accounts.passwords import candidates, normalised
from accounts.roles import ADMINISTERING, KEEPING_ORDER, LAST_OWNER, Role
from database.fields import CounterField, FollowingField, SmallCounterField
from hypermedia.locales import Locale, locale_of
from live.rights import Rights

# What others see of a person; Community.people_revision counts its changes.
SEEN = frozenset({"username", "display_name", "hue", "avatar", "role", "is_bot"})
# What somebody is up to, beside their name; Community.status_revision counts its changes.
STATUS = frozenset({"status_emoji", "status_text", "status_until"})
# What the look of a name is made of.
NAMES = frozenset({"username", "display_name"})
# What makes somebody an owner who can do something about it.
OWNING = frozenset({"role", "is_active"})
# Sent inside the transaction in which somebody comes in: `person`, and `rooms`, the ids of those that an
# invitation names.
admitted = Signal()


# By Person.SideOrder.
ORDER_ROOMS = {"name": _("Order rooms by name"), "activity": _("Order rooms by activity")}


class LastOwner(ValidationError):
    """A community without an owner would be nobody's: what was asked would have left none."""

    def __init__(self) -> None:
        super().__init__(LAST_OWNER)


def languages() -> list[tuple[str, str | Promise]]:
    """The choices of language, as (value, label), each in its own words; the empty value is the browser's."""
    return [("", _("As my browser says")), *settings.LANGUAGES]


@cache
def time_zones() -> list[tuple[str, str | Promise]]:
    """The choices of time zone, as (value, label); the empty value is the site's own zone."""
    zones = sorted(zoneinfo.available_timezones())
    return [("", _("The community's")), *((zone, zone.replace("_", " ")) for zone in zones)]


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
        """Every username, and everything else that others see. One query.

        Without those who were taken from an archive: who comes may well be one of them.
        """
        here = self.filter(imported_from="")
        for username, display_name in here.values_list("username", "display_name").iterator():
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

    def known_to(self, viewer_id: int) -> "PersonQuerySet":
        """As visible_to, by the id of who looks: nobody where there is no such person. One query."""
        viewer = Person.objects.filter(pk=viewer_id).first()
        return self.visible_to(viewer) if viewer else self.none()

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

        @property
        def invitation(self) -> str:
            """What stands on the button that orders them so."""
            return str(ORDER_ROOMS[self.value])

    class Sound(models.TextChoices):
        """What is heard on an open page where something is for somebody: static/sounds has them."""

        NONE = "", pgettext_lazy("sound", "None")
        DROP = "drop", _("Drop")
        BELL = "bell", _("Bell")
        WOOD = "wood", _("Wood")

    class OnDesktop(models.TextChoices):
        """What an open page shows on the desktop where something is for somebody."""

        NOTHING = "", pgettext_lazy("on the desktop", "Nothing")
        WHO = "who", _("Who wrote, and where")
        WORDS = "words", _("And how it begins")

    # One field for a name, not two: display_name.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    # Plain letters: no two usernames look alike, and none looks like an e-mail address.
    username = models.CharField(
        max_length=40,
        unique=True,
        help_text=_("Letters from a to z, digits, and . - _ between them. What others see can be anything."),
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?\Z",
                _("A username has letters from a to z, digits, and . - _ between them."),
            )
        ],
        error_messages={"unique": lookalikes.TAKEN},
    )
    display_name = LineField(
        max_length=60,
        blank=True,
        help_text=_("What others see. Your username when it is empty."),
        validators=[ProhibitNullCharactersValidator()],
    )
    pronouns = LineField(max_length=40, blank=True)
    title = LineField(max_length=80, blank=True, help_text=_("What you do here."))
    about = models.TextField(max_length=1000, blank=True, validators=[ProhibitNullCharactersValidator()])
    # What the two sizes of the picture are stored and asked for by: each new one has another.
    avatar = models.CharField(max_length=32, blank=True, editable=False)
    status_emoji = LineField("emoji", max_length=32, blank=True)
    status_text = LineField("status", max_length=100, blank=True)
    status_until = models.DateTimeField("until", null=True, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, choices=time_zones)
    # One of settings.LANGUAGES; empty is as the browser asks.
    language = models.CharField(max_length=10, blank=True, choices=languages)
    hue = models.PositiveSmallIntegerField(
        "colour",
        null=True,
        blank=True,
        validators=[MaxValueValidator(HUES - 1)],
        help_text=_("One of the palette's hues; drawn from the account's number when it is empty."),
    )

    # What somebody is in the community. What Django asks of its users follows from it, by whatever door.
    role = models.CharField(max_length=13, choices=Role.choices, default=Role.MEMBER, db_index=True)
    is_superuser = FollowingField(expression=ADMINISTERS, output_field=models.BooleanField(), db_persist=True)
    is_staff = FollowingField(expression=ADMINISTERS, output_field=models.BooleanField(), db_persist=True)
    # A program (integrations/): it speaks by tokens and hooks, and nobody signs in as it. Whoever made it
    # answers for it.
    is_bot = models.BooleanField(default=False, editable=False)
    bot_owner = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, editable=False, related_name="bots"
    )
    # The program from whose archive they were taken, of somebody who has no account here: nobody signs in as
    # them, and they keep no name from anybody (integrations/moving/people.py).
    imported_from = models.CharField(max_length=12, blank=True, default="", editable=False)
    # Until when they may not write, and since when they may not come in at all.
    muted_until = models.DateTimeField(null=True, blank=True, editable=False)
    banned_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What has to happen before somebody new may come in.
    awaits = models.CharField(max_length=8, blank=True, choices=Awaits.choices, editable=False)

    # Somebody banned of whom they reminded as they came (accounts/returning.py).
    resembles = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, editable=False, related_name="+"
    )

    # How the rooms at the side are ordered, and which sections are folded there, by name: "rooms direct".
    side_order = models.CharField(
        max_length=8, choices=SideOrder.choices, default=SideOrder.NAME, editable=False
    )
    side_folded = models.CharField(max_length=40, blank=True, default="", editable=False)

    # How pages look to them: classes of <html> (accounts/appearance.py).
    appearance = models.CharField(max_length=100, blank=True, default="", editable=False)
    # The emoji that they react with most, of late, with a space between them: what is at hand on each page.
    reacts_with = models.CharField(max_length=100, blank=True, default="", editable=False)

    sound = models.CharField(
        max_length=4, blank=True, choices=Sound.choices, default=Sound.NONE, editable=False
    )

    on_desktop = models.CharField(
        max_length=5, blank=True, choices=OnDesktop, default=OnDesktop.NOTHING, editable=False
    )

    # Community.people_revision when others last saw something else of this person.
    profile_revision = models.PositiveBigIntegerField(default=0, editable=False)
    # Community.status_revision when their status last changed.
    status_revision = models.PositiveBigIntegerField(default=0, editable=False)
    # Community.rooms_revision when the list of this person's rooms last changed.
    rooms_revision = CounterField(default=0, editable=False)
    # How many of this person's reminders are due: shown at the side (rooms/actions/reminders.py).
    reminders_due = SmallCounterField(default=0, editable=False)
    # What the name that others see looks like: names that are alike have the same.
    look = LookField(max_length=200, blank=True, editable=False)
    # Whether there may be a Block of theirs: most people have none, and no page asks for it.
    has_blocked = models.BooleanField(default=False, editable=False)

    # What the token lets a socket do with which they were asked for: integrations/tokens.py says it.
    rights: Rights

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
        others = list(self._may_not_look_like().names()) if new else []
        problems = {
            field: lookalikes.problem_of(name, others, own=kept.values()) for field, name in new.items()
        }
        if any(problems.values()):
            raise ValidationError({field: problem for field, problem in problems.items() if problem})

    def _may_not_look_like(self) -> PersonQuerySet:
        """All others; but programs may be called alike, as those that speak for GitHub in two rooms are."""
        others = Person.objects.exclude(pk=self.pk)
        return others.filter(is_bot=False) if self.is_bot else others

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
        return stored_pictures(self.avatar)

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        """The zone that this person chose; None if they chose none, or this machine does not know it."""
        return zone_called(self.time_zone)

    @property
    def locale(self) -> Locale:
        """How this person is written to when they do not ask: in their zone and language, else the site's."""
        return locale_of(
            self.zone or timezone.get_default_timezone(), self.language or settings.LANGUAGE_CODE
        )

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


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
