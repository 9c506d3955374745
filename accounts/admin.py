"""People and their community in Django's admin."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.actions import end_sessions
from accounts.models import Community, Person


@admin.register(Person)
class PersonAdmin(UserAdmin):
    """People: who they are, what they may do, and an end to where they are signed in."""

    list_display = ("username", "display_name", "email", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined", "groups")
    search_fields = ("username", "display_name", "email")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "email")}),
        ("Profile", {"fields": ("display_name", "time_zone", "hue")}),
        (
            "What they may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    actions = ("sign_out",)

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        """End every session of the chosen people."""
        for person in queryset:
            end_sessions(person)
        self.message_user(request, "They are signed out everywhere.", messages.SUCCESS)


@admin.register(Community)
class CommunityAdmin(admin.ModelAdmin):
    """The one community: it can be changed, and neither added nor deleted."""

    list_display = ("name", "signup_open")
    readonly_fields = ("join_token",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Community | None = None) -> bool:
        """There is always one."""
        return False
