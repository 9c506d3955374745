"""Something outside that is away for a while: said in one sentence, and again when it is back."""

import logging
from threading import Lock
from time import monotonic

from redis.exceptions import RedisError

# What it looks like when Redis is away: refused, cut off, or silent.
AWAY = (RedisError, OSError, TimeoutError)

# Seconds after a failure in which nobody tries: each try may take as long as a timeout.
REST = 1.0


class Outage:
    """What is known of one thing that others of this process need as well. Called from any thread."""

    def __init__(self, logger: logging.Logger, away: str, back: str) -> None:
        self.is_on = False
        self._logger = logger
        self._away = away
        self._back = back
        self._failed_at = 0.0
        self._lock = Lock()

    @property
    def is_resting(self) -> bool:
        """Whether it failed a moment ago, so that trying again would only cost time."""
        return self.is_on and monotonic() - self._failed_at < REST

    def failed(self, error: BaseException) -> None:
        """It did not answer. Said for the first of many."""
        with self._lock:
            is_news = not self.is_on
            self.is_on = True
            self._failed_at = monotonic()
        if is_news:
            self._logger.error("%s (%s)", self._away, reason(error))

    def worked(self) -> None:
        """It answered. Said if it had not before."""
        if not self.is_on:
            return
        with self._lock:
            is_news, self.is_on = self.is_on, False
        if is_news:
            self._logger.warning("%s", self._back)


def reason(error: BaseException) -> str:
    """Why, in a few words: what comes after the first line is advice."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
