"""Who is muted changes nothing that others see, but for what they take back of their own."""

from accounts.models import Person
from accounts.models.values import zone_called
from accounts.muting import why_muted
from rooms.actions.rejected import Rejected
from rooms.models.values import AuthorRef


def check_may_write(person: Person) -> None:
    """Raise Rejected, with a sentence that says until when, where `person` is muted."""
    if why := why_muted(person.muted_until, person.zone):
        raise Rejected(why)


def check_author(author: AuthorRef) -> None:
    """The same, of who writes a message."""
    if why := why_muted(author.muted_until, zone_called(author.time_zone)):
        raise Rejected(why)
