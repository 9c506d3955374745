"""The socket of any page of a signed-in person: who is here, and what is new of them."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from django.utils.html import escape
from django.utils.translation import gettext as _

from accounts import names, render
from accounts.guests import pages_of_guests
from database.threads import in_database
from hypermedia.fragments import hx_partial
from live import away, broadcasts, bus, sessions
from live.consumers import LiveConsumer
from live.frames import BadFrame, number
from live.hub import Socket
from live.pulse import PULSE
from live.server_process import ServerProcess

# What other apps bring to a page that has come or returned: each is called with its process, its socket,
# and what the page says of itself.
on_resume: list[Callable[[ServerProcess, Socket, dict[str, Any]], Awaitable[str]]] = []


class Missed(NamedTuple):
    """What a page is brought that has come or returned, as HTML."""

    # What pages that return together are brought alike: made into a frame once for all of them.
    shared: str = ""
    # What is this page's alone.
    own: str = ""


class PersonConsumer(LiveConsumer):
    """`/ws/live/`."""

    __slots__ = ()

    async def act(self, frame: dict[str, Any]) -> None:
        """A page that has (re)connected says so, and is brought up to date; or is looked at, or no longer."""
        socket = self.open_socket
        match frame.get("type"):
            case "resume":
                await self.bring_up_to_date(frame)
            case "looking":
                away.looked_at(self.process, socket)
            case "away":
                away.looked_away(self.process, socket)
            case _:
                raise BadFrame(_("That is not something this page can do."))

    async def bring_up_to_date(self, frame: dict[str, Any]) -> None:
        """What it has missed, before anything newer."""
        socket = self.open_socket
        socket.hold()
        names, missed = "", Missed()
        try:
            # Before anything else: what is rendered after this has the newest names, or is told of them.
            names = await self.names_missed(frame)
            missed = await self.resume(frame)
        finally:
            socket.release(PULSE + names + missed.shared, missed.own)

    async def names_missed(self, frame: dict[str, Any]) -> str:
        """What people are called since the page, which says it in `names`, heard of it last."""
        if "names" not in frame or self.knows_all_names(frame):
            return ""
        socket = self.open_socket
        viewer_id = None if socket.hears_everyone else socket.person_id
        return await self.process.ask(names.missed_since, number(frame, "names"), viewer_id)

    def knows_all_names(self, frame: dict[str, Any]) -> bool:
        """Whether the page has heard of as many names as this process: it is told of all that come then."""
        known = self.process.cursor.revision.get(bus.EVERYONE)
        return self.open_socket.hears_everyone and number(frame, "names") == known

    async def resume(self, frame: dict[str, Any]) -> Missed:
        """What the page may have missed."""
        socket = self.open_socket
        shared = own = ""
        if socket.hears_everyone:
            shared = await self.process.ask(render.online_list, self.process)
        else:
            own = await pages_of_guests(self.process).welcome(socket.person_id)
        for bring in on_resume:
            own += await bring(self.process, self.open_socket, frame)
        return Missed(shared, own)


class ConnectionConsumer(PersonConsumer):
    """`/ws/connection/`: any page's, and the log of this session's connections."""

    __slots__ = ("session",)

    async def enter(self) -> None:
        """Join the group of this session's log."""
        self.session = sessions.digest(self.open_socket.session_key)
        await self.process.join(self.open_socket, broadcasts.log_group(self.session))

    async def resume(self, frame: dict[str, Any]) -> Missed:
        """Say that it is connected, and show what was logged meanwhile."""
        said = escape(_("Connected."))
        html = hx_partial("#connected", "innerHTML", f'<p class="state is-on">{said}</p>')
        html += await in_database(broadcasts.log_now)(self.session)
        around = await super().resume(frame)
        return Missed(around.shared, html + around.own)
