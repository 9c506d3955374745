"""Every socket and every frame, of everybody: docs/permissions.md."""

import asyncio
import inspect
import re
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async

from rooms.consumers import RoomConsumer
from tests.permissions import KINDS, WHO, Site, compare
from tests.sockets import Closed, Sockets, TestSocket

SOCKETS = {
    "/ws/live/": (),
    "/ws/connection/": (),
    "/ws/rooms/<slug>/": (
        "message",
        "draft",
        "typing",
        "looking",
        "away",
        "thread",
        "reading",
        "resume",
        "another",
    ),
    "/ws/chat/<slug>/": ("post", "resumed"),
}
FRAMES: dict[str, dict[str, Any]] = {
    "message": {"type": "message", "body": "said by somebody", "token": "1-2-3"},
    "draft": {"type": "draft", "body": "begun"},
    "thread": {"type": "thread", "thread": "1"},
    "resume": {"type": "resume", "seen": "0"},
    "post": {"message": "said by a program"},
    "resumed": {"resume": 0},
}
# What a page, or a program, is sent where a frame cannot be done.
REFUSED = ("composer-problem", "notice is-problem", '"type": "error"')
# How long a frame may take to be refused, seconds.
WAIT = 0.4


class Asked:
    """One socket of somebody, and what came of its handshake."""

    def __init__(self, who: str, socket: TestSocket | None) -> None:
        self.who, self.socket = who, socket

    async def word(self, frame: dict[str, Any] | None) -> str:
        """What comes of a frame, or of the handshake, in a word."""
        if self.socket is None:
            return "sign in"
        if self.socket.close_code is not None:
            return str(self.socket.close_code)
        if frame is not None:
            await self.socket.send(**frame)
        arrived = ""
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT):
                while True:
                    try:
                        arrived += await self.socket.next()
                    except Closed as closed:
                        self.socket.close_code = closed.code
                        return str(closed.code)
        return "told" if any(one in arrived for one in REFUSED) else "yes"


async def test_sockets_say_what_is_so(sockets: Sockets) -> None:
    assert set(re.findall(r'case "(\w+)"', inspect.getsource(RoomConsumer.act_as_member))) <= set(
        SOCKETS["/ws/rooms/<slug>/"]
    )
    site = await sync_to_async(Site)(ended=False)
    lines = [f"| | | {' | '.join(WHO)} |", "|---" * (len(WHO) + 2) + "|"]
    for path, frames in SOCKETS.items():
        asked = {
            kind: await open_all(sockets, site, path, kind)
            for kind in (KINDS if "slug" in path else KINDS[:1])
        }
        await sync_to_async(site.end_some)()
        for frame in (None, *frames):
            lines.append(f"| `{path}` | {frame or 'open'} | {' | '.join(await words_of(asked, frame))} |")
        await sync_to_async(site.revive)()
    compare("Sockets", "\n".join(lines))


async def open_all(sockets: Sockets, site: Site, path: str, kind: str) -> list[Asked]:
    """The sockets of everybody, those of who will be gone in a second included."""
    asked = []
    for who in WHO:
        socket = await sockets.knock(path.replace("<slug>", site.rooms[kind].slug), site.clients[who])
        asked.append(Asked(who, socket if await socket.connect() else None))
    return asked


async def words_of(asked: dict[str, list[Asked]], frame: str | None) -> list[str]:
    """What comes of one frame to everybody, at once: a word each, or one for each kind of room."""
    values = None if frame is None else FRAMES.get(frame, {"type": frame})
    each = [await asyncio.gather(*(one.word(values) for one in those)) for those in asked.values()]
    return [words[0] if len(set(words)) == 1 else ", ".join(words) for words in zip(*each, strict=True)]
