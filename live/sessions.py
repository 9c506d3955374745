"""From the cookie of a handshake, or a program's token, to a person, and whether that still holds."""

import hashlib
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

SessionStore = import_module(settings.SESSION_ENGINE).SessionStore

# How often a socket's session is looked at again, seconds. What ends a session tells the sockets
# at once; this is for sessions that expire, or end where nobody could tell.
RECHECK_INTERVAL = 30
# For so long the sockets of a session that goes on under another key are told to come back, seconds: the
# browser may have the new cookie a moment later than they do.
RENEWAL = 60
# And how many are looked at in one go: others wait for the database as well.
RECHECKED_TOGETHER = 200

# What the key begins with that stands for a program's token, before its digest. No session's has a colon.
BEARER = "bearer:"
# What apps hang up here: called with such keys, gives whose those are that hold.
token_holders: list[Callable[[set[str]], dict[str, AbstractBaseUser]]] = []


def digest(session_key: str) -> str:
    """What stands for a session in rows and events: the key itself opens the account."""
    return salted_hmac("live.session", session_key, algorithm="sha256").hexdigest()


def renew(session_key: str) -> None:
    """Say that a session is about to go on under another key, which its browser alone will have."""
    cache.set(_renewal_key(session_key), True, RENEWAL)


def keep(session_key: str) -> None:
    """Say that it does not go on under another key after all."""
    cache.delete(_renewal_key(session_key))


def renewed(session_keys: Iterable[str]) -> set[str]:
    """Those of `session_keys` that went on under another key just now."""
    keys = {_renewal_key(session_key): session_key for session_key in session_keys}
    return {keys[found] for found in cache.get_many(keys)} if keys else set()


def _renewal_key(session_key: str) -> str:
    return f"session-renewed-{digest(session_key)}"


def cookie_session(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The session key in the headers of a handshake, or an empty text."""
    for name, value in headers:
        if name == b"cookie":
            key = parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "")
            # Nothing else is a key, and there is text that a database refuses to look for.
            return key if key.isascii() and key.isalnum() else ""
    return ""


def program_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """What stands for the token in the headers of a program; where it shows none, its session's key."""
    headers = list(headers)
    for name, value in headers:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            if scheme.lower() == "bearer":
                return BEARER + hashlib.sha256(token.strip().encode()).hexdigest()
    return cookie_session(headers)


def people_of(session_keys: set[str]) -> dict[str, AbstractBaseUser]:
    """Who is signed in with each of `session_keys`, or shows a token with it, where somebody does.

    Two queries; another where there are tokens among them.
    """
    shown = {key for key in session_keys if key.startswith(BEARER)}
    found = _signed_in(session_keys - shown) if shown != session_keys else {}
    for holders in token_holders if shown else ():
        found |= holders(shown)
    return found


def _signed_in(session_keys: set[str]) -> dict[str, AbstractBaseUser]:
    """The same for sessions. Two queries.

    The rules are those of django.contrib.auth.get_user, except that nothing is changed: a socket
    cannot give its browser another cookie.
    """
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    decode = SessionStore().decode
    said = {key: decode(data) for key, data in rows.values_list("session_key", "session_data")}
    ids = {content[SESSION_KEY] for content in said.values() if SESSION_KEY in content}
    people = get_user_model()._default_manager.filter(pk__in=ids, is_active=True) if ids else ()
    person_of_id = {str(person.pk): person for person in people}
    found = {key: person_of_id.get(content.get(SESSION_KEY, "")) for key, content in said.items()}
    return {key: person for key, person in found.items() if person and _holds(said[key], person)}


def _holds(content: dict[str, Any], person: AbstractBaseUser) -> bool:
    """Whether a session was begun in a way that still counts, with the password that is still theirs."""
    if content.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    password = content.get(HASH_SESSION_KEY) or ""
    return constant_time_compare(password, person.get_session_auth_hash()) or any(
        constant_time_compare(password, former) for former in person.get_session_auth_fallback_hash()
    )
