"""What is kept rendered: one cache a process, one rule, one bound.

The rule: a key holds everything that the text was made of (a revision stands for all that it counts), so a
text never has to be taken back, and no event ever does. What is not asked for any longer falls out when
there are more bytes than MAX_BYTES, the least used first. docs/architecture.md has a table of the kinds.
"""

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields, is_dataclass
from functools import wraps
from threading import Lock
from typing import Any

from prometheus_client import Gauge

from hypermedia.locales import for_all_readers

# Some fifty thousand rows of messages, or fifteen hundred pages of rooms.
MAX_BYTES = 48 * 1024 * 1024
# What an entry costs besides its text: its key, and its place.
ENTRY_BYTES = 300

KEPT_BYTES = Gauge("parley_rendered_bytes", "Bytes of what this process keeps rendered.")

Key = tuple[Hashable, ...]


class RenderCache:
    """Rendered values by kind and key, the least used dropped first. Used by any thread."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._entries: OrderedDict[Key, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, kind: str, *key: Hashable) -> Any:
        """The value that is kept under `key`, or None."""
        with self._lock:
            entry = self._entries.get((kind, *key))
            if entry is None:
                return None
            self._entries.move_to_end((kind, *key))
            return entry[0]

    def put[Value](self, value: Value, kind: str, *key: Hashable) -> Value:
        """Keep a value under everything it was made of; gives it."""
        size = ENTRY_BYTES + size_of(value)
        with self._lock:
            self._forget((kind, *key))
            self._entries[kind, *key] = value, size
            self.bytes += size
            while self.bytes > self.max_bytes:
                self._forget(next(iter(self._entries)))
        return value

    def _forget(self, key: Key) -> None:
        _, size = self._entries.pop(key, (None, 0))
        self.bytes -= size

    def clear(self) -> None:
        """Forget everything: for tests, whose databases count anew."""
        with self._lock:
            self._entries.clear()
            self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)


rendered = RenderCache()
KEPT_BYTES.set_function(lambda: rendered.bytes)


def kept[**P, R](kind: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: keep what a function renders, under its arguments, which are all that it is made of.

    In which language nobody knows: its words are marks.
    """

    def keep(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **values: P.kwargs) -> R:
            key: Key = (*args, *values.items())
            found = rendered.get(kind, *key)
            if found is not None:
                return found
            with for_all_readers():
                return rendered.put(function(*args, **values), kind, *key)

        return call

    return keep


def size_of(value: object) -> int:
    """About how many bytes a rendered value takes: a text, or what holds texts."""
    if isinstance(value, str):
        return sys.getsizeof(value)
    if is_dataclass(value):
        return sum(size_of(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, (tuple, list)):
        parts: Iterable[object] = value
        return sys.getsizeof(value) + sum(map(size_of, parts))
    return sys.getsizeof(value)
