"""Sockets that do not read, and what it takes until a server has to let go of them."""

import re
import socket
import urllib.request
from itertools import batched
from typing import Any

from tests.browser.server import Server
from tests.processes.sockets import Browser, Socket

ROOM = "/ws/rooms/general/"
# What a server is to be started with, so that it tells how many it has let go of.
TOKEN = "for-tests"
COUNTED: dict[str, Any] = {"METRICS_TOKEN": TOKEN}
# Letters of a message, and how many there are at most: the machine's own buffers, some megabytes, are full
# long before that.
LETTERS, MOST = 9_000, 1_200
# What a page may send at once.
BURST = 150
# As many as may wait for who reads: in a busy room they come together.
TOGETHER = 20


async def deaf(browser: Browser) -> Socket:
    """A page that takes next to nothing in, and reads nothing of it."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", browser.server.port))
    line.setblocking(False)
    page = await browser.socket(ROOM, sock=line, max_queue=1)
    page.connection.transport.pause_reading()
    return page


def let_go(server: Server) -> int:
    """How many sockets the server has closed because they do not read."""
    asked = urllib.request.Request(server.url + "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked) as answer:
        found = re.search(r"^parley_backlog_closes_total (\S+)$", answer.read().decode(), re.MULTILINE)
    assert found
    return int(float(found[1]))


async def drown(count: int, writer: Browser, reader: Socket) -> None:
    """Post until `count` who are deaf were let go; the reader has some messages before the next are sent."""
    posted = 0
    while let_go(writer.server) < count:
        assert posted < MOST, "nobody is deaf, and this says nothing"
        page = await writer.socket(ROOM)
        for numbers in batched(range(posted, posted + BURST), TOGETHER):
            for number in numbers:
                await page.send(type="message", body=f"<{number}>" + "x" * LETTERS, token=str(number))
            await reader.until(f"&lt;{numbers[-1]}&gt;")
            reader.text = ""
        posted += BURST
