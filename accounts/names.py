"""What people are called, on pages that are open: a new name is a numbered change of everybody's group.

Whoever is renamed keeps the number of that change, by whatever door it came (accounts/models/person.py). So a
process that heard of none finds it when it looks, and a page that was away asks for what it missed.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import render
from accounts.guests import pages_of_guests
from accounts.models import Community, Person
from database.threads import in_database
from hypermedia.fragments import hx_partial, problem_notice
from live import bus
from live.presence import ONLINE
from live.sequence import Changes

if TYPE_CHECKING:
    from live.server_process import ServerProcess

# More new names than these at once, as after a command that renames everybody, are not sent.
MOST_RENAMED = 100
TOO_MANY = _("Many people are called otherwise now: load this page again to see their names.")

# What else follows where people are called otherwise: each is called with its process, and the revision
# after which they are.
on_new_names: list[Callable[["ServerProcess", int], Coroutine[Any, Any, None]]] = []


class NamesChangeLog:
    """The change log behind the group of everyone. Its revision is Community.people_revision."""

    def revisions(self, groups: Iterable[str]) -> dict[str, int]:
        """How many changes of people there were. One query."""
        return dict.fromkeys(groups, Community.current().people_revision)

    def changes(self, group: str, since: int) -> Changes:
        """What others see of those who changed after the revision `since`. Two queries."""
        return changes_since(since)

    def seen(self, revision: int) -> str:
        """The number from which on the page wants to hear of new names when it returns."""
        field = f'<input type="hidden" id="names" name="names" value="{revision}">'
        return hx_partial("#names", "outerHTML", field)


def changes_since(since: int, viewer_id: int | None = None) -> Changes:
    """What others see of those who changed after the revision `since`. Two queries.

    Where `viewer_id` is somebody's, of those whom they may know, with one query more.
    """
    # Read first: who is renamed meanwhile may be told of twice.
    revision = Community.current().people_revision
    people = Person.objects.all() if viewer_id is None else Person.objects.known_to(viewer_id)
    renamed = people.changed_since(since)[: MOST_RENAMED + 1].named()
    if len(renamed) > MOST_RENAMED:
        return Changes(revision, hx_partial("#notices", "beforeend", problem_notice(str(TOO_MANY))))
    return Changes(
        revision,
        "".join(map(render.name_changed, renamed)),
    )


def missed_since(since: int, viewer_id: int | None = None) -> str:
    """All that a page which saw the revision `since` has to hear of names: as changes_since has it."""
    changes = changes_since(since, viewer_id)
    return changes.html + NamesChangeLog().seen(changes.revision)


def follow_up(process: "ServerProcess") -> None:
    """With the look after new names came, do what follows from them."""
    since = process.app_state.get("names", process.cursor.began.get(bus.EVERYONE, 0))
    revision = process.cursor.revision.get(bus.EVERYONE, 0)
    process.app_state["names"] = revision
    if revision > since:
        for follower in on_new_names:
            process.spawn(follower(process, since))


async def say_again(process: "ServerProcess", since: int) -> None:
    """Give the new names once more: what was rendered before may have come to a page after them.

    And the list of who is online, where they have another place by now. Guests hear of it now, of those whom
    they know.
    """
    changes = await in_database(changes_since)(since)
    process.deliver(bus.EVERYONE, changes.html)
    renamed = await in_database(renamed_since)(since)
    if renamed & process.here.get(ONLINE, set()):
        process.deliver(bus.EVERYONE, await in_database(render.online_list)(process))
    guests = pages_of_guests(process)
    if guests.people and len(renamed) <= MOST_RENAMED:
        await guests.tell(await in_database(new_names)(since))
        await guests.show_again(renamed)


def new_names(since: int) -> dict[int, str]:
    """What others see of those who changed after the revision `since`, by person. One query."""
    return {person.pk: render.name_changed(person) for person in Person.objects.changed_since(since).named()}


def renamed_since(since: int) -> set[int]:
    """The ids of those who changed after the revision `since`. One query."""
    return set(Person.objects.changed_since(since).values_list("pk", flat=True))
