"""What each person wants to be told."""

import datetime
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress

from accounts.models import Person
from notifications.models import USUAL_DELAY, MailPreferences


class Wishes(NamedTuple):
    """What somebody wants, as gathering asks for it; all None for who has never said."""

    after_minutes: int | None
    direct: bool | None
    mentions: bool | None
    refused: str | None

    def delay(self, *, is_direct: bool) -> datetime.timedelta | None:
        """How long what was said to them may wait to be read; None where there is no mail of it."""
        if self.direct is None:
            return datetime.timedelta(minutes=USUAL_DELAY)
        if self.after_minutes is None or self.refused or not self.want(is_direct=is_direct):
            return None
        return datetime.timedelta(minutes=self.after_minutes)

    def want(self, *, is_direct: bool) -> bool:
        """Whether they want to be told of it at all, by whichever way."""
        return (self.direct if is_direct else self.mentions) is not False


def preferences_of(person: Person) -> MailPreferences:
    """What `person` wants; what is usual, not stored, if they have never said. One query."""
    there = MailPreferences.objects.filter(person=person).first()
    return there or MailPreferences(person=person)


def change_preferences(person: Person, **chosen: Any) -> None:
    """Let `person` be told as they chose; an address that was refused is tried again."""
    MailPreferences.objects.update_or_create(person=person, defaults=chosen | {"refused": ""})


def stop_mails(person: Person) -> None:
    """Mail `person` of no message any longer."""
    MailPreferences.objects.update_or_create(person=person, defaults={"after_minutes": None})


def stop_refused(person: Person, reason: str) -> None:
    """Mail nothing to an address that the mail server refuses, until `person` asks for it again."""
    MailPreferences.objects.update_or_create(person=person, defaults={"refused": reason[:200]})


def address_of(person: Person) -> str:
    """Where `person` gets mail: the first of their addresses, once it is confirmed, or ''. One query."""
    there = EmailAddress.objects.filter(user=person, primary=True, verified=True)
    return there.values_list("email", flat=True).first() or ""
