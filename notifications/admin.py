"""What waits by mail and other ways, for the administration: what the other side said of each."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from notifications.models import Digest, PendingDelivery, PendingMail, ReminderDelivery, ReminderMail, Way


class LookedAtAdmin(admin.ModelAdmin):
    """To look at, and to delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PendingMail)
class PendingMailAdmin(LookedAtAdmin):
    """The mails that wait."""

    list_display = ("membership", "due_at", "tries", "failing_since", "problem")
    list_filter = ("tries",)
    list_select_related = ("membership__person", "membership__room")
    ordering = ("due_at",)


@admin.register(PendingDelivery)
class PendingDeliveryAdmin(LookedAtAdmin):
    """What waits to go other ways."""

    list_display = ("membership", "way", "due_at", "tries", "failing_since", "problem")
    list_filter = ("tries", "way__kind")
    list_select_related = ("membership__person", "membership__room", "way__person")
    ordering = ("due_at",)


@admin.register(ReminderMail)
class ReminderMailAdmin(LookedAtAdmin):
    """The mails about reminders that wait: not what these say."""

    list_display = ("due_at", "tries", "failing_since", "problem")
    fields = ("due_at", "tries", "failing_since", "problem")
    ordering = ("due_at",)


@admin.register(ReminderDelivery)
class ReminderDeliveryAdmin(ReminderMailAdmin):
    """The same, by other ways."""

    list_filter = ("way__kind",)


@admin.register(Digest)
class DigestAdmin(LookedAtAdmin):
    """Who gets a digest, and when the next one is."""

    list_display = ("person", "rhythm", "due_at", "tries", "problem")
    list_filter = ("rhythm",)
    list_select_related = ("person",)
    ordering = ("due_at",)


@admin.register(Way)
class WayAdmin(LookedAtAdmin):
    """The ways themselves, without what is secret of them: an address and a topic are, too."""

    list_display = ("person", "kind", "after_minutes", "with_text", "refused")
    list_filter = ("kind",)
    list_select_related = ("person",)
    fields = ("person", "kind", "after_minutes", "with_text", "refused", "tested_at", "tested")
    ordering = ("pk",)
