"""The socket of any page of a signed-in person: who is here, and what is new of them."""

from collections.abc import Awaitable, Callable
from typing import Any

from accounts import names, render
from accounts.guests import pages_of_guests
from database.threads import in_database
from hypermedia.fragments import hx_partial
from live import away, broadcasts, sessions
from live.consumers import LiveConsumer
from live.frames import BadFrame, number
from live.hub import Socket
from live.pulse import PULSE
from live.server_process import ServerProcess

# What other apps bring to a page that has come or returned: each is called with its process, its socket,
# and what the page says of itself.
on_resume: list[Callable[[ServerProcess, Socket, dict[str, Any]], Awaitable[str]]] = []


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
                raise BadFrame("That is not something this page can do.")

    async def bring_up_to_date(self, frame: dict[str, Any]) -> None:
        """What it has missed, before anything newer."""
        socket = self.open_socket
        socket.hold()
        html = ""
        try:
            # Before anything else: what is rendered after this has the newest names, or is told of them.
            html = await self.names_missed(frame)
            html += await self.resume(frame)
        finally:
            socket.release(PULSE + html)

    async def names_missed(self, frame: dict[str, Any]) -> str:
        """What people are called since the page, which says it in `names`, heard of it last."""
        if "names" not in frame:
            return ""
        socket = self.open_socket
        viewer_id = None if socket.hears_everyone else socket.person_id
        return await self.process.ask(names.missed_since, number(frame, "names"), viewer_id)

    async def resume(self, frame: dict[str, Any]) -> str:
        """What the page may have missed."""
        socket = self.open_socket
        if socket.hears_everyone:
            html = await self.process.ask(render.online_list, self.process)
        else:
            html = await pages_of_guests(self.process).welcome(socket.person_id)
        for bring in on_resume:
            html += await bring(self.process, self.open_socket, frame)
        return html


class ConnectionConsumer(PersonConsumer):
    """`/ws/connection/`: any page's, and the log of this session's connections."""

    __slots__ = ("session",)

    async def enter(self) -> None:
        """Join the group of this session's log."""
        self.session = sessions.digest(self.open_socket.session_key)
        await self.process.join(self.open_socket, broadcasts.log_group(self.session))

    async def resume(self, frame: dict[str, Any]) -> str:
        """Say that it is connected, and show what was logged meanwhile."""
        html = hx_partial("#connected", "innerHTML", '<p class="state is-on">Connected.</p>')
        html += await in_database(broadcasts.log_now)(self.session)
        return html + await super().resume(frame)
