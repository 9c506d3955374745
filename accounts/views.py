"""People by HTTP: the pages that allauth does not have, and those where it answers otherwise than we do."""

from typing import Any

from allauth.account import app_settings as allauth_settings
from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.account.utils import complete_signup
from allauth.decorators import rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as mfa
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from accounts import access, actions, codes, departures, downloads
from accounts.access import PersonRequest
from accounts.appearance import choices_in
from accounts.enumerating import either
from accounts.forms import (
    AppearanceForm,
    DeleteAccountForm,
    PictureForm,
    ProfileForm,
    StatusForm,
    WelcomeForm,
    end_of,
)
from accounts.joining import NO_WAY
from accounts.models import Block, Community, Person
from accounts.roles import LAST_OWNER
from accounts.ways_in import by_code, only_by_provider, providers

# What people are up to most often.
STATUS_EMOJI = "📅🎧🏡🚌🍽🤒🌴✈🎓⏳"


def see_other(name: str) -> HttpResponseRedirect:
    """After a POST: look at the page of that name, with a GET."""
    return HttpResponseRedirect(reverse(name), status=303)


class AnswersErrors:
    """A form that was not filled in well comes back with a status that says so."""

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        """The form again: 429 for too many tries, else 422."""
        too_many = any(
            form.has_error(field, "too_many_login_attempts")
            for field in (NON_FIELD_ERRORS, "password", "email")
        )
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        return self.render_to_response(context, status=429 if too_many else 422)  # type: ignore[attr-defined]


class WelcomeView(AnswersErrors, FormView):
    """The first page of an empty site, and gone with its first person."""

    template_name = "accounts/welcome.html"
    form_class = WelcomeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Home, where there is somebody already."""
        if Person.objects.exists():
            return redirect("home")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: WelcomeForm) -> HttpResponse:
        """Founded; its first person is signed in."""
        data = form.cleaned_data
        try:
            person = actions.found_community(
                name=data["community"],
                username=data["username"],
                email=data["email"],
                password=data["password1"],
            )
        except actions.Rejected as rejected:
            messages.error(self.request, str(rejected))
            return see_other("account_login")
        return complete_signup(self.request, person, None, reverse("home"))


class WithPassword(View):
    """A page about passwords, or what goes for one: there is none where people come by a provider alone."""

    # Whether the page is there all the same, to be looked at, and shows the providers.
    shows_providers = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refused with a sentence where there is no password."""
        if only_by_provider() and not (self.shows_providers and request.method in ("GET", "HEAD")):
            names = [format_html("<bdi>{}</bdi>", one["name"]) for one in providers()]
            said = {"providers": SafeString(either(names))}
            return render(request, "account/only_by_provider.html", said, status=403)
        return super().dispatch(request, *args, **kwargs)


class SignInView(WithPassword, AnswersErrors, allauth.LoginView):
    """The way in."""

    shows_providers = True


class SignUpView(WithPassword, AnswersErrors, allauth.SignupView):
    """A new account, when the community is open or its join link led here."""

    shows_providers = True

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Made and signed in; of two at once with one username, or one last use of a link, one is told."""
        try:
            response = super().form_valid(form)
        except ValidationError as taken:
            form.add_error(None if taken.code == NO_WAY else "username", taken)
            return self.form_invalid(form)
        self.request.session.pop(access.JOIN_TOKEN, None)
        return response

    def get_initial(self) -> dict[str, Any]:
        """The address that was invited is filled in."""
        invitation = access.invitation_of(self.request.session.get(access.JOIN_TOKEN, ""))
        return super().get_initial() | ({"email": invitation.email} if invitation else {})

    def closed(self) -> HttpResponse:
        """Not open, said with the status of what is not allowed."""
        return render(self.request, self.template_name_signup_closed, status=403)


class JoinLinkView(View):
    """The community's join link: it opens the way to an account."""

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """On to the form for a new account, if the link holds."""
        if request.user.is_authenticated:
            return redirect("home")
        if not access.is_way_in(token, Community.current()):
            return render(request, "accounts/join_link.html", status=404)
        request.session[access.JOIN_TOKEN] = token
        return redirect("account_signup")


class WaitingView(View):
    """What somebody new sees who has to wait."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """What they wait for."""
        return render(request, "accounts/waiting.html", {"awaits": request.session.get(access.AWAITS)})


class ConfirmEmailView(allauth.ConfirmEmailView):
    """The link in a mail that asks whether an address is right."""

    def logout_other_user(self, confirmation: Any) -> None:
        """Nobody: following a link is no way out."""


class WithCode(WithPassword):
    """A page about codes that are mailed: there is none where none are."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Not found."""
        if not only_by_provider() and not by_code():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


@method_decorator(rate_limit(action="login"), name="dispatch")
class RequestCodeView(WithCode, AnswersErrors, allauth.RequestLoginCodeView):
    """A code is asked for."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """On its way, if anybody has that address."""
        codes.begin(self.request, form.cleaned_data["email"])
        return HttpResponseRedirect(self.get_success_url(), status=303)


@method_decorator(rate_limit(action="login"), name="dispatch")
class ConfirmCodeView(WithCode, allauth.ConfirmLoginCodeView):
    """The code that came."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The form again, with a status that says so; after a few tries the code is none any longer."""
        answer = super().form_invalid(form)
        if answer.status_code == 200:
            answer.status_code = 422
        return answer

    def _resend_form_valid(self, form: forms.Form) -> HttpResponse:
        if codes.send_again(self._process):
            messages.success(
                self.request, _("Another code is on its way; the one before is none any longer.")
            )
        else:
            messages.error(self.request, get_adapter().error_messages["rate_limited"])
        return HttpResponseRedirect(
            self.passthrough_next_url(reverse("account_confirm_login_code")), status=303
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With how long the code can be used."""
        minutes = allauth_settings.LOGIN_BY_CODE_TIMEOUT // 60
        return super().get_context_data(**kwargs) | {"minutes": minutes}


class PasswordResetView(WithPassword, AnswersErrors, allauth.PasswordResetView):
    """A link to a new password is asked for."""


class PasswordResetFromKeyView(WithPassword, AnswersErrors, allauth.PasswordResetFromKeyView):
    """The link in a mail that leads to a new password."""

    def logout(self) -> None:
        """Nobody: following a link is no way out."""


class RenewsSession:
    """A new password signs out all other browsers, and none of the pages in this one."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Changed."""
        with actions.renewing_session(self.request):  # type: ignore[attr-defined]
            return super().form_valid(form)  # type: ignore[misc]


class PasswordChangeView(WithPassword, RenewsSession, allauth.PasswordChangeView):
    """A new password, by who knows the old one."""


class PasswordSetView(WithPassword, RenewsSession, allauth.PasswordSetView):
    """A password for an account that has none."""


class ReauthenticateView(WithPassword, AnswersErrors, allauth.ReauthenticateView):
    """The password once more, before something that concerns the safety of the account."""


class ActivateTOTPView(mfa.ActivateTOTPView):
    """A new app for the second step."""

    @transaction.atomic
    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Activated, and the code that did it is used up."""
        response = super().form_valid(form)
        app = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        actions.use_up_code(app, form.cleaned_data["code"])
        return response


class ProfileView(LoginRequiredMixin, AnswersErrors, FormView):
    """How one appears to others."""

    request: PersonRequest
    template_name = "accounts/profile.html"
    form_class = ProfileForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """About a copy of the current user: the page must not show what is not saved."""
        person = Person.objects.get(pk=self.request.user.pk)
        return super().get_form_kwargs() | {"instance": person}

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        """Changed, here and for everybody who is looking; of two at once with one name the second is told."""
        try:
            actions.edit_profile(form.instance, **form.cleaned_data)
        except ValidationError as taken:
            form.add_error(None, taken)
            return self.form_invalid(form)
        messages.success(self.request, _("Your profile is saved."))
        return see_other("profile")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the other forms of the page, and whom one has blocked. Two queries at most."""
        person = self.request.user
        forms = {
            "picture_form": PictureForm(),
            "appearance_form": AppearanceForm(initial=choices_in(person.appearance)),
            "status_form": StatusForm(initial={"emoji": person.status_emoji, "text": person.status_text}),
        }
        blocked = Person.objects.filter(pk__in=Block.objects.blocked_by(person)).by_name()
        return forms | {"emoji": STATUS_EMOJI, "blocked": blocked} | super().get_context_data(**kwargs)


class PartOfProfile(ProfileView):
    """A form of its own on the page of one's profile: the others are as they are stored."""

    http_method_names = ("post",)
    # What the template calls it.
    form_name = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Of no object."""
        return FormView.get_form_kwargs(self)

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        """The page again, with what was typed into this form."""
        profile = ProfileForm(instance=Person.objects.get(pk=self.request.user.pk))
        context = self.get_context_data(form=profile) | {self.form_name: form}
        return self.render_to_response(context, status=422)


class PictureView(PartOfProfile):
    """One's picture."""

    takes_files = True
    form_class = PictureForm  # type: ignore[assignment]
    form_name = "picture_form"

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        """A new one; with `remove`, none."""
        if "remove" not in request.POST:
            return super().post(request, *args, **kwargs)
        actions.remove_picture(self.request.user)
        messages.success(request, _("Your picture is removed."))
        return see_other("profile")

    def form_valid(self, form: forms.Form) -> HttpResponse:  # type: ignore[override]
        """Changed, for everybody who is looking."""
        try:
            actions.set_picture(self.request.user, form.cleaned_data["picture"])
        except actions.Rejected as rejected:
            form.add_error("picture", str(rejected))
            return self.form_invalid(form)
        messages.success(self.request, _("Your picture is saved."))
        return see_other("profile")


class AppearanceView(PartOfProfile):
    """How pages look to oneself."""

    form_class = AppearanceForm  # type: ignore[assignment]
    form_name = "appearance_form"

    def form_valid(self, form: forms.Form) -> HttpResponse:  # type: ignore[override]
        """Changed, on the next page."""
        actions.change_appearance(self.request.user, form.cleaned_data)
        messages.success(self.request, _("Pages look so from now on."))
        return see_other("profile")


class StatusView(PartOfProfile):
    """What one is up to."""

    form_class = StatusForm  # type: ignore[assignment]
    form_name = "status_form"

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        """Another one; with `clear`, none."""
        if "clear" not in request.POST:
            return super().post(request, *args, **kwargs)
        actions.set_status(self.request.user, "", "", None)
        messages.success(request, _("Your status is cleared."))
        return see_other("profile")

    def form_valid(self, form: forms.Form) -> HttpResponse:  # type: ignore[override]
        """Set, for everybody who is looking."""
        data = form.cleaned_data
        try:
            actions.set_status(self.request.user, data["emoji"], data["text"], end_of(data["end"]))
        except actions.Rejected as rejected:
            form.add_error("text", str(rejected))
            return self.form_invalid(form)
        messages.success(self.request, _("Your status is set."))
        return see_other("profile")


class SessionListView(LoginRequiredMixin, View):
    """Where one is signed in."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """Every place, this one first."""
        places = access.sessions_of(request.user, request.session.session_key)
        return render(request, "accounts/sessions.html", {"places": places})

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Sign out everywhere but here."""
        actions.end_sessions(request.user, but=request.session.session_key)
        messages.success(request, _("You are signed out everywhere else."))
        return see_other("sessions")


class SessionEndView(LoginRequiredMixin, View):
    """One place where one is signed in, and should be no longer."""

    http_method_names = ("post",)

    def post(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """Sign out there, which may be here."""
        record = access.session_of(request.user, pk)
        here = record.session_key == request.session.session_key
        actions.end_session(record)
        if here:
            logout(request)
            messages.success(request, _("You are signed out."))
            return see_other("account_login")
        messages.success(request, _("You are signed out there."))
        return see_other("sessions")


class DataView(LoginRequiredMixin, View):
    """All that one wrote, to take away; the fragment of its state to htmx, which asks while it is made."""

    def get(self, request: PersonRequest) -> HttpResponseBase:
        """Whether there is a download, and how far it is."""
        download = downloads.newest_of(request.user)
        context = {"download": download, "not_before": downloads.may_be_made_at(download)}
        part = "#state" if request.htmx else ""
        return render(request, f"accounts/data.html{part}", context)

    def post(self, request: PersonRequest) -> HttpResponseBase:
        """Let the worker prepare one."""
        try:
            actions.prepare_download(request.user)
        except actions.Rejected as rejected:
            messages.error(request, str(rejected))
        return see_other("data")


class ArchiveResponse(FileResponse):
    """A large file, read in pieces of a size that is worth the way."""

    block_size = 256 * 1024


class DownloadView(LoginRequiredMixin, View):
    """A download, for whoever asked for it."""

    gives_files = True
    http_method_names = ("get", "head")

    def get(self, request: PersonRequest, pk: int) -> HttpResponseBase:
        """To keep; nothing in between does."""
        download = access.download_of(request.user, pk)
        try:
            file = default_storage.open(str(download.file.name), "rb")
        except FileNotFoundError:
            raise Http404 from None
        return ArchiveResponse(
            file, as_attachment=True, filename=download.file_name, content_type="application/zip"
        )


class DeleteAccountView(LoginRequiredMixin, AnswersErrors, FormView):
    """The end of one's account."""

    request: PersonRequest
    template_name = "accounts/delete.html"
    form_class = DeleteAccountForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """About whoever asks."""
        return super().get_form_kwargs() | {"person": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With why it may not end, where it may not."""
        hindrance = "" if access.may_leave(self.request.user) else LAST_OWNER
        return super().get_context_data(**kwargs) | {"hindrance": hindrance}

    def form_valid(self, form: DeleteAccountForm) -> HttpResponse:
        """Over, here and everywhere; of the last two who run the community the second is told."""
        removes = form.cleaned_data["what_i_wrote"] == DeleteAccountForm.REMOVE
        try:
            departures.leave(self.request.user, removes_messages=removes)
        except actions.Rejected as rejected:
            form.add_error(None, str(rejected))
            return self.form_invalid(form)
        self.request.session.flush()
        messages.success(self.request, _("Your account is deleted."))
        return see_other("account_login")
