"""From what a program shows to whose it is: the one way, for requests and for sockets."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import OperationalError
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from database.compiled_queries import CompiledQuery, column_names, model_instance
from integrations.models import Token
from integrations.models.token import PREFIX, digest_of
from live.server_process import circuit
from live.sessions import BEARER

# When a token was used last is written down so often at most.
NOTED_EVERY = datetime.timedelta(minutes=1)
# As long as a token may be: nothing longer is looked for.
LENGTH = 100


def held_by(token: str) -> Token | None:
    """The token that a program shows, with its person, where it holds; that it was used is noted.

    One query; another, once a minute.
    """
    if not token.startswith(PREFIX) or len(token) > LENGTH or not token.isascii():
        return None
    for values in _valid(digest_of(token), timezone.now()):
        found = model_instance(Token, values[:TOKEN_COLUMNS])
        found.person = model_instance(Person, values[TOKEN_COLUMNS:])
        note_use([found])
        return found
    return None


# How many of the columns that are read are the token's own.
TOKEN_COLUMNS = len(column_names(Token))


@CompiledQuery
def _valid(digest: str, now: datetime.datetime) -> QuerySet[Token, tuple[Any, ...]]:
    found = Token.objects.valid(now).filter(digest=digest)
    return found.values_list(*column_names(Token), *column_names(Person, "person__"))


def people_with(keys: set[str]) -> dict[str, AbstractBaseUser]:
    """Whose the tokens are for which `keys` of sockets stand (live/sessions.py), where these hold.

    Each person has the `rights` of their token. One query; another, once a minute.
    """
    digests = {key.removeprefix(BEARER): key for key in keys}
    tokens = list(Token.objects.valid(timezone.now()).select_related("person").filter(digest__in=digests))
    note_use(tokens)
    for token in tokens:
        token.person.rights = token.rights
    return {digests[token.digest]: token.person for token in tokens}


def note_use(tokens: Iterable[Token]) -> None:
    """Write down that these were used, where that was not done within a minute."""
    now = timezone.now()
    long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
    unnoted = [one.pk for one in tokens if not one.last_used_at or one.last_used_at < now - NOTED_EVERY]
    if not unnoted:
        return
    try:
        Token.objects.filter(long_ago, pk__in=unnoted).update(last_used_at=now)
    except OperationalError as error:
        # Who can read may read.
        circuit.record_failure(error)
