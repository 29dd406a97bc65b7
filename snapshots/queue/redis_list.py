"""django-q's queue in a list of Redis: a wake-up arrives at once, and is lost with its cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import sleep

import redis
from django.db import OperationalError
from django_q.brokers.redis_broker import Redis
from django_q.conf import Conf, logger
from redis.backoff import NoBackoff
from redis.retry import Retry

_PAUSE_S = 1.0
_CONNECT_S = 2.0  # a request waits for its wake-up: better lost than late
_ANSWER_S = 5.0  # longer than the second for which `dequeue` waits


class Broker(Redis):  # type: ignore[misc]  # the library is untyped
    """The stock broker with timeouts, one pooled connection, and Django's errors.

    A Redis that does not answer raises `OperationalError`, as a database does; a cluster that
    waits for wake-ups keeps asking.
    """

    @staticmethod
    def get_connection(list_key: str | None = None) -> redis.Redis:  # noqa: ARG004
        return _client(Conf.REDIS)

    def enqueue(self, task: str) -> int:
        with _as_database_errors():
            return int(super().enqueue(task))

    def dequeue(self) -> list[tuple[None, bytes]] | None:
        try:
            wake_ups: list[tuple[None, bytes]] | None = super().dequeue()
        except redis.RedisError as error:
            logger.warning("Redis does not answer; asking again: %s", error)
            sleep(_PAUSE_S)
            return None
        return wake_ups

    def queue_size(self) -> int:
        with _as_database_errors():
            return int(super().queue_size())

    def info(self) -> str:
        with _as_database_errors():
            return str(super().info())


@contextmanager
def _as_database_errors() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise OperationalError(f"Redis: {error}") from error


@lru_cache(maxsize=1)
def _client(url: str) -> redis.Redis:
    """Cached: it has a pool of connections, which a forked process does not share."""
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=_CONNECT_S,
        socket_timeout=_ANSWER_S,
        retry=Retry(NoBackoff(), 1),  # once: a kept connection may have died since
    )
