"""By which ways people sign in here, as the settings say."""

from typing import Any

from django.conf import settings


def providers() -> list[dict[str, Any]]:
    """Those of OIDC_PROVIDERS, with `provider_id`, `name` and `settings` of each."""
    known: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    return known["APPS"]


def only_by_provider() -> bool:
    """Whether there is no other way: no password, no mailed code, no form for a new account."""
    return settings.SIGN_IN_ONLY_BY_PROVIDER


def by_code() -> bool:
    """Whether one can have a code mailed, and sign in with it."""
    return settings.ACCOUNT_LOGIN_BY_CODE_ENABLED and not only_by_provider()
