"""What a session's own pages see of its connections."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.template.loader import get_template
from django.utils import timezone

from database.threads import in_database
from hypermedia import fragments
from hypermedia.local_times import FORMS
from live.models import LOG_LENGTH, Connection

if TYPE_CHECKING:
    from live.server_process import ServerProcess


def _logged_time(at: datetime) -> str:
    with timezone.override(at.tzinfo):
        return get_template("live/connection.html#logged").render({"at": at})


# A time in the log, in the zone of whoever reads it.
FORMS["logged"] = _logged_time


def log_group(session: str) -> str:
    """The group of the pages that show the log of the session with that digest."""
    return f"log-{session}"


def log_now(session: str) -> str:
    """The whole log of a session, for a page that returns. One query."""
    rows = _rendered(Connection.objects.of_session(session)[:LOG_LENGTH])
    return fragments.hx_partial("#log", "innerHTML", rows)


def on_connections(process: "ServerProcess", event: dict[str, Any]) -> None:
    """Bring the rows of those sockets to the pages that show them."""
    process.look()
    shown = [pk for pk, session in event["rows"] if log_group(session) in process.hub.groups]
    if shown:
        process.spawn(_show(process, shown))


async def _show(process: "ServerProcess", pks: list[int]) -> None:
    """Bring rows to the pages of this process that show the logs that they are in."""
    # One after the other: what was read first is not told last.
    async with process.app_state.setdefault("showing_log", asyncio.Lock()):
        for session, html in (await in_database(_logged)(pks)).items():
            process.hub.deliver(log_group(session), html)


def _logged(pks: list[int]) -> dict[str, str]:
    rows = defaultdict(list)
    for row in Connection.objects.filter(pk__in=pks):
        rows[row.session].append(row)
    swap = "upsert key:data-seq sort:desc"
    return {session: fragments.hx_partial("#log", swap, _rendered(those)) for session, those in rows.items()}


def _rendered(rows: Iterable[Connection]) -> str:
    template = get_template("live/connection.html#row")
    return "".join(template.render({"row": row}) for row in rows)
