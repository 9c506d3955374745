"""Who is invited, and who may not come in again."""

import datetime

from django.db import models
from django.utils import timezone

from accounts.models.community import new_join_token
from accounts.roles import Role

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
