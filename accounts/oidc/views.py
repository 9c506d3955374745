"""By HTTP: to a provider, and back from it."""

from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows import reauthentication
from allauth.account.utils import get_next_redirect_url
from allauth.decorators import rate_limit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import ConnectionsView
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View

from accounts.oidc.provider import Client, Provider
from accounts.views import AnswersErrors
from accounts.ways_in import providers


def provider_called(request: HttpRequest, provider_id: str) -> Provider:
    """The provider of the settings with that id, or not found. No query."""
    try:
        return get_adapter(request).get_provider(request, provider=provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None


@method_decorator(rate_limit(action="login"), name="dispatch")
class LeaveForProviderView(View):
    """The way to a provider: begun by a form, so that nobody else's page can begin it.

    The answer to the form is no redirect, but a page that leads on by itself: Chromium follows no redirect of
    a form to where the policy's form-action does not, and who is behind a provider, nobody here knows.
    """

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponseBase:
        """The form, for who came by a link."""
        provider = provider_called(request, provider_id)
        if request.user.is_authenticated:
            return redirect("home")
        return render(request, "socialaccount/login.html", {"provider": provider})

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponseBase:
        """On, to sign in; with `process` connect, to connect the account of whoever is signed in."""
        provider = provider_called(request, provider_id)
        connects = request.POST.get("process") == AuthProcess.CONNECT
        if connects:
            if not request.user.is_authenticated:
                return redirect_to_login(reverse("socialaccount_connections"))
            reauthentication.raise_if_reauthentication_required(request, app="allauth.socialaccount")
        elif request.user.is_authenticated:
            return redirect("home")
        process = AuthProcess.CONNECT if connects else AuthProcess.LOGIN
        try:
            there = provider.redirect(request, process=process, next_url=get_next_redirect_url(request))
        except OAuth2Error as error:
            return render_authentication_error(request, provider, exception=error)
        if "Location" not in there:
            return there
        said = {"provider": provider, "there": there["Location"]}
        answer = render(request, "socialaccount/leading.html", said)
        answer["Cache-Control"] = "no-store"
        return answer


class BackFromProviderView(View):
    """The way back: whoever comes is signed in, or a page says why not."""

    http_method_names = ("get",)

    def get(self, request: HttpRequest, provider_id: str) -> HttpResponseBase:
        """What allauth does with the code."""
        provider = provider_called(request, provider_id)
        try:
            return OAuth2CallbackView.adapter_view(Client(request, provider.app.provider_id))(request)
        except IntegrityError:
            # Somebody new came twice at one moment; the next time they are there.
            said = {"why": "stale", "provider": provider}
            return render(request, "socialaccount/refused.html", said, status=HTTPStatus.CONFLICT)


class ConnectedView(AnswersErrors, ConnectionsView):
    """With which providers one signs in: connected, and no longer."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Where there are providers."""
        if not providers():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: DisconnectForm) -> HttpResponse:
        """Disconnected; of a provider that there is no longer nobody has to be asked."""
        account = form.cleaned_data["account"]
        if account.provider in {app["provider_id"] for app in providers()}:
            return super().form_valid(form)
        account.delete()
        return redirect("socialaccount_connections")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With each provider, and what is connected with it. One query."""
        connected = SocialAccount.objects.filter(user=self.request.user).order_by("pk")
        return super().get_context_data(**kwargs) | {"places": places_of(list(connected))}


def places_of(connected: list[SocialAccount]) -> list[dict[str, Any]]:
    """The providers that there are and those that there were, with what somebody has connected with each."""
    named = {app["provider_id"]: app["name"] for app in providers()}
    for account in connected:
        said = account.extra_data.get("userinfo", {})
        account.called = said.get("email") or said.get("preferred_username") or ""
    former = sorted({account.provider for account in connected} - named.keys())
    return [
        {
            "provider_id": name,
            "name": named.get(name, name),
            "accounts": (mine := [account for account in connected if account.provider == name]),
            "is_offered": name in named and not mine,
        }
        for name in (*named, *former)
    ]
