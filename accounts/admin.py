"""People and their community in Django's admin."""

from collections.abc import Iterable
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.socialaccount import admin as socialaccount
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from accounts import access, departures
from accounts.actions import Rejected, end_sessions, renewing_session
from accounts.audit import What, record
from accounts.forms import TypedTwice
from accounts.models import Community, Departure, LastOwner, Person
from accounts.roles import LAST_OWNER, Role, may_act_on, roles_to_give

# Whoever could add such a row would sign in as somebody else; providers are in the settings alone.
for model in (socialaccount.SocialApp, socialaccount.SocialToken, socialaccount.SocialAccount):
    admin.site.unregister(model)


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

    list_display = ("username", "display_name", "email", "is_active", "role", "last_login", "date_joined")
    list_filter = ("is_active", "role", "date_joined", "groups")
    search_fields = ("username", "display_name", "email")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "email")}),
        (
            "Profile",
            {"fields": ("display_name", "pronouns", "title", "about", "language", "time_zone", "hue")},
        ),
        (
            "What they may do",
            {"fields": ("is_active", "role", "groups", "user_permissions")},
        ),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    actions = ("sign_out",)
    delete_confirmation_template = "admin/accounts/person/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/accounts/person/delete_selected_confirmation.html"
    add_form = AddPersonForm
    change_password_form = AdministratorsPasswordForm

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; where it would leave no owner, a sentence."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except LastOwner as last:
            return self._refuse(request, last)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list, and what is done to many at once; where that would leave no owner, a sentence."""
        try:
            return super().changelist_view(request, *args, **kwargs)
        except LastOwner as last:
            return self._refuse(request, last)

    def _refuse(self, request: HttpRequest, why: LastOwner) -> HttpResponse:
        self.message_user(request, why.message, messages.ERROR)
        return HttpResponseRedirect(request.path, status=303)

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """An owner is changed by an owner alone."""
        return super().has_change_permission(request, obj) and self._may_act_on(request, obj)

    def _may_act_on(self, request: HttpRequest, obj: Person | None) -> bool:
        return obj is None or may_act_on(_who(request).role, obj.role)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """All; for what is done to many at once, those to whom it may be done."""
        people = super().get_queryset(request)
        if request.method == "POST" and "action" in request.POST and not _who(request).is_owner:
            people = people.exclude(role=Role.OWNER)
        return people

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The roles that one may give."""
        if db_field.name == "role":
            kwargs["choices"] = roles_to_give(_who(request).role)
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Person, form: ModelForm, change: bool) -> None:
        """Stored, and a mail to the address that somebody had."""
        super().save_model(request, obj, form, change)
        self._record(request, obj, form, change)
        former = form.initial.get("email") if "email" in form.changed_data else ""
        if change and former:
            said = {"from_email": former, "to_email": obj.email, "by_administrator": True}
            get_adapter().send_notification_mail("account/email/email_changed", obj, said, former)

    def _record(self, request: HttpRequest, obj: Person, form: ModelForm, change: bool) -> None:
        """Write down what keeps order."""
        if "role" in form.changed_data:
            before = form.initial.get("role", Role.MEMBER)
            record(_who(request), What.ROLE, obj, details=f"from {before} to {obj.role}")
        if change and "is_active" in form.changed_data:
            record(_who(request), What.REACTIVATE if obj.is_active else What.DEACTIVATE, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A new password; an administrator's own leaves their other pages where they are."""
        if request.method != "POST" or id != str(request.user.pk):
            return super().user_change_password(request, id, form_url)
        with renewing_session(request):
            answer = super().user_change_password(request, id, form_url)
            UserSession.objects.create_from_request(request)
            return answer

    def get_deleted_objects(
        self, objs: Iterable[Person], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Their accounts alone: what they wrote stays. Whoever may not leave is in the way."""
        people = list(objs)
        protected = [f"{person}: {LAST_OWNER}" for person in people if not access.may_leave(person)]
        return [str(person) for person in people], {"people": len(people)}, set(), protected

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """An owner is deleted by an owner alone; whoever has left cannot leave again, for their row stays."""
        there = obj is None or not Departure.objects.filter(person=obj).exists()
        return there and super().has_delete_permission(request, obj) and self._may_act_on(request, obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Gone; of the last two owners, when both are deleted at once, the second stays."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except (Rejected, LastOwner) as rejected:
            self.message_user(request, str(rejected), messages.ERROR)
            return redirect("admin:accounts_person_changelist")

    def delete_model(self, request: HttpRequest, obj: Person) -> None:
        """As if they had left, and their messages stayed."""
        departures.leave(obj, removes_messages=False, by_administrator=obj.pk != request.user.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        """Each of them; where the last one who runs the community is among them, they stay."""
        for person in queryset:
            try:
                self.delete_model(request, person)
            except Rejected as rejected:
                self.message_user(request, f"{person}: {rejected}", messages.ERROR)

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
    fields = ("name", "signup_open", "join_token")
    readonly_fields = ("join_token",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Community | None = None) -> bool:
        """There is always one."""
        return False


def _who(request: HttpRequest) -> Person:
    """Who asks: the admin lets in people alone."""
    return cast("Person", request.user)
