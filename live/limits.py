"""How fast one socket may speak, and how often one person may do something, wherever they do it."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
        self._fill()
        if self.left < 1:
            self.refused += 1
            return False
        self.left -= 1
        self.refused = 0
        return True

    def reserve(self) -> float:
        """Take one, in advance where there is none; in how many seconds it will be there."""
        self._fill()
        self.left -= 1
        return max(0.0, -self.left / self.rate)

    def give_back(self) -> None:
        """Take back what was reserved, and is not used."""
        self.left += 1

    def _fill(self) -> None:
        now = monotonic()
        self.left = min(self.burst, self.left + (now - self.since) * self.rate)
        self.since = now


class FixedWindowLimit:
    """At most `most` in `seconds` for one person, counted by all processes together.

    The cache counts: Redis for all, or the memory of the one process that there is. The seconds begin
    with the first one. Where Redis is away nothing is counted, and everything may pass. Called from
    threads: Redis may take its time.
    """

    def __init__(self, name: str, most: int, seconds: int) -> None:
        self.name = name
        self.most = most
        self.seconds = seconds

    def take(self, person_id: int) -> bool:
        """Count one more of this person's; whether that is still within the limit."""
        return self.take_each([person_id])[0]

    def take_each(self, people: Sequence[int], most: int | None = None) -> list[bool]:
        """Count one for each of `people`, ids that may repeat: whether each is within the limit.

        `most` is the limit, where it is another than at first. One round trip to Redis.
        """
        wanted = Counter(people)
        keys = {person_id: f"limit-{self.name}-{person_id}" for person_id in wanted}
        counts = self._counted({keys[person_id]: count for person_id, count in wanted.items()})
        taken = {person_id: counts[keys[person_id]] - count for person_id, count in wanted.items()}
        answers = []
        for person_id in people:
            taken[person_id] += 1
            answers.append(taken[person_id] <= (most or self.most))
        return answers

    def _counted(self, deltas: Mapping[str, int]) -> Mapping[str, int]:
        """Add to the counts; they are what they are then."""
        if hasattr(cache, "incr_many"):
            return cache.incr_many(deltas, self.seconds)
        return {key: self._counted_alone(key, delta) for key, delta in deltas.items()}

    def _counted_alone(self, key: str, delta: int) -> int:
        try:
            return cache.incr(key, delta)
        except ValueError:
            if cache.add(key, delta, self.seconds):
                return delta
        try:
            # Another thread has begun to count in the meantime.
            return cache.incr(key, delta)
        except ValueError:
            return delta
