"""Tokens are made and revoked."""

import datetime
import secrets
from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import Rejected
from accounts.audit import What, record
from accounts.models import Departure, Person
from integrations.models import Token
from integrations.models.token import PREFIX, digest_of
from live import bus, sessions
from rooms.models import Room

# What one person, or bot, may have at once.
TOKENS_AT_MOST = 50
# Random bytes of one.
STRENGTH = 32


@transaction.atomic
def make_token(
    person: Person,
    name: str,
    scope: str,
    *,
    rooms: Iterable[Room] = (),
    days: int | None = None,
    by: Person | None = None,
) -> tuple[Token, str]:
    """A new token of `person` for `rooms`, or all of theirs; it ends after so many days, if after any.

    With what it is, which is stored nowhere. `by` is who makes it for a bot of theirs. Raises Rejected.
    """
    # Of two at once, one is second.
    person = Person.objects.select_for_update().get(pk=person.pk)
    if Token.objects.unended(timezone.now()).filter(person=person).count() >= TOKENS_AT_MOST:
        raise Rejected(_("There are %(most)d tokens: revoke one first.") % {"most": TOKENS_AT_MOST})
    secret, now = PREFIX + secrets.token_urlsafe(STRENGTH), timezone.now()
    token = Token.objects.create(
        person=person,
        name=name,
        scope=scope,
        digest=digest_of(secret),
        rooms=[room.pk for room in rooms] or None,
        made_at=now,
        ends_at=now + datetime.timedelta(days=days) if days else None,
    )
    record(by or person, What.TOKEN, person, details=_audited(token))
    return token, secret


def _audited(token: Token) -> str:
    return f"{token.name}, to {token.scope}"


@transaction.atomic
def revoke(actor: Person, token: Token) -> None:
    """Let a token be none any more: what it has open is closed at once."""
    record(actor, What.TOKEN_END, token.person, details=_audited(token))
    _end(token)


def _end(token: Token) -> None:
    Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    transaction.on_commit(partial(close_sockets, token))


def revoke_all(person: Person) -> None:
    """Let all tokens of `person` be none any more, inside a transaction."""
    for token in Token.objects.of(person):
        _end(token)


def close_sockets(token: Token) -> None:
    """Close what a token has open, in every process."""
    bus.close_session(sessions.digest(sessions.BEARER + token.digest), renewed=False)


def clear(departure: Departure) -> None:
    """Forget the tokens of somebody who has left."""
    Token.objects.filter(person=departure.person_id).delete()
