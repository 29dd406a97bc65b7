"""The pipeline of a worker: claim, decode in a child, store, finish. No slow transaction."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol

import structlog
from django.conf import settings
from structlog.contextvars import bind_contextvars, unbind_contextvars

from ... import fault_injection, storage
from ...errors import Busy, LeaseLost, StorageFull
from ...messages import Message
from ...models import Operation, Task
from ...models.work.lease import Claim
from ...video.errors import VideoError
from ...video.sandbox import parent as sandbox
from ...video.timepoints import parse
from ...video.types import Failure, PointKey, Request
from .. import presets, tasks, templates
from ..frames import decoding
from ..library import media as media_service
from ..library import probing
from .lease_keeper import PeriodicExtension, extending_lease

log = structlog.get_logger()

_STORE_WAIT_S = 5.0
_CRASHES_FORGIVEN = 1


class _Owner(Protocol):
    """The service that owns the state of the work."""

    def fail(self, *, claim: Claim, code: str, message: Message) -> None: ...
    def release(self, *, claim: Claim, counts: bool = True) -> None: ...


def run_next() -> bool:
    """Run the best waiting task; whether there was one."""
    claim = tasks.claim_next()
    if claim is None:
        return False
    _guarded(claim, _run, tasks)
    return True


def probe_next() -> bool:
    """Probe the media item that waits longest; whether there was one."""
    claim = probing.claim_next()
    if claim is None:
        return False
    _guarded(claim, _probe, probing)
    return True


def _guarded(claim: Claim, work: Callable[[Claim], None], owner: _Owner) -> None:
    """Do the work, and record its failure at its owner."""
    try:
        try:
            work(claim)
        except Busy as error:  # no worker could do better: it costs no attempt
            log.warning("work waits for the store", pk=claim.pk, reason=str(error.message))
            time.sleep(min(_STORE_WAIT_S, settings.MEDIAHUB_LEASE_S / 3))
            owner.release(claim=claim, counts=False)
        except StorageFull as error:
            owner.fail(claim=claim, code=error.code, message=error.message)
        except VideoError as error:
            log.info("decoding failed", pk=claim.pk, code=error.code, notes=_notes(error))
            if error.code == "decoder_crashed" and claim.attempts <= _CRASHES_FORGIVEN:
                owner.release(claim=claim)
            else:
                owner.fail(claim=claim, code=error.code, message=error.message)
    except LeaseLost:
        log.info("work was taken over", pk=claim.pk, fence=claim.fence)
    finally:
        unbind_contextvars("task_id", "file_id")


def _notes(error: VideoError) -> list[str]:
    return getattr(error, "__notes__", [])


# --- A task --------------------------------------------------------------------------------------


def _run(claim: Claim) -> None:
    task = Task.objects.select_related("media").defer("media__frame_index").get(pk=claim.pk)
    media = task.media
    if media is None:
        raise LeaseLost  # deleted a moment ago, which has ended the task
    bind_contextvars(task_id=task.task_id, file_id=media.file_id)
    operations = {row.index: row for row in task.operations.prefetch_related("snapshots")}
    requests = _missing(claim, list(operations.values()))
    if requests:
        results = decoding.extract(
            media=media,
            requests=requests,
            limits=decoding.child_limits(media_service.deadline_s(media)),
            while_fetching=PeriodicExtension(lambda: tasks.extend(claim=claim)),
        )
        with closing(results):  # losing the lease stops the child
            for result in results:
                fault_injection.point("after_child")
                _take(claim, task, operations, result)
    tasks.finish(claim=claim)
    log.info("task finished", points=len(requests), attempt=claim.attempts)


def _missing(claim: Claim, operations: list[Operation]) -> list[Request]:
    """Requests for the points without a result; one that does not parse fails at once."""
    requests = []
    for operation in operations:
        recorded = {row.index for row in operation.snapshots.all()}
        spec = templates.spec(operation.template)
        for index, at in enumerate(operation.at):
            if index in recorded:
                continue
            key = PointKey(operation.index, index)
            try:
                requests.append(Request(key, parse(at), spec, operation.mode))
            except VideoError as error:
                failure = Failure(key, at, error.code, error.message)
                tasks.record_failure(claim=claim, operation=operation, index=index, failure=failure)
    return requests


def _take(
    claim: Claim, task: Task, operations: dict[int, Operation], result: decoding.Result
) -> None:
    if isinstance(result, sandbox.Tick):
        tasks.extend(claim=claim)
        return
    operation_index, index = result.key
    operation = operations[operation_index]
    if isinstance(result, Failure):
        tasks.record_failure(claim=claim, operation=operation, index=index, failure=result)
        return
    sha256 = hashlib.sha256(result.data).hexdigest()
    name = (
        f"{task.task_id}/{operation_index}-{index}-{sha256[:32]}"
        f"_{round(result.time_ms)}.{result.format}"
    )
    with extending_lease(lambda: tasks.extend(claim=claim)):
        storage.save_picture(name, result.data)
    try:
        tasks.record_picture(
            claim=claim, operation=operation, index=index, name=name, sha256=sha256, picture=result
        )
    except LeaseLost:
        if not tasks.may_still_name(task=task, picture=name):
            storage.delete_picture(name)
        raise


# --- Probing -------------------------------------------------------------------------------------


def _probe(claim: Claim) -> None:
    media = probing.claimed(claim=claim)
    bind_contextvars(file_id=media.file_id)
    extend = PeriodicExtension(lambda: probing.extend(claim=claim))
    with decoding.readable_source(media, extend) as path:
        sha256 = probing.hash_file(path, while_reading=extend)
        probed = _probe_file(path, extend)
    with extending_lease(lambda: probing.extend(claim=claim)):
        probing.record_probe(claim=claim, probed=probed, sha256=sha256)


def _probe_file(path: Path, extend: Callable[[], None]) -> sandbox.Probed:
    cover = None
    if settings.MEDIAHUB_AUTO_COVER:
        cover = templates.spec(presets.preset_values()[presets.DEFAULT_DEFINITION])
    limits = decoding.child_limits(settings.MEDIAHUB_DEADLINE_MAX_S)
    with closing(sandbox.probe(path, cover=cover, limits=limits)) as results:
        for result in results:
            if not isinstance(result, sandbox.Tick):
                return result
            extend()
    raise sandbox.SandboxError("the child ended without a result")
