"""Browsers that somebody has signed in with before, by a signed cookie that outlives the session.

Whoever guesses at an account from elsewhere must not keep its owner out. So a browser that has been let in
before has tries of its own (accounts/limits.py):
https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "parley_browser"
COOKIE_AGE = 365 * 24 * 3600
# People who share a browser; who signed in longest ago is forgotten.
MOST_PEOPLE = 10

# A number of the browser's own, and a signature for each of them.
VALUE = re.compile(r"([\w-]{22})((?:\.[0-9a-f]{32})+)", re.ASCII)


def number_of(request: HttpRequest, person_id: int) -> str:
    """The number of the browser that asks, where that person has signed in before; else an empty text."""
    number, signatures = _read(request)
    own = _signature(number, person_id)
    return number if any(constant_time_compare(own, signature) for signature in signatures) else ""


def remember(request: HttpRequest, response: HttpResponseBase, person_id: int) -> None:
    """Let the browser that is answered be one that this person has signed in with."""
    number, signatures = _read(request)
    number = number or secrets.token_urlsafe(16)
    own = _signature(number, person_id)
    kept = [own, *(signature for signature in signatures if signature != own)][:MOST_PEOPLE]
    response.set_cookie(
        COOKIE,
        ".".join([number, *kept]),
        max_age=COOKIE_AGE,
        # Of both steps of signing in; nothing else asks for it.
        path=reverse("account_login").removesuffix("login/"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    said = VALUE.fullmatch(request.COOKIES.get(COOKIE, ""))
    return (said[1], said[2].split(".")[1:]) if said else ("", [])


def _signature(number: str, person_id: int) -> str:
    return salted_hmac("accounts.browsers", f"{number} {person_id}", algorithm="sha256").hexdigest()[:32]
