"""The cache of answers: how long they are kept, for whom, and what becomes of errors."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from reserve_db.providers import ProviderError
from reserve_db.serve.cache import Cached, TtlCache, cache_key

AWAY = ProviderError("NO_ANSWER", "away", answered=False, retry=True)
REFUSED = ProviderError("not_found", "no", answered=True, retry=False)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Answers 1, 2, 3, …, or with the error it is given."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.calls += 1
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        return self.calls


def run(story: Callable[[TtlCache, Clock, Source], Awaitable[Any]], most: int = 10) -> Any:
    async def play() -> Any:
        clock = Clock()
        return await story(TtlCache(most, clock), clock, Source())

    return asyncio.run(play())


def test_an_answer_serves_until_its_time_is_over() -> None:
    async def story(cache: TtlCache, clock: Clock, source: Source) -> None:
        assert await cache.get("k", 60, source) == Cached(1, hit=False)
        clock.now += 59
        assert await cache.get("k", 60, source) == Cached(1, hit=True)
        clock.now += 1
        assert await cache.get("k", 60, source) == Cached(2, hit=False)

    run(story)


def test_another_version_is_another_answer() -> None:
    async def story(cache: TtlCache, _: Clock, source: Source) -> None:
        await cache.get("k", 60, source, version="a")
        assert await cache.get("k", 60, source, version="b") == Cached(2, hit=False)
        assert await cache.get("k", 60, source, version="b") == Cached(2, hit=True)

    run(story)


def test_who_asks_at_the_same_time_waits_for_the_same_answer() -> None:
    async def story(cache: TtlCache, _: Clock, source: Source) -> None:
        answers = await asyncio.gather(*(cache.get("k", 60, source) for _ in range(5)))
        assert answers == [Cached(1, hit=False)] * 5
        assert source.calls == 1

    run(story)


def test_errors_are_told_and_never_kept() -> None:
    async def story(cache: TtlCache, _: Clock, source: Source) -> None:
        source.error = AWAY
        with pytest.raises(ProviderError):
            await cache.get("k", 60, source)
        source.error = None
        assert await cache.get("k", 60, source) == Cached(2, hit=False)

    run(story)


def test_an_old_answer_serves_while_the_provider_is_away_but_not_for_ever() -> None:
    async def story(cache: TtlCache, clock: Clock, source: Source) -> None:
        await cache.get("k", 60, source, stale_seconds=100)
        source.error = AWAY
        clock.now += 159
        assert await cache.get("k", 60, source, stale_seconds=100) == Cached(1, hit=True)
        clock.now += 1
        with pytest.raises(ProviderError):
            await cache.get("k", 60, source, stale_seconds=100)

    run(story)


@pytest.mark.parametrize("error", [REFUSED, ValueError("ours")])
def test_an_old_answer_hides_no_refusal_and_no_mistake(error: Exception) -> None:
    async def story(cache: TtlCache, clock: Clock, source: Source) -> None:
        await cache.get("k", 60, source, stale_seconds=100)
        source.error = error
        clock.now += 60
        with pytest.raises(type(error)):
            await cache.get("k", 60, source, stale_seconds=100)

    run(story)


def test_the_least_recently_used_goes_first() -> None:
    async def story(cache: TtlCache, _: Clock, source: Source) -> None:
        await cache.get("a", 60, source)
        await cache.get("b", 60, source)
        await cache.get("a", 60, source)
        await cache.get("c", 60, source)
        assert (await cache.get("a", 60, source)).hit
        assert not (await cache.get("b", 60, source)).hit

    run(story, most=2)


def test_a_key_is_all_inputs_with_role_and_city() -> None:
    keys = {
        cache_key("f", {"a": 1, "b": 2}, "anon", None),
        cache_key("g", {"a": 1, "b": 2}, "anon", None),
        cache_key("f", {"a": 1, "b": 3}, "anon", None),
        cache_key("f", {"a": 1, "b": 2}, "authenticated", None),
        cache_key("f", {"a": 1, "b": 2}, "anon", "URB"),
    }
    assert len(keys) == 5
    assert cache_key("f", {"b": 2, "a": 1}, "anon", None) in keys
