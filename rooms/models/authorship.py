"""What people wrote does not go with them, by whatever door somebody would delete their account."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

HAS_WRITTEN = (
    "What they wrote would go with them, and what others answered would answer nothing. Delete them in the "
    "administration, or with accounts.departures.leave: an empty account stays for it."
)


class HasWritten(ValidationError):
    """Messages would have gone with their author."""

    def __init__(self) -> None:
        super().__init__(HAS_WRITTEN)


def keep_messages(collector: Any, field: Any, messages: QuerySet[Any], using: str) -> None:
    """As Django's PROTECT, on_delete of who wrote a message: one look, whatever their number, and a sentence.

    Raises HasWritten.
    """
    if messages.exists():
        raise HasWritten


# Django reads all of them before it calls, but for what says so.
keep_messages.lazy_sub_objs = True  # type: ignore[attr-defined]
