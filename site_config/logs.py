"""What other people's code writes to the log, in as many words as it is worth."""

import logging
import sqlite3
from time import monotonic


class OutagesInASentence(logging.Filter):
    """Redis away: channels-redis has a traceback a second, the log one sentence for all of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on what is no outage."""
        # Logging is set up before there are apps; `live` counts, and is imported with them.
        from live import bus
        from live.circuit import is_outage

        error = record.exc_info[1] if record.exc_info else None
        if error is None or not is_outage(error):
            return True
        bus.circuit.record_failure(error)
        return False


class QueueOutagesInASentence(logging.Filter):
    """The queue away: each thread of the worker has a traceback a try, the log one sentence for all."""

    # An outage in which nobody has tried for so long, seconds, was over.
    OVER_AFTER = 30.0

    def __init__(self) -> None:
        super().__init__()
        self._last = -self.OVER_AFTER

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on what is no outage, and of an outage the first record, without its traceback."""
        from live.circuit import is_outage, short_reason

        error = record.exc_info[1] if record.exc_info else None
        # What a task meets is the task's; the threads that wait for tasks have this name.
        is_queue = record.name.startswith("huey.consumer")
        if not is_queue or error is None:
            return True
        if not isinstance(error, sqlite3.OperationalError) and not is_outage(error):
            return True
        is_news = monotonic() - self._last > self.OVER_AFTER
        self._last = monotonic()
        record.msg, record.args = (
            "The queue does not answer: tasks wait until it does. (%s)",
            (short_reason(error),),
        )
        record.exc_info = record.exc_text = None
        return is_news


class BadRequestsInASentence(logging.Filter):
    """A request that was refused: for Django that may be an error with a traceback; it is none of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on everything, what was answered with 4xx without its traceback and as a warning."""
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


class SecretsOutOfAddresses(logging.Filter):
    """An address may be a secret: a link to join, to a new password, to somebody's feed. No log has it."""

    # What routes call the part that nobody may guess.
    NAMES = frozenset({"key", "secret", "token"})

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on everything, with three dots for the secret."""
        route = getattr(getattr(record, "request", None), "resolver_match", None)
        secrets = [value for name, value in route.kwargs.items() if name in self.NAMES] if route else []
        if secrets and isinstance(record.args, tuple):
            # The request would say its address, too.
            record.request = None
            for secret in secrets:
                record.args = tuple(
                    each.replace(secret, "…") if isinstance(each, str) else each for each in record.args
                )
        return True
