"""What was done to keep order."""

from django.db import models
from django.utils import timezone
from django.utils.translation import pgettext_lazy


class AuditEntry(models.Model):
    """What somebody did to keep order: who, what, whom or where, when. Written, and never changed."""

    class What(models.TextChoices):
        ROLE = "role", pgettext_lazy("what somebody did", "changed the role of")
        DEACTIVATE = "deactivate", pgettext_lazy("what somebody did", "deactivated")
        REACTIVATE = "reactivate", pgettext_lazy("what somebody did", "reactivated")
        BAN = "ban", pgettext_lazy("what somebody did", "banned")
        UNBAN = "unban", pgettext_lazy("what somebody did", "lifted the ban of")
        MUTE = "mute", pgettext_lazy("what somebody did", "muted")
        UNMUTE = "unmute", pgettext_lazy("what somebody did", "lifted the mute of")
        APPROVE = "approve", pgettext_lazy("what somebody did", "let in")
        REFUSE = "refuse", pgettext_lazy("what somebody did", "refused to let in")
        INVITE = "invite", pgettext_lazy("what somebody did", "invited")
        RESEND = "resend", pgettext_lazy("what somebody did", "invited again")
        REVOKE = "revoke", pgettext_lazy("what somebody did", "revoked the invitation of")
        JOIN_LINK = "join link", pgettext_lazy("what somebody did", "replaced the join link")
        COMMUNITY = "community", pgettext_lazy("what somebody did", "changed the community")
        ROOM = "room", pgettext_lazy("what somebody did", "changed what new people find")
        REMOVE = "remove", pgettext_lazy("what somebody did", "removed a message of")
        REMOVE_ALL = "remove all", pgettext_lazy("what somebody did", "removed messages of")
        IMPORT = "import", pgettext_lazy("what somebody did", "moved in")
        DISMISS = "dismiss", pgettext_lazy("what somebody did", "dismissed a report about")
        EXPORT = "export", pgettext_lazy("what somebody did", "exported")
        TOKEN = "token", pgettext_lazy("what somebody did", "made a token for")
        TOKEN_END = "token end", pgettext_lazy("what somebody did", "revoked a token of")
        BOT = "bot", pgettext_lazy("what somebody did", "made the bot")
        BOT_END = "bot end", pgettext_lazy("what somebody did", "deleted the bot")
        HOOK = "hook", pgettext_lazy("what somebody did", "made the hook of")
        HOOK_KEY = "hook key", pgettext_lazy("what somebody did", "gave another address to the hook of")
        HOOK_END = "hook end", pgettext_lazy("what somebody did", "removed the hook of")

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
