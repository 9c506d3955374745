"""The cache on Redis, which is missed while it is away, and nothing more.

What Parley keeps there are counts, such as those of failed sign-ins. Django's own backend raises
while Redis does not answer, and a sign-in would be an error; here the cache is then empty and
forgets what it is told, so nobody waits and nothing is counted. Said in the log, once.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

from live.circuit import CircuitBreaker, is_outage

logger = logging.getLogger(__name__)

circuit = CircuitBreaker(
    logger,
    "Redis does not answer: sign-ins that fail, connections and messages are not counted.",
    "Redis answers again: sign-ins that fail, connections and messages are counted.",
)


class FaultTolerantRedisCache(RedisCache):
    """Django's, but a Redis that is away is an empty cache."""

    def _attempt(self, otherwise: Any, do: Callable[..., Any], *words: Any, **named: Any) -> Any:
        if circuit.is_open:
            return otherwise
        try:
            answer = do(*words, **named)
        except Exception as error:
            if not is_outage(error):
                raise
            circuit.record_failure(error)
            return otherwise
        circuit.record_success()
        return answer

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """True while Redis is away: what waits for a lock in the cache would wait in vain."""
        return self._attempt(True, super().add, key, value, timeout, version)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Nothing while Redis is away."""
        return self._attempt(default, super().get, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Forgotten while Redis is away, as are all the others that change something."""
        self._attempt(None, super().set, key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._attempt(False, super().touch, key, timeout, version)

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._attempt(False, super().delete, key, version)

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        return self._attempt({}, super().get_many, keys, version)

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self._attempt(False, super().has_key, key, version)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """As though this were the first."""
        return self._attempt(delta, super().incr, key, delta, version)

    def incr_many(self, deltas: Mapping[str, int], timeout: int) -> Mapping[str, int]:
        """Add to several counts, each forgotten `timeout` seconds after it began; the counts then.

        One round trip. While Redis is away, as though all of them began.
        """
        return self._attempt(dict(deltas), self._incr_many, deltas, timeout)

    def _incr_many(self, deltas: Mapping[str, int], timeout: int) -> dict[str, int]:
        pipeline = self._cache.get_client(None, write=True).pipeline()
        for key, delta in deltas.items():
            name = self.make_and_validate_key(key)
            pipeline.set(name, 0, ex=timeout, nx=True)
            pipeline.incrby(name, delta)
        return dict(zip(deltas, pipeline.execute()[1::2], strict=True))

    def set_many(self, data: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        return self._attempt([], super().set_many, data, timeout, version)

    def delete_many(self, keys: Any, version: Any = None) -> None:
        self._attempt(None, super().delete_many, keys, version)

    def clear(self) -> None:
        """Delete what the cache keeps, and nothing else: the queue and the channel layer may share its Redis.

        Django's own empties the whole database of Redis.
        """
        self._attempt(None, self._clear)

    def _clear(self) -> None:
        redis = self._cache.get_client(None, write=True)
        for name in redis.scan_iter(f"{self.key_prefix}:*", count=1000):
            redis.unlink(name)
