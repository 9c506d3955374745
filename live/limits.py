"""How fast one socket may speak, and how often one person may do something, wherever they do it."""

from time import monotonic

from django.core.cache import cache


class TokenBucket:
    """A bucket that fills at `rate` a second up to `burst`, and from which each frame takes one."""

    __slots__ = ("burst", "left", "rate", "refused", "since")

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = burst
        self.left = float(burst)
        self.since = monotonic()
        # How many in a row were refused: who does not stop is closed.
        self.refused = 0

    def take(self) -> bool:
        """Take one, if there is one."""
        now = monotonic()
        self.left = min(self.burst, self.left + (now - self.since) * self.rate)
        self.since = now
        if self.left < 1:
            self.refused += 1
            return False
        self.left -= 1
        self.refused = 0
        return True


class FixedWindowLimit:
    """So many in so many seconds for one person, counted by all processes together.

    The cache counts: Redis for all, or the memory of the one process that there is. The seconds begin
    with the first one. Where Redis is away nothing is counted, and everything may pass. Called from
    threads: Redis may take its time.
    """

    def __init__(self, name: str, most: int, seconds: int) -> None:
        self.name = name
        self.most = most
        self.seconds = seconds

    def take(self, person_id: int, count: int = 1) -> bool:
        """Count `count` more of this person's; whether that is still within the limit."""
        return self._counted(f"limit-{self.name}-{person_id}", count) <= self.most

    def _counted(self, key: str, count: int) -> int:
        try:
            return cache.incr(key, count)
        except ValueError:
            if cache.add(key, count, self.seconds):
                return count
        try:
            # Another process has begun to count in the meantime.
            return cache.incr(key, count)
        except ValueError:
            return count
