"""For LOG_FORMAT=json: whatever is printed is an object a line, as a collector reads them."""

import datetime
import json
import os
from typing import Any

from honcho.printer import Printer


def is_wanted() -> bool:
    """Whether the settings ask for it."""
    return os.environ.get("LOG_FORMAT") == "json"


class JsonPrinter(Printer):
    """Honcho's printer without its prefix: an object passes as it is, anything else becomes one."""

    def write(self, message: Any) -> None:
        """Print the lines of a message."""
        data = message.data
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
        for line in text.splitlines():
            print(line if is_object(line) else as_object(message.name, line), file=self.output, flush=True)


def is_object(line: str) -> bool:
    """Whether a line is one already."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def as_object(name: str, text: str) -> str:
    """A line that says `text`, with the names that site_config/settings.py gives such things."""
    now = datetime.datetime.now(datetime.UTC).isoformat()
    said = {"time": now, "level": "INFO", "logger": name, "message": text}
    return json.dumps(said, ensure_ascii=False)
