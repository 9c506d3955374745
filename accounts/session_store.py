"""Django's sessions in the database, looked up by a query that is put into SQL once.

Every request asks for its own, and to say that in SQL took longer than the answer. All else is Django's.
"""

import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from database.compiled_queries import CompiledQuery


class SessionStore(db.SessionStore):
    """Django's own, by the same name: what it has signed is signed with it."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key, where it is none or over. One query."""
        for (data,) in _going_on(self.session_key, timezone.now()):
            return self.decode(data)
        self._session_key = None
        return {}


@CompiledQuery
def _going_on(session_key: str | None, now: datetime.datetime) -> QuerySet[Session, tuple[str]]:
    return Session.objects.filter(session_key=session_key, expire_date__gt=now).values_list("session_data")
