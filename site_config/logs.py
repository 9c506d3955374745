"""What other people's code writes to the log, in as many words as it is worth."""

import logging


class OutagesInASentence(logging.Filter):
    """Redis away: channels-redis has a traceback a second, the log one sentence for all of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on what is no outage."""
        # Logging is set up before there are apps; `live` counts, and is imported with them.
        from live import bus
        from live.circuit import CONNECTION_ERRORS

        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, CONNECTION_ERRORS):
            return True
        bus.circuit.record_failure(error)
        return False


class BadRequestsInASentence(logging.Filter):
    """A request that was refused: for Django that may be an error with a traceback; it is none of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass on everything, what was answered with 4xx without its traceback and as a warning."""
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
