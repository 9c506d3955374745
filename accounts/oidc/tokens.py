"""What a provider has signed: who somebody is, and that somebody has signed out there.

Signatures are checked also of what came straight from the provider: plain HTTP, within a network of one's
own, proves nothing.
"""

import time
from typing import Any

import jwt
from allauth.socialaccount.models import SocialApp

from accounts.oidc import discovery
from accounts.oidc.troubles import Untrusted

# Signatures that only the holder of a private key can make; "none" and those with a shared secret are not.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
# Seconds by which clocks may differ.
LEEWAY = 60
# Longer than any that a provider makes.
LONGEST_TOKEN = 32 * 1024
# OpenID Connect Back-Channel Logout 1.0, section 2.4.
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# Seconds after which a logout token is too old, though it may not say when it ends.
LOGOUT_TOKEN_AGE = 5 * 60


def identity(app: SocialApp, token: Any) -> dict[str, Any]:
    """What an ID token says: OpenID Connect Core 1.0, section 3.1.3.7. Raises Untrusted, or Away.

    It has no nonce of ours: that its code was asked for by this browser is shown by the state and by PKCE.
    """
    said = _verified(app, token, ["iss", "aud", "exp", "iat", "sub"])
    audience = said["aud"]
    if isinstance(audience, list) and len(audience) > 1 and said.get("azp") != app.client_id:
        raise Untrusted("the token was made for somebody else as well")
    return said


def logout(app: SocialApp, token: Any) -> dict[str, Any]:
    """What a logout token says: OpenID Connect Back-Channel Logout 1.0, section 2.6.

    Whether it came before is asked elsewhere. Raises Untrusted, or Away.
    """
    said = _verified(app, token, ["iss", "aud", "iat", "jti"])
    if time.time() - float(said["iat"]) > LOGOUT_TOKEN_AGE + LEEWAY:
        raise Untrusted("the token is too old")
    if not isinstance(said.get("events"), dict) or not isinstance(said["events"].get(LOGOUT_EVENT), dict):
        raise Untrusted("the token is about no logout")
    if "nonce" in said:
        raise Untrusted("the token has a nonce, which an ID token has")
    if not any(isinstance(said.get(name), str) and said[name] for name in ("sub", "sid")):
        raise Untrusted("the token names nobody")
    return said


def _verified(app: SocialApp, token: Any, required: list[str]) -> dict[str, Any]:
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise Untrusted("there is no token")
    try:
        head = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Untrusted("the token cannot be read") from error
    algorithm = head.get("alg")
    if algorithm not in ALGORITHMS:
        raise Untrusted("the token is signed in a way that proves nothing")
    problem: Exception | None = None
    for key in discovery.keys(app, head.get("kid")):
        try:
            return jwt.decode(
                token,
                # Which algorithm a key is for says the key, where it does.
                jwt.PyJWK.from_dict(key, key.get("alg") or algorithm),
                algorithms=[algorithm],
                audience=app.client_id,
                issuer=discovery.configuration(app)["issuer"],
                leeway=LEEWAY,
                options={"require": required},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            problem = error
    raise Untrusted(f"the token does not hold ({type(problem).__name__})") from problem
