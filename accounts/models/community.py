"""The community that the people of a site belong to."""

import secrets
from typing import Any

from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
)
from django.db import connection, models
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField
from database.compiled_queries import CompiledQuery, column_names, model_instance
from database.fields import CounterField

# Sent inside the transaction that counts such a change, with its `revision`.
people_changed = Signal()


def new_join_token() -> str:
    """A fresh secret for the community's join link."""
    return secrets.token_urlsafe(16)


# The accents that a community may have, after static/css/tokens.css; the empty one is Parley's own.
ACCENTS = (
    ("", _("Ember")), ("rose", _("Rose")), ("berry", _("Berry")), ("violet", _("Violet")),
    ("blue", _("Blue")), ("sea", _("Sea")), ("leaf", _("Leaf")), ("olive", _("Olive")),
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
