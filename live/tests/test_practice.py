"""ws/practice/"""

from live import practice
from tests.sockets import Sockets


async def test_it_says_zero_and_then_a_number_to_every_text(sockets: Sockets) -> None:
    socket = await sockets("/ws/practice/")
    assert await socket.next() == "0"
    for text in ("hello", "", "{}", "\x00"):
        await socket.send_raw(text=text)
        assert 0 <= int(await socket.next()) <= 100


async def test_any_origin_may_come(sockets: Sockets) -> None:
    socket = await sockets("/ws/practice/", origin="https://elsewhere.example.org")
    assert await socket.next() == "0"


async def test_binary_is_let_pass(sockets: Sockets) -> None:
    socket = await sockets("/ws/practice/")
    await socket.next()
    await socket.send_raw(data=b"\xff")
    assert await socket.quiet() == ""


async def test_as_a_fragment_for_the_page(sockets: Sockets) -> None:
    socket = await sockets("/ws/practice/?show=page")
    assert "<li>0</li></hx-partial>" in await socket.next()


async def test_a_flood_is_closed(sockets: Sockets) -> None:
    socket = await sockets("/ws/practice/")
    for _ in range(practice.BURST + 5):
        await socket.send_raw(text="x")
    assert await socket.closed() == 4429


async def test_a_frame_that_is_too_big_is_closed(sockets: Sockets) -> None:
    socket = await sockets("/ws/practice/")
    await socket.send_raw(text="x" * 65_537)
    assert await socket.closed() == 1009


async def test_the_stay_ends(sockets: Sockets, monkeypatch) -> None:
    monkeypatch.setattr(practice, "STAY", 0.05)
    socket = await sockets("/ws/practice/")
    assert await socket.closed() == 1000
