"""One process on SQLite: whatever happens to it, what was acknowledged is there, and nobody is lied to."""

from functools import partial
from pathlib import Path

from tests.browser.preloaded import Preloaded
from tests.faults import happenings as h
from tests.faults.crowd import Crowd
from tests.faults.sites import SmallSite, small_site
from tests.faults.trial import trial

SEED = 15


async def test_whatever_happens_to_a_small_site(
    small_house: Path, preloaded: Preloaded, tmp_path: Path
) -> None:
    async with small_site(small_house, tmp_path / "site", preloaded) as site:
        await trial(site, SEED, partial(some_of_everything, site))


def some_of_everything(site: SmallSite, crowd: Crowd) -> list[h.Fault]:
    """One after the other, what may happen to a small site on any day."""
    (server,), lines = site.servers, site.lines
    root = h.Administrator(crowd)
    return [
        ("every second line is cut", lambda: h.cut(lines, 2)),
        ("kill -9", lambda: h.killed(server)),
        ("somebody is removed from a room", lambda: root.remove("closed", "p2")),
        ("SQLite is locked for 3 s", lambda: h.locked(site, 3)),
        ("SIGTERM", lambda: h.restarted(server)),
        ("somebody signs out", lambda: root.sign_out("p2")),
        ("it stands still for 5 s", lambda: h.frozen(server, 5)),
        ("a room is deleted", lambda: root.delete("doomed")),
        ("nothing comes back for 8 s", lambda: h.silent(lines, 8, "back")),
        ("somebody is banned", lambda: root.ban("p3")),
        ("all lines are cut", lambda: h.cut(lines)),
    ]
