"""What was done to keep order."""

from django.db import models
from django.utils import timezone


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
