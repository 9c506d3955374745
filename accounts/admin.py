"""People and their community in Django's admin."""

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from accounts.actions import end_sessions, renewing_session
from accounts.forms import TypedTwice
from accounts.models import Community, Person


class AddPersonForm(TypedTwice, AdminUserCreationForm):
    """Somebody new."""


class AdministratorsPasswordForm(TypedTwice, AdminPasswordChangeForm):
    """A new password for somebody, who gets a mail about it."""

    def save(self, commit: bool = True) -> Person:
        """Stored."""
        person = super().save(commit)
        said = {"by_administrator": True}
        get_adapter().send_notification_mail("account/email/password_changed", person, said)
        return person


@admin.register(Person)
class PersonAdmin(UserAdmin):
    """People: who they are, what they may do, and an end to where they are signed in."""

    list_display = ("username", "display_name", "email", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined", "groups")
    search_fields = ("username", "display_name", "email")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "email")}),
        ("Profile", {"fields": ("display_name", "pronouns", "title", "about", "time_zone", "hue")}),
        (
            "What they may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    actions = ("sign_out",)
    add_form = AddPersonForm
    change_password_form = AdministratorsPasswordForm

    def save_model(self, request: HttpRequest, obj: Person, form: ModelForm, change: bool) -> None:
        """Stored, and a mail to the address that somebody had."""
        super().save_model(request, obj, form, change)
        former = form.initial.get("email") if "email" in form.changed_data else ""
        if change and former:
            said = {"from_email": former, "to_email": obj.email, "by_administrator": True}
            get_adapter().send_notification_mail("account/email/email_changed", obj, said, former)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A new password; an administrator's own leaves their other pages where they are."""
        if request.method != "POST" or id != str(request.user.pk):
            return super().user_change_password(request, id, form_url)
        with renewing_session(request):
            answer = super().user_change_password(request, id, form_url)
            UserSession.objects.create_from_request(request)
            return answer

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
