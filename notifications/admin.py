"""The mails that wait, for the administration: what the mail server said of each."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from notifications.models import PendingMail


@admin.register(PendingMail)
class PendingMailAdmin(admin.ModelAdmin):
    """To look at, and to delete."""

    list_display = ("membership", "due_at", "tries", "failing_since", "problem")
    list_filter = ("tries",)
    list_select_related = ("membership__person", "membership__room")
    ordering = ("due_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
