"""allauth's provider of OpenID Connect, which believes no more than the protocol lets it."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount import app_settings
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

from accounts.oidc import discovery, tokens
from accounts.oidc.troubles import Away, Untrusted

# What is kept of what a provider says of somebody.
CLAIMS = ("sub", "email", "email_verified", "preferred_username", "name")
# Where a sign-in keeps the provider's number of the session there: a logout may name it.
SID = "sid"


class Client(OpenIDConnectOAuth2Adapter):
    """What we ask of a provider. Raises OAuth2Error where its answers are not what they should be."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What it says of itself."""
        return discovery.configuration(self.get_provider().app)

    def get_access_token_data(self, *asked: Any, **how: Any) -> dict[str, Any]:
        """What the code is exchanged for, once."""
        try:
            data = super().get_access_token_data(*asked, **how)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Untrusted("its answer to the code cannot be read") from error
        if not isinstance(data, dict) or not isinstance(data.get("access_token"), str):
            raise Untrusted("its answer to the code has no access token")
        return data

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """The access token, which is used once and stored nowhere."""
        return SocialToken(token=data["access_token"])

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **how: Any
    ) -> SocialLogin:
        """Who it says that somebody is."""
        identity = tokens.identity(app, how["response"].get("id_token"))
        if not 0 < len(identity["sub"]) <= app_settings.UID_MAX_LENGTH:
            raise Untrusted("its number of the person is none, or too long")
        # What it told us straight may be more, and newer.
        said = identity | self._userinfo(identity, token.token)
        claims = {name: said[name] for name in CLAIMS if name in said}
        # Some write it in quotation marks.
        claims["email_verified"] = said.get("email_verified") in (True, "true")
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": claims})
        sid = identity.get(SID)
        request.oidc_sid = sid if isinstance(sid, str) else ""  # type: ignore[attr-defined]
        return login

    def _userinfo(self, identity: dict[str, Any], access_token: str) -> dict[str, Any]:
        """What it says besides the ID token, where that is not all that we look for."""
        place = self.openid_config.get("userinfo_endpoint")
        if not place or all(name in identity for name in CLAIMS):
            return {}
        try:
            said = discovery.fetched(place, Authorization=f"Bearer {access_token}")
        except Away:
            return {}
        # OpenID Connect Core 1.0, section 5.3.2.
        if said.get("sub") != identity["sub"]:
            raise Untrusted("it tells about somebody else than its token")
        return said


class Provider(OpenIDConnectProvider):
    """One of OIDC_PROVIDERS."""

    # Where allauth looks for its addresses.
    package = "allauth.socialaccount.providers.openid_connect"
    oauth2_adapter_class = Client

    @property
    def sign_up(self) -> str:
        """Who may come in by it for the first time: one of site_config.providers.SIGN_UP."""
        return self.app.settings["sign_up"]

    def serialize(self) -> dict[str, Any]:
        """By its id: two providers may have given us one client id."""
        return {"id": self.app.provider_id}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """What somebody new starts with; of another type than text it is nothing."""
        found = super().extract_common_fields(data)
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The one address, and whether the provider has confirmed it."""
        claims = data["userinfo"]
        email = claims.get("email")
        if not isinstance(email, str):
            return []
        return [EmailAddress(email=email.lower(), verified=claims["email_verified"], primary=True)]
