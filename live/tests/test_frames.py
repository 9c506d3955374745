"""What a socket sends us: any socket of a page answers the sender, and stays."""

import json

import pytest

from live import consumers
from tests.sockets import Sockets

pytestmark = pytest.mark.usefixtures("alice", "bob")

BAD = [
    ("", "empty"),
    ("   ", "empty"),
    ("{", "not JSON"),
    ("[" * 5000, "not JSON"),
    ("[]", "JSON object"),
    ("42", "JSON object"),
    ("null", "JSON object"),
    ("{}", "not something this page can do"),
    ('{"type": 7}', "not something this page can do"),
    ('{"type": ["message"]}', "not something this page can do"),
    ('{"type": "fly"}', "not something this page can do"),
    ('{"type": "resume", "seen": NaN}', ""),
]


@pytest.mark.parametrize(("text", "says"), BAD)
async def test_a_bad_frame_is_answered_and_the_socket_stays(sockets: Sockets, text: str, says: str) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.send_raw(text=text)
    if says:
        assert "is-problem" in await socket.until(says)
    await socket.resume(0)


async def test_binary_is_answered(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.send_raw(data=b"\x00\xff")
    assert "text, not binary" in await socket.until("is-problem")


async def test_nobody_else_hears_of_a_bad_frame(sockets: Sockets) -> None:
    alice, bob = await sockets("/ws/live/", "alice"), await sockets("/ws/live/", "bob")
    await alice.send_raw(text="{")
    await alice.until("is-problem")
    assert "is-problem" not in await bob.quiet()


async def test_a_frame_that_is_too_big_closes(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.send_raw(text=json.dumps({"type": "x" * 65_536}))
    assert await socket.closed() == 1009


async def test_bytes_count_not_characters(sockets: Sockets) -> None:
    socket = await sockets("/ws/live/", "alice")
    await socket.send_raw(text=json.dumps({"type": "é" * 40_000}, ensure_ascii=False))
    assert await socket.closed() == 1009


async def test_a_flood_is_told_once_and_then_closed(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(consumers, "FRAME_BURST", 5)
    monkeypatch.setattr(consumers, "FRAMES_REFUSED", 10)
    socket = await sockets("/ws/live/", "alice")
    for _ in range(40):
        await socket.send(type="fly")
    assert await socket.closed() == 4429
    assert sum("too fast" in text for text in socket.texts) == 1
