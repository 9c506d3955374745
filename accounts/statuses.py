"""What people are up to, on pages that are open: each process looks once a second what has changed of it.

A status that has come to its end is taken away by whichever process sees it first. So nothing has to be told
between processes, and nothing can be lost there.
"""

import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from accounts import render
from accounts.guests import pages_of_guests
from accounts.models import Community, Person
from database.threads import in_database
from live import bus
from live.frames import number

if TYPE_CHECKING:
    from live.hub import Socket
    from live.server_process import ServerProcess

# More of them at once are not sent: as names, they are on the next page.
MOST_CHANGED = 100
SINCE = "statuses"
NO_STATUS: dict[str, Any] = {"status_emoji": "", "status_text": "", "status_until": None}


def tick(process: "ServerProcess") -> None:
    """Look, beside what else is done in this second; not twice at once."""
    if not process.app_state.get("looking_at_statuses"):
        process.app_state["looking_at_statuses"] = True
        process.spawn(show_changes(process))


async def show_changes(process: "ServerProcess") -> None:
    """Show on the pages of this process whose status has changed since it looked last."""
    try:
        await begin(process)
        process.app_state[SINCE], news = await in_database(changes)(process.app_state[SINCE])
        if news:
            process.deliver(bus.EVERYONE, "".join(news.values()))
            await pages_of_guests(process).tell(news)
    finally:
        process.app_state["looking_at_statuses"] = False


async def begin(process: "ServerProcess") -> None:
    """Know from where on to look: before the first page is told what it may have missed."""
    if SINCE not in process.app_state:
        process.app_state.setdefault(SINCE, await in_database(newest)())


def newest() -> int:
    """How many changes of statuses there were. One query."""
    return Community.current().status_revision


def changes(since: int) -> tuple[int, dict[int, str]]:
    """The number of the newest change, and what pages show, by person, that showed those up to `since`.

    One query where nothing has changed, four where a status has come to its end, and those of names.
    """
    now = timezone.now()
    changed = Person.objects.filter(Q(status_revision__gt=since) | Q(status_until__lte=now))
    found = list(changed.values_list("status_revision", "status_until")[: MOST_CHANGED + 1])
    if not found:
        return since, {}
    if any(until and until <= now for _, until in found):
        end_statuses(now)
    # Read first: what changes meanwhile is shown twice.
    revision = newest()
    return revision, shown_since(since)


def shown_since(since: int, viewer_id: int | None = None) -> dict[int, str]:
    """The statuses that have changed since the revision `since`, by person, but where they are too many.

    Where `viewer_id` is somebody's, of those whom they may know. One query, and one more for them.
    """
    people = Person.objects.all() if viewer_id is None else Person.objects.known_to(viewer_id)
    changed = people.status_changed_since(since)[: MOST_CHANGED + 1].named()
    return {person.pk: render.status_changed(person) for person in changed[:MOST_CHANGED]}


def end_statuses(now: datetime.datetime) -> None:
    """Take away what has come to its end: all of it is one change. Three queries."""
    Person.objects.filter(status_until__lte=now).update(**NO_STATUS)


async def bring_statuses(process: "ServerProcess", socket: "Socket", frame: dict[str, Any]) -> str:
    """What a page shows of statuses that has come or returned: it says in `statuses` when it was made."""
    if SINCE not in frame:
        return ""
    await begin(process)
    since = number(frame, SINCE)
    if socket.hears_everyone and since == process.app_state[SINCE]:
        # What this process has not seen yet it will bring to all.
        return ""
    viewer_id = None if socket.hears_everyone else socket.person_id
    return "".join((await process.ask(shown_since, since, viewer_id)).values())
