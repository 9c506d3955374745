"""In which threads something is new to the people who have a page open in this process.

Who follows a thread, a process does not know: where something has happened in some it asks, once a second and
with one query for all of them and all people.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from database.threads import in_database
from rooms.models import Follower
from rooms.unread.state import KEPT_AT_MOST

if TYPE_CHECKING:
    from rooms.unread.state import ViewerState


class ThreadNews:
    """The threads of one process that are still to be looked at."""

    def __init__(self) -> None:
        self._changed: set[int] = set()
        # Looked at while people were being read, whose threads may be taken as they were before that.
        self._meanwhile: set[int] = set()
        self._is_looking = False

    def changed(self, threads: Iterable[int]) -> None:
        """Something else is new in these to some of those who follow them."""
        self._changed.update(threads)

    def loaded(self) -> None:
        """Nobody is being read any longer."""
        self._changed |= self._meanwhile
        self._meanwhile = set()

    @property
    def are_due(self) -> bool:
        """Whether something is to be looked at, and nothing is being looked at."""
        return bool(self._changed) and not self._is_looking

    async def look(self, readers: Mapping[int, "ViewerState"], *, is_loading: bool) -> dict[int, bool]:
        """Bring the threads of `readers` up to date: whose are other ones, and whether all of them are known.

        With `is_loading` some people are being read.
        """
        self._is_looking = True
        try:
            threads, self._changed = self._changed, set()
            if is_loading:
                self._meanwhile |= threads
            found = await in_database(Follower.objects.news_in)(threads)
        finally:
            self._is_looking = False
        others = {}
        for person_id, reader in readers.items():
            before, now = reader.threads & threads, found.get(person_id, set())
            if before != now:
                others[person_id] = len(reader.threads) < KEPT_AT_MOST or len(now) >= len(before)
                reader.threads = (reader.threads - before) | now
        return others
