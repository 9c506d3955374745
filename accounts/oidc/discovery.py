"""What a provider says of itself: its addresses, and the keys that it signs with.

Both are kept for a while, for all processes, so that a sign-in asks the provider no more than it must.
"""

import hashlib
import time
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from django.core.cache import cache

from accounts.oidc.troubles import Away, Untrusted

# Seconds for which what it said is believed without asking again.
KEPT = 10 * 60
# Where a key is not among those that are kept, the provider may have new ones: it is asked at most so often,
# seconds, whatever anybody sends us.
ASKED_AGAIN_AFTER = 30
WELL_KNOWN = "/.well-known/openid-configuration"
# Without them nobody signs in.
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def configuration(app: SocialApp) -> dict[str, Any]:
    """What is at the provider's well-known address: its issuer is the one of our settings.

    Raises Away, or Untrusted.
    """
    place = app.settings["server_url"].rstrip("/")
    key = _key("configuration", place)
    if (kept := cache.get(key)) is not None:
        return kept
    said = fetched(place + WELL_KNOWN)
    # OpenID Connect Discovery 1.0, section 4.3.
    if not isinstance(said.get("issuer"), str) or said["issuer"].rstrip("/") != place:
        raise Untrusted(f"the issuer is {str(said.get('issuer'))[:200]!r}, and not {place!r}")
    if not all(_is_address(said.get(name)) for name in ENDPOINTS):
        raise Away("what it says of itself has not all that is needed")
    cache.set(key, said, KEPT)
    return said


def keys(app: SocialApp, kid: str | None) -> list[dict[str, Any]]:
    """The public keys that may have signed what names `kid`, or no key. Raises Away, or Untrusted."""
    place = configuration(app)["jwks_uri"]
    key = _key("keys", place)
    asked_at, known = cache.get(key) or (0.0, [])
    if not _named(known, kid) and time.time() - asked_at > ASKED_AGAIN_AFTER:
        found = fetched(place).get("keys")
        known = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        cache.set(key, (time.time(), known), KEPT)
    return _named(known, kid)


def fetched(address: str, **headers: str) -> dict[str, Any]:
    """The JSON object at an address of the provider's. Raises Away."""
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(address, headers=headers)
            answer.raise_for_status()
            said = answer.json()
    except requests.RequestException as error:
        raise Away(type(error).__name__) from error
    if not isinstance(said, dict):
        raise Away("its answer is no object")
    return said


def _named(known: list[dict[str, Any]], kid: str | None) -> list[dict[str, Any]]:
    """Those with that name; a token without one may have been signed with any."""
    signing = [one for one in known if one.get("use", "sig") == "sig"]
    return signing if kid is None else [one for one in signing if one.get("kid") == kid]


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _key(what: str, place: str) -> str:
    return f"oidc-{what}-{hashlib.sha256(place.encode()).hexdigest()}"
