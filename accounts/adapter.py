"""Where allauth asks us."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import access, addresses, browsers, limits, lookalikes, tasks
from accounts.models import Awaits, Person
from accounts.ways_in import only_by_provider

MISMATCH = _("That name and that password do not belong together. Check both, and try again.")
TOO_MANY = _("Too many tries. Wait a few minutes, then try again.")


class AccountAdapter(DefaultAccountAdapter):
    """Who may sign up and in, in our words, and with mail that the worker sends."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": _("You have that address already."),
        "email_password_mismatch": MISMATCH,
        "enter_current_password": _("That is not your password."),
        "incorrect_password": _("That is not your password."),
        "rate_limited": TOO_MANY,
        "too_many_login_attempts": TOO_MANY,
        "username_password_mismatch": MISMATCH,
        "username_taken": lookalikes.TAKEN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the community is open, or its join link led here."""
        return access.may_sign_up(request)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """A username that may be had, of which nobody else's name reminds. Raises ValidationError."""
        username = super().clean_username(username, shallow)
        if problem := lookalikes.problem_of(username, Person.objects.names()):
            raise ValidationError(problem, code="lookalike")
        return username

    def clean_email(self, email: str) -> str:
        """An address that may be had: nobody was banned who had it. Raises ValidationError."""
        email = super().clean_email(email)
        if email and addresses.is_banned(email):
            raise ValidationError(gettext("That address cannot be had here."), code="banned")
        return email

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Stored, as what they are by the way they came."""
        if form.admission is not None:
            form.admission.prepare(request, user, form.cleaned_data["username"])
        return super().save_user(request, user, form, commit)

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Who may not come in sees why: for now, or for good."""
        if not user.awaits:
            return super().respond_user_inactive(request, user)
        request.session[access.AWAITS] = user.awaits
        if user.awaits == Awaits.ADDRESS:
            self._ask_again(request, user)
        return redirect("waiting")

    def _ask_again(self, request: HttpRequest, person: Person) -> None:
        address = EmailAddress.objects.filter(user=person).first()
        if address is not None:
            send_verification_email_to_address(request, address, signup=True)

    # -- Signing in ----------------------------------------------------------------------

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Whose name or address, and password, these are. Raises ValidationError after too many tries.

        The password is hashed as often for nobody as for somebody, whichever of the two was typed.
        """
        login = credentials.get("username") or credentials.get("email") or ""
        person = access.person_signing_in(login)
        attempt = limits.password_try(request, person, login)
        if not attempt.begin():
            raise self.validation_error("too_many_login_attempts")
        if not (person or Person()).check_password(credentials.get("password", "")):
            self.authentication_failed(request, **credentials)
            return None
        attempt.was_right()
        return person

    def pre_login(self, request: HttpRequest, user: Person, **how: Any) -> HttpResponse | None:
        """Nobody signs in as a bot, by whatever door: there is no such person to them."""
        if user.is_bot:
            raise Http404
        return super().pre_login(request, user, **how)

    def post_login(self, request: HttpRequest, user: Person, **how: Any) -> HttpResponse:
        """On to where they wanted to go, in a browser that is known from now on."""
        response = super().post_login(request, user, **how)
        browsers.remember(request, response, user.pk)
        return response

    def is_safe_url(self, url: str | None) -> bool:
        """Whether somebody may be led there; not where it is no address at all, which allauth fails on."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def is_reauthentication_required(self, *, app: str, **about: Any) -> bool:
        """Whether somebody has to show once more who they are: not where that is the provider's to do."""
        person = self.request.user
        if only_by_provider() and person.is_authenticated and not is_mfa_enabled(person):
            return False
        return super().is_reauthentication_required(app=app, **about)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How they may show it: not by a password where nobody signs in with one."""
        methods = super().get_reauthentication_methods(user)
        return [way for way in methods if not (only_by_provider() and way["id"] == "reauthenticate")]

    # -- Mail ----------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let the worker send it; what is away must not take the page along."""
        said = {"request": allauth_context.request, "email": email} | context
        message = self.render_mail(template_prefix, email, said)
        # Not every mail has a part in HTML.
        html = next((str(part.content) for part in getattr(message, "alternatives", ())), "")
        tasks.mail_later(message.subject, message.body, email, html)

    def send_reset_links(self, email: str, address: str) -> None:
        """Let the worker send links to a new password, if there is anybody to send them to."""
        tasks.reset_links_later(email, address)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner of an account what was changed about it, in their language."""
        said = {"user": user, "sessions_url": self.request.build_absolute_uri(reverse("sessions"))}
        with translation.override(self._language_of(user)):
            super().send_notification_mail(template_prefix, user, said | (context or {}), email)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell whoever has that address that somebody gave it, in their language. One query."""
        there = EmailAddress.objects.select_related("user").filter(email=email.lower())
        address = there.order_by("-verified", "pk").first()
        language = (address and address.user.language) or settings.LANGUAGE_CODE
        with translation.override(language):
            super().send_account_already_exists_mail(email)

    def _language_of(self, person: Person) -> str | None:
        """The one that they chose; else, where they ask themselves, their browser's."""
        asks_themselves = getattr(self.request, "user", None) == person
        return person.language or (translation.get_language() if asks_themselves else settings.LANGUAGE_CODE)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Ask whether an address is right; the owner of an account that has it already is told that instead.

        So the page that asked says the same of every address.
        """
        address = emailconfirmation.email_address
        if address.can_set_verified():
            super().send_confirmation_mail(request, emailconfirmation, signup)
        else:
            self.send_account_already_exists_mail(address.email)
