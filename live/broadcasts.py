"""What a session's own pages see of its connections."""

from django.template.loader import get_template

from live import bus, fragments
from live.models import LOG_LENGTH, Connection


def log_group(session: str) -> str:
    """The group of the pages that show the log of the session with that digest."""
    return f"log-{session}"


def log_now(session: str) -> str:
    """The whole log of a session, for a page that returns. One query."""
    row = get_template("live/connection.html#row")
    rows = "".join(row.render({"row": line}) for line in Connection.objects.of_session(session)[:LOG_LENGTH])
    return fragments.partial("#log", "innerHTML", rows)


def connection_logged(pk: int) -> None:
    """A socket was opened or closed: its row, for whoever looks at the log of its session."""
    row = Connection.objects.filter(pk=pk).first()
    if row is not None:
        html = get_template("live/connection.html#row").render({"row": row})
        bus.publish_fragment(
            log_group(row.session), fragments.partial("#log", "upsert key:data-seq sort:desc", html)
        )
