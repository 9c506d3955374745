"""What each person wants to be told."""

import datetime
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress

from accounts.models import Person
from notifications.models import AT_ONCE, USUAL_DELAY, MailPreferences, Way


class Wishes(NamedTuple):
    """What somebody wants, as gathering asks for it; all None for who has never said."""

    after_minutes: int | None
    direct: bool | None
    mentions: bool | None
    threads: bool | None
    refused: str | None

    @property
    def delay(self) -> datetime.timedelta | None:
        """How long what is for them may wait to be read before they are mailed; None for no mail."""
        if self.direct is None:
            return datetime.timedelta(minutes=USUAL_DELAY)
        if self.after_minutes is None or self.refused:
            return None
        return datetime.timedelta(minutes=self.after_minutes)


def preferences_of(person: Person) -> MailPreferences:
    """What `person` wants; what is usual, not stored, if they have never said. One query."""
    there = MailPreferences.objects.filter(person=person).first()
    return there or MailPreferences(person=person)


def is_waiting(wishes: MailPreferences) -> bool:
    """Whether anything of theirs waits while they look at a page here. One query, or none."""
    if wishes.waits is not None or wishes.after_minutes == AT_ONCE:
        return wishes.waits is not False
    return Way.objects.filter(person=wishes.person_id, after_minutes=AT_ONCE).exists()


def change_preferences(person: Person, **chosen: Any) -> None:
    """Let `person` be told as they chose."""
    MailPreferences.objects.update_or_create(person=person, defaults=chosen)


def stop_mails(person: Person) -> None:
    """Mail `person` of no message any longer."""
    MailPreferences.objects.update_or_create(person=person, defaults={"after_minutes": None})


def address_of(person: Person) -> str:
    """Where `person` gets mail: the first of their addresses, once it is confirmed, or ''. One query."""
    there = EmailAddress.objects.filter(user=person, primary=True, verified=True)
    return there.values_list("email", flat=True).first() or ""
