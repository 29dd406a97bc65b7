"""A receiver on this machine, and events that are pushed to it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from snapshots.models import Event, Media
from snapshots.services.events import config as event_config
from snapshots.services.events import deliveries, outbox
from snapshots.services.events.attempts import Attempt

from ...support.webhook_receiver import LOOPBACK, Receiver, receiver


@pytest.fixture(autouse=True)
def _loopback_is_allowed(settings: Any) -> None:
    settings.MEDIAHUB_ALLOW_PRIVATE = [ip_network(LOOPBACK)]
    settings.MEDIAHUB_CALLBACK_S = 3.0


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


@pytest.fixture
def pushing(db: None, there: Receiver) -> str:
    """Events go to the receiver; the secret that signs them."""
    made = event_config.configure(mode="push", url=there.url)
    assert made.new_secret
    return made.new_secret


def write(count: int = 1) -> list[Event]:
    """Events of deleted media, written as the mode in force has it."""
    first = Event.objects.count()
    for number in range(first, first + count):
        media = Media.objects.create(file_id=f"{number:019}", name="gone", status="probing")
        outbox.media_deleted(media=media)
    return list(Event.objects.order_by("pk"))[-count:]


def all_delivered() -> bool:
    return not Event.objects.filter(delivered_at=None).exists()


def push_one() -> Attempt | None:
    """What a thread of the sender does with the next event; `None` when none is due."""
    url = deliveries.address()
    claim = deliveries.claim_next(url=url) if url else None
    if claim is None:
        return None
    attempt = deliveries.send(claim=claim)
    assert deliveries.record(claim=claim, attempt=attempt)
    return attempt
