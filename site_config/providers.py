"""The providers by which people sign in, from the environment: OIDC_PROVIDERS, and OIDC_<ID>_… of each."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# What an id is: it stands in addresses, and in the names of settings.
ID = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)
# Who may come in by a provider that is new here: as the community says, whoever it vouches for, nobody.
SIGN_UP = ("community", "all", "none")


def providers(env: environ.Env, named: Iterable[str], *, https: bool) -> list[dict[str, Any]]:
    """What allauth has to know of each provider whose id is `named`, in that order.

    With `https` providers are reached by nothing else. Raises ImproperlyConfigured with the name of the
    setting that is missing or broken.
    """
    ids = [name.strip() for name in named if name.strip()]
    for name in ids:
        if not ID.fullmatch(name):
            raise ImproperlyConfigured(
                f"OIDC_PROVIDERS names {name[:40]!r}; an id has small letters, digits and _, a letter first."
            )
    if len(set(ids)) != len(ids):
        raise ImproperlyConfigured("OIDC_PROVIDERS names a provider twice.")
    return [_provider(env, name, https=https) for name in ids]


def _provider(env: environ.Env, name: str, *, https: bool) -> dict[str, Any]:
    sign_up = _said(env, name, "SIGN_UP", default="community").lower()
    if sign_up not in SIGN_UP:
        raise ImproperlyConfigured(
            f"{_setting(name, 'SIGN_UP')} is {sign_up[:40]!r}; it can be {', '.join(SIGN_UP)}."
        )
    return {
        "provider_id": name,
        "name": _said(env, name, "NAME", default=name.replace("_", " ").capitalize())[:40],
        "client_id": _said(env, name, "CLIENT_ID"),
        "secret": _said(env, name, "SECRET"),
        "settings": {
            "server_url": _url(env, name, https=https),
            "oauth_pkce_enabled": True,
            "sign_up": sign_up,
        },
    }


def _url(env: environ.Env, name: str, *, https: bool) -> str:
    """The address of the issuer, as the provider writes it in its tokens, but for a slash at its end."""
    url = _said(env, name, "URL").removesuffix("/.well-known/openid-configuration")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.query or parts.fragment or parts.username or parts.password:
        raise ImproperlyConfigured(
            f"{_setting(name, 'URL')} is no address such as https://login.example.org/realms/company."
        )
    if parts.scheme == "http" and https:
        raise ImproperlyConfigured(
            f"{_setting(name, 'URL')} begins with http://; with HTTPS=on it has to be https://."
        )
    return url


def _said(env: environ.Env, name: str, what: str, default: str = "") -> str:
    """A setting of one provider. Raises ImproperlyConfigured where there is none, and no default."""
    setting = _setting(name, what)
    said = env.str(setting, default="").strip() or default
    if not said:
        raise ImproperlyConfigured(f"{setting} is not set, and OIDC_PROVIDERS names {name}.")
    return said


def _setting(name: str, what: str) -> str:
    return f"OIDC_{name.upper()}_{what}"
