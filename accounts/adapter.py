"""Where allauth asks us."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.tasks import Task, TaskResult, TaskResultStatus
from django.urls import reverse

from accounts import access, addresses, browsers, limits, lookalikes, tasks
from accounts.models import Awaits, Person

log = logging.getLogger(__name__)

MISMATCH = "That name and that password do not belong together. Check both, and try again."
NO_MAIL = "The mail could not be sent. Try again later, or ask an administrator."
TOO_MANY = "Too many tries. Wait a few minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):
    """Who may sign up and in, in our words, and with mail that the worker sends."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": "You have that address already.",
        "email_password_mismatch": MISMATCH,
        "enter_current_password": "That is not your password.",
        "incorrect_password": "That is not your password.",
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
            raise ValidationError("That address cannot be had here.", code="banned")
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

    # -- Mail ----------------------------------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Let the worker send it; what is away must not take the page along."""
        said = {"request": allauth_context.request, "email": email} | context
        message = self.render_mail(template_prefix, email, said)
        # Not every mail has a part in HTML.
        html = next((str(part.content) for part in getattr(message, "alternatives", ())), "")
        result = self._let_worker(tasks.send_mail, message.subject, message.body, email, html)
        # Where there is no worker, it has been tried already.
        if result is not None and result.status == TaskResultStatus.FAILED:
            messages.error(self.request, NO_MAIL)

    def send_reset_links(self, email: str, address: str) -> None:
        """Let the worker send links to a new password, if there is anybody to send them to."""
        self._let_worker(tasks.send_reset_links, email, address)

    def _let_worker(self, task: Task, *words: str) -> TaskResult | None:
        try:
            return task.enqueue(*words)
        except Exception:
            log.exception("A mail could not be given to the worker")
            messages.error(self.request, NO_MAIL)
            return None

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner of an account what was changed about it."""
        said = {"user": user, "sessions_url": self.request.build_absolute_uri(reverse("sessions"))}
        super().send_notification_mail(template_prefix, user, said | (context or {}), email)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """Ask whether an address is right; the owner of an account that has it already is told that instead.

        So the page that asked says the same of every address.
        """
        address = emailconfirmation.email_address
        if address.can_set_verified():
            super().send_confirmation_mail(request, emailconfirmation, signup)
        else:
            self.send_account_already_exists_mail(address.email)
