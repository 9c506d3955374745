"""From the cookie of a handshake to a person, and whether that still holds."""

import datetime
from collections.abc import Iterable
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.http import HttpRequest, parse_cookie
from django.utils.crypto import salted_hmac

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore

# How often a socket's session is looked at again, seconds. What ends a session tells the sockets
# at once; this is for sessions that expire, or end where nobody could tell.
RECHECK_INTERVAL = 30


def digest(session_key: str) -> str:
    """What stands for a session in rows and events: the key itself opens the account."""
    return salted_hmac("live.session", session_key, algorithm="sha256").hexdigest()


def cookie_session(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The session key in the headers of a handshake, or an empty text."""
    for name, value in headers:
        if name == b"cookie":
            return parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
    return ""


def person_of(session_key: str) -> AbstractBaseUser | None:
    """Who is signed in with `session_key`: Django's own checks, password hash included. Two queries."""
    if not session_key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key)
    person = get_user(request)
    return person if isinstance(person, AbstractBaseUser) and person.is_active else None


def ended(session_keys: set[str], now: datetime.datetime) -> set[str]:
    """Those of `session_keys` that are over, or whose person may no longer come in. Two queries."""
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=now)
    person_of_key = {row.session_key: row.get_decoded().get("_auth_user_id", "") for row in rows}
    ids = {value for value in person_of_key.values() if value}
    people = get_user_model()._default_manager.filter(pk__in=ids, is_active=True)
    active = {str(pk) for pk in people.values_list("pk", flat=True)}
    return {key for key in session_keys if person_of_key.get(key) not in active}
