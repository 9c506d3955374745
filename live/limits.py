"""How fast one socket may speak."""

from time import monotonic


class Allowance:
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
