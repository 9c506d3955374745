"""Who wants to hear nothing of whom."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.person import Person


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
