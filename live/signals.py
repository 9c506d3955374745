"""Ending a session ends its sockets, whoever ends it: signing out, here or there, or a clean-up."""

from functools import partial
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from live import actions, bus, sessions


@receiver(post_delete, sender=Session)
def close_sockets(instance: Session, **kwargs: Any) -> None:
    """4401 for the sockets of the session that is gone; 1013 where it goes on under another key."""
    transaction.on_commit(partial(_ended, instance.session_key))


def _ended(session_key: str) -> None:
    renewed = bool(sessions.renewed([session_key]))
    if not renewed:
        actions.end_grace(session_key)
    bus.close_session(sessions.digest(session_key), renewed=renewed)
