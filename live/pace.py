"""How often the pages of a group are written to, where much happens in it.

Each frame that a page gets is a picture that its browser draws, which takes it ten times as long as what is
new in it; and each is a write for every socket. So the first things that happen are on the pages at once, and
where more come than anybody reads one by one, those of a moment come together.
"""

import asyncio
from collections.abc import Callable

from hypermedia.fragments import hx_partial
from live.bus import Fragment
from live.limits import TokenBucket

# So often a second a group's pages are written to for long, and so often at once: what people say to each
# other never waits, and nothing does for longer than a quarter of a second.
PUSH_RATE = 4.0
PUSH_BURST = 5

# What says on a page that its group is busy, or is no longer: what comes in crowds comes without a movement.
BUSY = hx_partial("#pace", "innerHTML", "<i></i>")
QUIET = hx_partial("#pace", "innerHTML")


class Pace:
    """What waits for the moment in which its group is written to again. Runs in the event loop's thread."""

    def __init__(self, push: Callable[[Fragment], None]) -> None:
        self._push = push
        self._allowances: dict[str, TokenBucket] = {}
        self._waiting: dict[str, list[Fragment]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        # The groups whose pages have been told that they are busy.
        self._busy: set[str] = set()

    def push(self, fragment: Fragment) -> None:
        """Push it at once, where nothing waits for its group and that is not busy; else in a moment."""
        group = fragment.group
        if group in self._waiting:
            self._waiting[group].append(fragment)
            return
        allowance = self._allowances.get(group)
        if allowance is None:
            allowance = self._allowances[group] = TokenBucket(PUSH_RATE, PUSH_BURST)
        if seconds := allowance.reserve():
            self._wait(fragment, seconds)
        elif group in self._busy and fragment.news and allowance.left >= PUSH_BURST - 1:
            # With a row that is new: the last one that was there would move.
            self._busy.discard(group)
            self._push(fragment._replace(html=QUIET + fragment.html))
        else:
            self._push(fragment)

    def _wait(self, fragment: Fragment, seconds: float) -> None:
        group = fragment.group
        self._waiting[group] = [fragment]
        self._timers[group] = asyncio.get_running_loop().call_later(seconds, self._push_group, group)

    def holds(self, group: str) -> bool:
        """Whether something waits for `group`."""
        return group in self._waiting

    def push_all(self, group: str | None = None) -> None:
        """Push what waits for `group`, or for any, now: what comes next may not come before it."""
        for one in tuple(self._waiting) if group is None else (group,):
            if timer := self._timers.get(one):
                timer.cancel()
                # Its own moment is not used: else what comes next would wait for that one, too.
                self._allowances[one].give_back()
                self._push_group(one)

    def forget(self, group: str) -> None:
        """Nobody is in `group` here any more."""
        self._allowances.pop(group, None)
        self._waiting.pop(group, None)
        self._busy.discard(group)
        if timer := self._timers.pop(group, None):
            timer.cancel()

    def _push_group(self, group: str) -> None:
        del self._timers[group]
        fragments = self._waiting.pop(group)
        if len(fragments) > 1 and group not in self._busy:
            self._busy.add(group)
            fragments[0] = fragments[0]._replace(html=BUSY + fragments[0].html)
        for fragment in fragments:
            self._push(fragment)
