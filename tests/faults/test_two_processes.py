"""Two processes on PostgreSQL and Redis behind a proxy: each part may die, freeze, forget and return."""

from functools import partial
from pathlib import Path

from tests.browser.preloaded import Preloaded
from tests.faults import happenings as h
from tests.faults.crowd import Crowd
from tests.faults.sites import LargeSite, large_site
from tests.faults.trial import trial
from tests.processes.stores import Store

SEED = 16


async def test_whatever_happens_to_a_large_site(
    postgresql: Store, large_house: Path, preloaded: Preloaded, tmp_path: Path
) -> None:
    async with large_site(postgresql, large_house, tmp_path / "site", preloaded) as site:
        await trial(site, SEED, partial(some_of_everything, site))


def some_of_everything(site: LargeSite, crowd: Crowd) -> list[h.Fault]:
    """One after the other, what may happen to a large site in a year."""
    one, two = site.servers
    root = h.Administrator(crowd)
    return [
        ("kill -9 of one process", lambda: h.killed(one)),
        ("Redis dies for 2 s", lambda: h.redis_killed(site, 2)),
        ("somebody is removed from a room", lambda: root.remove("closed", "p2")),
        ("PostgreSQL is restarted", lambda: h.postgresql_restarted(site)),
        ("the first of a rolling restart", lambda: h.restarted(one)),
        ("the second of a rolling restart", lambda: h.restarted(two)),
        ("Redis is flushed", lambda: h.redis_flushed(site)),
        ("the database's connections are ended", site.cut_off_from_the_database),
        ("the database's answers to one process are lost", lambda: h.answers_lost(site.database_lines[:1])),
        ("and those to the other", lambda: h.answers_lost(site.database_lines[1:])),
        ("a room is deleted", lambda: root.delete("doomed")),
        ("one process cannot reach Redis for 3 s", lambda: h.refused(site.redis_lines[:1], 3)),
        ("PostgreSQL stands still for 3 s", lambda: h.postgresql_frozen(site, 3)),
        ("somebody is banned", lambda: root.ban("p3")),
        ("every second line is cut", lambda: h.cut(site.lines, 2)),
    ]
