"""Who is muted writes nothing, and is told until when."""

import datetime
import zoneinfo

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Person
from rooms.actions.rejected import Rejected
from rooms.models.values import AuthorRef


def check_may_write(person: Person) -> None:
    """Raise Rejected, with a sentence that says until when, where `person` is muted."""
    _check(person.muted_until, person.zone)


def check_author(author: AuthorRef) -> None:
    """The same, of who writes a message; until when is said in the site's zone."""
    _check(author.muted_until, None)


def _check(until: datetime.datetime | None, zone: zoneinfo.ZoneInfo | None) -> None:
    now = timezone.now()
    if until is None or until <= now:
        return
    here = zone or timezone.get_default_timezone()
    local = until.astimezone(here)
    moment = date_format(local, "H:i" if local.date() == now.astimezone(here).date() else "j F, H:i")
    raise Rejected(
        f"You are muted until {moment} ({local.tzname()}): until then you can read, and not write."
    )
