"""Signing out at the provider: it tells us, and the sessions here that it began end at once.

OpenID Connect Back-Channel Logout 1.0, https://openid.net/specs/openid-connect-backchannel-1_0.html.
"""

import hashlib
import logging
from http import HTTPStatus
from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts import actions
from accounts.oidc import tokens
from accounts.oidc.troubles import Away, Untrusted
from accounts.oidc.views import provider_called

log = logging.getLogger(__name__)

# Seconds for which a token is remembered: longer than it is believed.
REMEMBERED = tokens.LOGOUT_TOKEN_AGE + 3 * tokens.LEEWAY


@method_decorator(csrf_exempt, name="dispatch")
class LoggedOutThereView(View):
    """What a provider posts to: it has no cookie, and its signature is all that is believed."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, provider_id: str) -> HttpResponseBase:
        """Ended; 400 where the token is not what it should be (section 2.8)."""
        app = provider_called(request, provider_id).app
        try:
            said = tokens.logout(app, request.POST.get("logout_token"))
            _only_once(app.provider_id, said["jti"])
        except OAuth2Error as error:
            log.warning("A logout that %s is said to have sent was refused: %s", app.name, error)
            status = HTTPStatus.SERVICE_UNAVAILABLE if isinstance(error, Away) else HTTPStatus.BAD_REQUEST
            return answer(status, error="invalid_request", error_description=str(error))
        ended = actions.end_provider_sessions(app.provider_id, sub=_text(said, "sub"), sid=_text(said, "sid"))
        log.info("%s has signed somebody out: %d sessions here ended", app.name, ended)
        return answer(HTTPStatus.OK)


def answer(status: HTTPStatus, **said: str) -> JsonResponse:
    """What the provider is told; nobody keeps it."""
    return JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})


def _only_once(provider_id: str, jti: str) -> None:
    """Raises Untrusted for a token that came before."""
    digest = hashlib.sha256(f"{provider_id} {jti}".encode()).hexdigest()
    if not cache.add(f"oidc-logout-{digest}", True, REMEMBERED):
        raise Untrusted("the token came before")


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
