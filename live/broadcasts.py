"""What a session's own pages see of its connections."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.template.loader import get_template

from database.threads import in_database
from hypermedia import fragments
from hypermedia.locales import FORMS
from live.models import LOG_LENGTH, Connection

if TYPE_CHECKING:
    from live.server_process import ServerProcess


def _logged_time(at: datetime) -> str:
    return get_template("live/connection.html#logged").render({"at": at})


# A time in the log, as whoever reads it has times.
FORMS["logged"] = _logged_time


def log_group(session: str) -> str:
    """The group of the pages that show the log of the session with that digest."""
    return f"log-{session}"


def log_now(session: str) -> str:
    """The whole log of a session, for a page that returns. One query."""
    rows = _rendered(Connection.objects.of_session(session)[:LOG_LENGTH])
    return fragments.hx_partial("#log", "innerHTML", rows)


async def show_log(process: "ServerProcess", since: int) -> None:
    """Bring what has changed after the revision `since` to the pages of this process that show their log."""
    prefix = log_group("")
    shown = [group.removeprefix(prefix) for group in process.hub.groups if group.startswith(prefix)]
    if shown:
        for session, html in (await in_database(_logged)(shown, since)).items():
            process.deliver(log_group(session), html)


def _logged(sessions: list[str], since: int) -> dict[str, str]:
    rows = defaultdict(list)
    for row in Connection.objects.filter(session__in=sessions, revision__gt=since):
        rows[row.session].append(row)
    swap = "upsert key:data-seq sort:desc"
    return {session: fragments.hx_partial("#log", swap, _rendered(those)) for session, those in rows.items()}


def _rendered(rows: Iterable[Connection]) -> str:
    template = get_template("live/connection.html#row")
    return "".join(template.render({"row": row}) for row in rows)
