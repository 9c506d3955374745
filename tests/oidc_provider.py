"""A provider of OpenID Connect for tests: real HTTP on this machine, signed tokens, and what goes wrong."""

import base64
import hashlib
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Provider:
    """What it says of whoever signs in there, and how it misbehaves."""

    client_id, secret = "parley", "a secret of theirs"

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.kid = "first"
        # Whoever is signed in there now.
        self.claims: dict[str, Any] = {
            "sub": "1001",
            "email": "alice@example.org",
            "email_verified": True,
            "preferred_username": "alice",
            "name": "Alice A.",
        }
        # What a test puts in the place of what is right: in the ID token, in what is said besides, in all.
        self.token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.configuration: dict[str, Any] = {}
        self.sid = "session-1"
        self.refuses = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._access: set[str] = set()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, {})

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                provider.answer(self, one_each(self.rfile.read(length).decode()))

            def log_message(self, *words: Any) -> None:
                """Nothing: it is no news."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/realms/company"

    def start(self) -> None:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    # -- What it answers -----------------------------------------------------------------

    def answer(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        """By the last part of the path."""
        parts = urlsplit(request.path)
        what = parts.path.rpartition("/")[2]
        self.asked.append(what)
        match what:
            case "openid-configuration":
                self._say(request, self.says_of_itself())
            case "jwks":
                self._say(request, {"keys": [self.public_key()]})
            case "authorize":
                self._lead_back(request, one_each(parts.query))
            case "token":
                self._exchange(request, form)
            case "userinfo":
                is_known = request.headers.get("Authorization", "").removeprefix("Bearer ") in self._access
                self._say(request, self.claims | self.userinfo if is_known else {}, 200 if is_known else 401)
            case _:
                self._say(request, {}, 404)

    def says_of_itself(self) -> dict[str, Any]:
        """The document of discovery."""
        return {
            "issuer": self.url,
            **{f"{name}_endpoint": f"{self.url}/{path}" for name, path in ENDPOINTS.items()},
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        } | self.configuration

    def public_key(self) -> dict[str, Any]:
        """The key that tokens are signed with, as others are told it."""
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return public | {"kid": self.kid, "use": "sig", "alg": "ES256"}

    def _lead_back(self, request: BaseHTTPRequestHandler, asked: dict[str, str]) -> None:
        back: dict[str, str] = {"state": asked["state"]}
        if self.refuses:
            back["error"] = self.refuses
        else:
            back["code"] = uuid.uuid4().hex
            self._codes[back["code"]] = asked
        request.send_response(302)
        request.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _exchange(self, request: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        asked = self._codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        is_right = (
            asked is not None
            and asked["code_challenge_method"] == "S256"
            and asked["code_challenge"] == challenge
            and form.get("client_secret") == self.secret
            and form.get("redirect_uri") == asked["redirect_uri"]
        )
        if not is_right:
            self._say(request, {"error": "invalid_grant"}, 400)
            return
        access = uuid.uuid4().hex
        self._access.add(access)
        self._say(request, {"access_token": access, "token_type": "Bearer", "id_token": self.id_token()})

    def _say(self, request: BaseHTTPRequestHandler, said: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(said).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    # -- What it signs -------------------------------------------------------------------

    def id_token(self) -> str:
        """Who is signed in, with what `token` says instead; of None nothing."""
        now = int(time.time())
        said = {"iss": self.url, "aud": self.client_id, "iat": now, "exp": now + 300, "sid": self.sid}
        return self.signed(said | self.claims | self.token)

    def logout_token(self, **instead: Any) -> str:
        """Somebody has signed out, with what is said instead; of None nothing."""
        said = {
            "iss": self.url, "aud": self.client_id, "iat": int(time.time()), "exp": int(time.time()) + 120,
            "jti": uuid.uuid4().hex, "sub": self.claims["sub"], "sid": self.sid, "events": {LOGOUT_EVENT: {}},
        }  # fmt: skip
        return self.signed(said | instead)

    def signed(self, said: dict[str, Any], algorithm: str = "ES256", key: Any = None) -> str:
        """A token that says so."""
        kept = {name: value for name, value in said.items() if value is not None}
        key = None if algorithm == "none" else key or self.key
        return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": self.kid})


ENDPOINTS = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}


def one_each(query: str) -> dict[str, str]:
    """What a query or a form says, once each."""
    return {name: values[0] for name, values in parse_qs(query).items()}


def settings_for(
    provider: Provider, provider_id: str = "company", sign_up: str = "community"
) -> dict[str, Any]:
    """One of OIDC_PROVIDERS, as site_config/providers.py makes it."""
    return {
        "provider_id": provider_id,
        "name": "Company & Co",
        "client_id": provider.client_id,
        "secret": provider.secret,
        "settings": {"server_url": provider.url, "oauth_pkce_enabled": True, "sign_up": "community"},
    }
