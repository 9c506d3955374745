"""Groups whose changes are numbered, so that a gap is noticed and filled.

An event may be lost between processes, and a change may be made where no layer reaches (a
worker, a command). The number that each change carries shows it: a process that sees a gap, or
whose regular look finds a higher number in the database, fetches what it missed and pushes it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened in a group after some revision, up to `revision`."""

    revision: int
    html: str
    json: tuple[str, ...] = ()
    # How many new things there are among the changes.
    news: int = 0
    # The number of the last of such things that there has been.
    newest: int = 0


class ChangeLog(Protocol):
    """The numbered changes behind the groups with one prefix.

    `revisions` and `changes` run in a database thread.
    """

    def revisions(self, groups: Iterable[str]) -> dict[str, int]:
        """The current revision of each of `groups`, in one query."""

    def changes(self, group: str, since: int) -> Changes:
        """What is newer than the revision `since`."""

    def seen(self, revision: int) -> str:
        """A fragment: the page shows everything up to `revision`, and says so when it returns."""


change_logs: dict[str, ChangeLog] = {}


def register(prefix: str, change_log: ChangeLog) -> None:
    """Serve the groups called `prefix`-something, or the one called `prefix`."""
    change_logs[prefix] = change_log


def change_log_of(group: str) -> ChangeLog | None:
    """The change log behind `group`, if its changes are numbered."""
    return change_logs.get(group.partition("-")[0])


def seen(group: str, revision: int) -> str:
    """What tells the pages in `group` that they show everything up to `revision`."""
    change_log = change_log_of(group)
    return change_log.seen(revision) if change_log else ""


class Cursor:
    """How far this process has pushed each group that it serves."""

    def __init__(self) -> None:
        self.revision: dict[str, int] = {}
        # Where each was when this process began to follow it.
        self.began: dict[str, int] = {}
        # How many new things there were since the group is followed: what a tab's title counts.
        self.news: Counter[str] = Counter()

    def follow(self, group: str, revision: int) -> None:
        """Start at `revision`, read before the group was joined, unless it is followed already."""
        self.revision.setdefault(group, revision)
        self.began.setdefault(group, revision)

    def forget(self, group: str) -> None:
        self.revision.pop(group, None)
        self.began.pop(group, None)
        self.news.pop(group, None)

    def is_next(self, group: str, revision: int) -> bool:
        """Whether the change numbered `revision` is the one that comes next."""
        return self.revision.get(group) == revision - 1

    def is_missing(self, group: str, revision: int) -> bool:
        """Whether changes before or at `revision` were not pushed here."""
        return group in self.revision and self.revision[group] < revision

    def advance(self, group: str, revision: int, news: int = 0) -> None:
        """Everything up to `revision` was pushed; `news` of it was new."""
        if group in self.revision:
            self.revision[group] = max(revision, self.revision[group])
            self.news[group] += news
