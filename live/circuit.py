"""Something outside that is away for a while: said in one sentence, and again when it is back."""

import logging
import re
from threading import Lock
from time import monotonic

from redis import exceptions

# What it looks like when Redis is away: refused, cut off, silent, or still loading. Full, or one that may not
# be written to, it is as good as away.
OUTAGES = (
    OSError,
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.InvalidResponse,
    exceptions.ReadOnlyError,
    exceptions.OutOfMemoryError,
    exceptions.ClusterError,
    exceptions.TryAgainError,
)
# The same in words for which redis-py has no class: its disk is full, its replicas are away, a script runs.
OUTAGE_WORDS = re.compile(r"(?:^|caused error: )(?:MISCONF|NOREPLICAS|BUSY|UNKILLABLE)\b")

# Seconds after a failure in which nobody tries: each try may take as long as a timeout.
RETRY_AFTER = 1.0


class CircuitBreaker:
    """What is known of one thing that others of this process need as well. Called from any thread."""

    def __init__(self, logger: logging.Logger, away: str, back: str) -> None:
        self.is_failing = False
        self._logger = logger
        self._away = away
        self._back = back
        self._failed_at = 0.0
        self._lock = Lock()

    @property
    def is_open(self) -> bool:
        """Whether it failed a moment ago, so that trying again would only cost time."""
        return self.is_failing and monotonic() - self._failed_at < RETRY_AFTER

    def record_failure(self, error: BaseException) -> None:
        """It did not answer. Said for the first of many."""
        with self._lock:
            is_news = not self.is_failing
            self.is_failing = True
            self._failed_at = monotonic()
        if is_news:
            self._logger.error("%s (%s)", self._away, short_reason(error))

    def record_success(self) -> None:
        """It answered. Said if it had not before."""
        if not self.is_failing:
            return
        with self._lock:
            is_news, self.is_failing = self.is_failing, False
        if is_news:
            self._logger.warning("%s", self._back)


def is_outage(error: BaseException | None) -> bool:
    """Whether it will pass with the outage of a service; not where Redis answers that we ask nonsense."""
    if isinstance(error, exceptions.ResponseError) and OUTAGE_WORDS.search(str(error)):
        return True
    return isinstance(error, OUTAGES)


def short_reason(error: BaseException) -> str:
    """Why, in a few words: what comes after the first line is advice."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
