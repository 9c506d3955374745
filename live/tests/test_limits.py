"""How often one person may do something, counted by all processes together."""

import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from redis import Redis, ResponseError

from live.circuit import is_outage
from live.limits import FixedWindowLimit
from site_config.cache import circuit
from tests.processes import stores

ALICE, BOB = 1, 2


def test_so_many_may_pass_and_no_more() -> None:
    limit = FixedWindowLimit("tries", 3, 60)
    assert [limit.take(ALICE) for _ in range(5)] == [True, True, True, False, False]


def test_everybody_is_counted_alone_and_so_is_everything() -> None:
    tries, visits = FixedWindowLimit("tries", 1, 60), FixedWindowLimit("visits", 1, 60)
    assert tries.take(ALICE)
    assert tries.take(BOB)
    assert visits.take(ALICE)
    assert not tries.take(ALICE)


def test_of_several_at_once_the_first_ones_pass() -> None:
    limit = FixedWindowLimit("tries", 3, 60)
    assert limit.take_each([ALICE, BOB, ALICE, ALICE]) == [True, True, True, True]
    assert limit.take_each([ALICE, BOB, BOB, BOB, BOB]) == [False, True, True, False, False]
    assert limit.take_each([]) == []


def test_it_begins_anew() -> None:
    limit = FixedWindowLimit("tries", 1, 1)
    assert limit.take(ALICE)
    assert not limit.take(ALICE)
    time.sleep(1.1)
    assert limit.take(ALICE)


class BegunMeanwhile:
    """A cache in which another thread has begun to count, between this one's look and its own beginning."""

    incr = staticmethod(cache.incr)

    @staticmethod
    def add(key: str, value: int, timeout: int) -> bool:
        cache.add(key, 2, timeout)
        return cache.add(key, value, timeout)


def test_two_threads_that_begin_at_once_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live.limits.cache", BegunMeanwhile)
    limit = FixedWindowLimit("tries", 3, 60)
    assert limit.take(ALICE)
    assert not limit.take(ALICE)


@pytest.fixture
def redis_away(settings) -> Iterator[None]:
    """A cache on a Redis that is not there."""
    backend = "site_config.cache.FaultTolerantRedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    yield
    circuit.record_success()


def test_while_redis_is_away_everything_may_pass(redis_away: None) -> None:
    limit = FixedWindowLimit("tries", 1, 60)
    assert limit.take(ALICE)
    assert limit.take(ALICE)


@pytest.fixture
def own_redis(settings) -> Iterator[Redis]:
    """A cache on a Redis of this test's own, which may be spoiled."""
    with stores.redis() as store, Redis.from_url(store.url) as redis:
        backend = "site_config.cache.FaultTolerantRedisCache"
        settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": store.url}}
        yield redis
        cache.close()
        circuit.record_success()


@pytest.mark.parametrize(
    "words",
    [
        ("CONFIG", "SET", "maxmemory", "1"),
        ("REPLICAOF", "127.0.0.1", "1"),
        ("CONFIG", "SET", "requirepass", "x"),
    ],
    ids=["full", "replica", "password"],
)
def test_a_redis_that_takes_nothing_is_away(own_redis: Redis, words: tuple[str, ...]) -> None:
    own_redis.execute_command(*words)
    # A connection that was there before has given the old password, if any.
    own_redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    limit = FixedWindowLimit("tries", 1, 60)

    assert [limit.take(ALICE) for _ in range(3)] == [True, True, True]
    assert circuit.is_failing


def test_a_value_of_another_kind_is_a_fault_and_no_outage(own_redis: Redis) -> None:
    own_redis.rpush(cache.make_key("count"), "in a list")

    with pytest.raises(ResponseError, match="WRONGTYPE"):
        cache.incr("count")
    assert not circuit.is_failing
    with pytest.raises(ResponseError) as failed:
        own_redis.eval("return nonsense()", 0)
    assert not is_outage(failed.value)


@pytest.mark.parametrize(
    ("words", "is_so"),
    [
        ("MISCONF Redis is configured to save RDB snapshots, but it cannot", True),
        ("Command # 2 (INCRBY count 1) of pipeline caused error: NOREPLICAS Not enough good replicas", True),
        ("BUSY Redis is busy running a script.", True),
        ("ERR unknown command 'MISCONF '", False),
        ("WRONGTYPE Operation against a key holding the wrong kind of value", False),
    ],
)
def test_a_redis_that_says_that_it_cannot_now_is_away(words: str, is_so: bool) -> None:
    assert is_outage(ResponseError(words)) is is_so


def test_emptying_the_cache_leaves_what_stands_beside_it() -> None:
    if not settings.REDIS_URL:
        pytest.skip("in memory nothing stands beside it")
    cache.set("count", 1)
    beside = f"{settings.REDIS_PREFIX}.queue"
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.set(beside, "task")
        cache.clear()
        assert redis.get(beside) == b"task"
    assert cache.get("count") is None
