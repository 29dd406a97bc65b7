"""The worker's part, without a video: points come out as said."""

from __future__ import annotations

from collections.abc import Mapping

from snapshots.messages import Message
from snapshots.models import Task
from snapshots.models.work.lease import Claim
from snapshots.services import tasks
from snapshots.video.types import Failure, Picture


def done(errors: Mapping[str, str] | None = None) -> Task:
    """The next task, run to its end: points named in `errors` fail so, the rest get pictures."""
    claim = claimed()
    for operation in Task.objects.get(pk=claim.pk).operations.all():
        for index, at in enumerate(operation.at):
            key = f"{operation.index}-{index}"
            if code := (errors or {}).get(at):
                failure = Failure(key, at, code, Message("Why."))
                tasks.record_failure(claim=claim, operation=operation, index=index, failure=failure)
                continue
            tasks.record_picture(
                claim=claim, operation=operation, index=index, sha256="0" * 64,
                name=f"{operation.task.task_id}/{key}-x_{index}.jpg",
                picture=_picture(key, at, 512.5 + index),
            )  # fmt: skip
    tasks.finish(claim=claim)
    return Task.objects.get(pk=claim.pk)


def _picture(key: str, at: str, time_ms: float) -> Picture:
    return Picture(key, at, time_ms, 1, "1/30", 0.1, False, "jpg", 160, 96, b"x")


def broken(code: str) -> Task:
    """The next task, which cannot run at all."""
    claim = claimed()
    tasks.fail(claim=claim, code=code, message=Message("It is broken."))
    return Task.objects.get(pk=claim.pk)


def claimed() -> Claim:
    claim = tasks.claim_next()
    assert claim
    return claim
