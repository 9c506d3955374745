"""Where allauth asks us about whoever a provider has named: whose account that is, or who may come in."""

import logging
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from accounts import access, addresses, lookalikes
from accounts.enumerating import either
from accounts.joining import Admission
from accounts.models import Awaits, Community, Person
from accounts.oidc.provider import SID
from accounts.oidc.troubles import Away
from accounts.oidc.usernames import free_username
from accounts.plain_text import clean_line, says_something
from accounts.ways_in import only_by_provider

log = logging.getLogger(__name__)

NO_PASSWORD = _("You could not sign in any longer. Give your account a password first.")
LAST_WAY = _("You could not sign in any longer: it is the only one that you have connected.")


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Accounts are joined by what both sides have confirmed, and people come in as the community says."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "no_password": NO_PASSWORD,
        "disconnect_last": LAST_WAY,
        "connected_other": _("That is connected to the account of somebody else here."),
    }

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers of the settings, in their order; none are in the database, so no query is asked."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    # -- Whose account it is -------------------------------------------------------------

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Person, str] | None:
        """Whoever has confirmed here the address that the provider has confirmed there. One query at most."""
        for told in sociallogin.email_addresses:
            if told.verified and (address := confirmed_here(told.email)):
                return address.user, told.email
        return None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Say why somebody cannot come in, before anything is stored."""
        sociallogin.state[SID] = getattr(request, "oidc_sid", "")
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        person = sociallogin.user if sociallogin.is_existing else None
        if person is None:
            self._refuse_what_is_taken(request, sociallogin)
        elif not person.is_active:
            raise ImmediateHttpResponse(get_account_adapter().respond_user_inactive(request, person))
        elif sociallogin._did_authenticate_by_email and _has_another(person, sociallogin):
            # The address went from one to another there.
            raise ImmediateHttpResponse(_refusal(request, sociallogin, "taken"))

    def _refuse_what_is_taken(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        for told in sociallogin.email_addresses:
            if filter_users_by_email(told.email):
                raise ImmediateHttpResponse(_refusal(request, sociallogin, "taken"))

    # -- Somebody new --------------------------------------------------------------------

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whether somebody new may come in by this provider; where not, a page says why."""
        email = _email(sociallogin)
        if email and addresses.is_banned(email):
            raise ImmediateHttpResponse(_refusal(request, sociallogin, "banned"))
        match sociallogin.provider.sign_up:
            case "none":
                raise ImmediateHttpResponse(_refusal(request, sociallogin, "unknown"))
            case "all":
                return True
        if not access.may_sign_up(request):
            raise ImmediateHttpResponse(_closed(request))
        community = Community.current()
        invited = access.is_way_in(request.session.get(access.JOIN_TOKEN, ""), community)
        if not invited and not addresses.is_of_allowed_domain(email, community):
            domains = either(f"@{domain}" for domain in community.domains)
            raise ImmediateHttpResponse(_refusal(request, sociallogin, "domain", domains=domains))
        return True

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Person:
        """Stored, with a name of their own, as what they are by the way they came."""
        person = sociallogin.user
        assert isinstance(person, Person)  # noqa: S101
        # Behind the community's lock: names, and the uses of links, are counted by one at a time.
        admission = Admission(request.session.get(access.JOIN_TOKEN, ""))
        _name(person, sociallogin)
        person.set_unusable_password()
        as_the_community_says = admission.is_invited or sociallogin.provider.sign_up != "all"
        if as_the_community_says:
            if admission.is_over:
                raise ImmediateHttpResponse(_closed(request))
            admission.prepare(request, person, person.username)
            _wait_no_more_for_address(admission, person, sociallogin)
        sociallogin.save(request)
        if as_the_community_says:
            admission.take(person)
        request.session.pop(access.JOIN_TOKEN, None)
        return person

    # -- One's own settings --------------------------------------------------------------

    def validate_disconnect(self, account: SocialAccount, accounts: QuerySet[SocialAccount]) -> None:
        """Not the last way to sign in. Raises ValidationError."""
        known = {app.provider_id for app in self.list_apps(self.request)}
        others = accounts.exclude(pk=account.pk).filter(provider__in=known)
        if not others.exists():
            if only_by_provider():
                raise ValidationError(LAST_WAY)
            if not account.user.has_usable_password():
                raise ValidationError(NO_PASSWORD)

    # -- What went wrong -----------------------------------------------------------------

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """A page that says what the person can do; what an operator should know is in the log."""
        if error == AuthError.CANCELLED:
            why, status = "denied", HTTPStatus.FORBIDDEN
        elif isinstance(exception, (Away, RequestException)):
            why, status = "away", HTTPStatus.SERVICE_UNAVAILABLE
        elif exception is None and "state" not in (extra_context or {}):
            why, status = "stale", HTTPStatus.BAD_REQUEST
        else:
            why, status = "untrusted", HTTPStatus.BAD_REQUEST
        if why in ("away", "untrusted"):
            log.warning("Nobody could be signed in by %s: %s", provider.name, _words(request, exception))
        said = {"why": why, "provider": provider}
        raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", said, status=status))


def confirmed_here(email: str) -> EmailAddress | None:
    """The confirmed address of somebody here that is this one. One query."""
    return EmailAddress.objects.select_related("user").filter(email=email.lower(), verified=True).first()


def _words(request: HttpRequest, exception: Exception | None) -> str:
    """What went wrong, in one line that holds no token: what allauth says may hold one."""
    if exception is None:
        return f"it said {request.GET.get('error', 'nothing')[:60]!r}"
    from_us = type(exception).__module__.startswith("accounts.")
    return f"{type(exception).__name__}: {exception}" if from_us else type(exception).__name__


def _email(sociallogin: SocialLogin) -> str:
    """The address that the provider tells; allauth's own list is without those that cannot be had here."""
    email = sociallogin.account.extra_data["userinfo"].get("email")
    return email if isinstance(email, str) and "@" in email else ""


def _has_another(person: Person, sociallogin: SocialLogin) -> bool:
    """Whether somebody else there has come to this account by the same provider. One query."""
    there = SocialAccount.objects.filter(user=person, provider=sociallogin.account.provider)
    return there.exclude(uid=sociallogin.account.uid).exists()


def _name(person: Person, sociallogin: SocialLogin) -> None:
    """What somebody new is called, by what the provider calls them; others must not take them for another."""
    claims = sociallogin.account.extra_data["userinfo"]
    preferred, name, email = (
        value if isinstance(value := claims.get(claim), str) else ""
        for claim in ("preferred_username", "name", "email")
    )
    person.username = free_username((preferred, email, name))
    shown = clean_line(name)[: Person._meta.get_field("display_name").max_length]
    if says_something(shown) and not lookalikes.problem_of(shown, Person.objects.names()):
        person.display_name = shown


def _wait_no_more_for_address(admission: Admission, person: Person, sociallogin: SocialLogin) -> None:
    """What somebody waits for whose address the provider has confirmed."""
    if person.awaits != Awaits.ADDRESS or not any(told.verified for told in sociallogin.email_addresses):
        return
    waits = admission.community.needs_approval or person.resembles is not None
    person.awaits = Awaits.APPROVAL if waits else ""
    person.is_active = not waits


def _refusal(request: HttpRequest, sociallogin: SocialLogin, why: str, **said: Any) -> Any:
    said |= {"why": why, "provider": sociallogin.provider, "email": _email(sociallogin)}
    return render(request, "socialaccount/refused.html", said, status=HTTPStatus.FORBIDDEN)


def _closed(request: HttpRequest) -> Any:
    return render(request, "account/signup_closed.html", status=HTTPStatus.FORBIDDEN)
