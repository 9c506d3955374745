from django.contrib import admin
from django.http import HttpRequest

from live.models import Connection


@admin.register(Connection)
class ConnectionAdmin(admin.ModelAdmin):
    """The log of sockets, to be read."""

    list_display = ("person", "place", "opened_at", "closed_at", "close_code")
    list_filter = ("close_code", "opened_at")
    list_select_related = ("person",)
    search_fields = ("person__username",)
    date_hierarchy = "opened_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
