"""Tokens: what a program shows instead of signing in. It acts as a person, and may do less than they."""

import datetime
import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import LineField
from accounts.models import Person
from live.rights import Rights
from rooms.models.room import room_group

# What each begins with: whoever looks for secrets in what is published finds them by it.
PREFIX = "parley_"


def digest_of(token: str) -> str:
    """What is stored of a token. It is as random as a key, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    def valid(self, now: datetime.datetime) -> "TokenQuerySet":
        """Those that have not ended at `now`, of people who may come in; of a bot, who made it may, too."""
        may_come = Q(person__is_active=True, person__banned_at__isnull=True)
        owned = Q(person__bot_owner__isnull=True) | Q(person__bot_owner__is_active=True)
        return self.unended(now).filter(may_come, owned)

    def unended(self, now: datetime.datetime) -> "TokenQuerySet":
        """Those that were not revoked, and whose end has not come at `now`."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now), revoked_at__isnull=True)

    def of(self, person: Person) -> "TokenQuerySet":
        """Those of `person` that somebody may still look after, the newest first."""
        return self.filter(person=person, revoked_at__isnull=True).order_by("-made_at", "-pk")


class Token(models.Model):
    """One token of one person. What it is itself is known to whoever made it, and stored nowhere."""

    class Scope(models.TextChoices):
        """How much it lets a program do: each as much as those before it, and more."""

        READ = "read", _("Read")
        WRITE = "write", _("Read and write")
        ADMINISTER = "administer", _("Read, write, and change rooms and who is in them")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = LineField(max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.READ)
    # The ids of the only rooms that it is for; none is all that its person is in.
    rooms = models.JSONField(null=True, blank=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        indexes = (
            # What ends by itself, for the look that closes its sockets.
            models.Index(fields=("ends_at",), name="token_end", condition=Q(ends_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"token {self.pk} of {self.person_id}"

    def has(self, scope: "Token.Scope") -> bool:
        """Whether it lets a program do what `scope` does."""
        order = Token.Scope.values
        return order.index(self.scope) >= order.index(scope)

    def is_for(self, room_id: int) -> bool:
        """Whether it is for the room with that id, where its person is in it."""
        return self.rooms is None or room_id in self.rooms

    @property
    def rights(self) -> Rights:
        """What it lets a socket do."""
        places = None if self.rooms is None else frozenset(map(room_group, self.rooms))
        return Rights(writes=self.has(Token.Scope.WRITE), places=places)

    @property
    def has_ended(self) -> bool:
        """Whether its end has come."""
        return self.ends_at is not None and self.ends_at <= timezone.now()
