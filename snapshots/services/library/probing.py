"""State transitions of probing: media items are claimed, then ready or failed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from ... import queue
from ...errors import LeaseLost
from ...messages import Message
from ...messages import message as _
from ...models import Media
from ...models.work.lease import Claim
from ...models.work.row_error import error_values
from ...video.sandbox.parent import Probed
from .. import covers
from ..events import outbox
from ..tasks import procedure_on_ready

_HASH_BLOCK = 1 << 20


def claim_next() -> Claim | None:
    """Claim the oldest media item that waits to be probed. `None` when there is none."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.MEDIAHUB_LEASE_S)
    return Media.objects.all().claim(order=["pk"], now=now, until=until)


def claimed(*, claim: Claim) -> Media:
    """The claimed media item. Raises `LeaseLost`, also when it was deleted."""
    media: Media | None = Media.objects.all().held(claim).first()
    if media is None:
        raise LeaseLost
    return media


def extend(*, claim: Claim) -> None:
    """Extend the lease. Raises `LeaseLost`."""
    until = timezone.now() + timedelta(seconds=settings.MEDIAHUB_LEASE_S)
    if not Media.objects.all().held(claim).update(lease_until=until):
        raise LeaseLost


def hash_file(path: Path, *, while_reading: Callable[[], None]) -> str:
    """SHA-256 of a file as hex; `while_reading` is called after each MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
            while_reading()
    return digest.hexdigest()


def record_probe(*, claim: Claim, probed: Probed, sha256: str) -> None:
    """Make the media ready: its facts, frame index and a first cover. Raises `LeaseLost`."""
    if probed.cover is None:
        _record_probe(claim, probed, sha256, "")
        return
    media, picture = claimed(claim=claim), probed.cover
    with covers.stored(media=media, data=picture.data, extension=picture.format) as name:
        _record_probe(claim, probed, sha256, name)


@transaction.atomic
def _record_probe(claim: Claim, probed: Probed, sha256: str, cover: str) -> None:
    info = probed.info
    changed = Media.objects.all().held(claim).update(
        status=Media.Status.READY,
        lease_until=None,
        sha256=sha256,
        container=info.container,
        codec=info.codec,
        duration_s=round(float(info.duration), 6),
        width=info.width,
        height=info.height,
        probe=info.to_json(),
        frame_index=probed.index.to_bytes(),
        updated_at=timezone.now(),
    )  # fmt: skip
    if not changed:
        raise LeaseLost
    media = Media.objects.for_reading().get(pk=claim.pk)
    if probed.cover:
        covers.set_automatically(media=media, name=cover, at=probed.cover.at)
    procedure_on_ready.begin(media=media)
    outbox.media_ready(media=Media.objects.for_reading().get(pk=claim.pk))


@transaction.atomic
def fail(*, claim: Claim, code: str, message: Message) -> None:
    """Fail a media item that cannot be used. Raises `LeaseLost`."""
    changed = Media.objects.all().held(claim).update(
        status=Media.Status.FAILED,
        lease_until=None,
        **error_values(code, message),
        updated_at=timezone.now(),
    )  # fmt: skip
    if not changed:
        raise LeaseLost
    procedure_on_ready.give_up(media=Media.objects.get(pk=claim.pk), code=code, message=message)


def release(*, claim: Claim, counts: bool = True) -> None:
    """Give the media back to the next worker; the attempt `counts`. Raises `LeaseLost`."""
    attempts = {} if counts else {"attempts": F("attempts") - 1}
    with transaction.atomic():
        if not Media.objects.all().held(claim).update(lease_until=None, **attempts):
            raise LeaseLost
        transaction.on_commit(queue.wake_worker)


def give_back(*, supervisor: str, to_blame: Collection[int]) -> int:
    """Release the media items that a dead cluster's workers were probing at once; how many."""
    return Media.objects.all().give_back(supervisor, to_blame=to_blame)


def fail_exhausted() -> int:
    """Fail media whose workers died three times; how many."""
    rows = list(Media.objects.exhausted(timezone.now()))
    return sum(map(_fail_vanished, rows))


@transaction.atomic
def _fail_vanished(media: Media) -> int:
    code, message = "worker_lost", _("The worker died three times while analysing this file.")
    changed = Media.objects.exhausted(timezone.now()).filter(pk=media.pk).update(
        status=Media.Status.FAILED, lease_until=None, **error_values(code, message)
    )  # fmt: skip
    if changed:
        procedure_on_ready.give_up(media=media, code=code, message=message)
    return changed
