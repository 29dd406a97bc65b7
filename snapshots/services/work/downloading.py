"""Downloading a pulled video: under a claim, resumed after any interruption.

The size of the file on the disk tells how much was received, so a killed process loses nothing. The
writer holds a lock on that file.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

import structlog
from django.conf import settings
from django.utils import timezone
from structlog.contextvars import bind_contextvars, unbind_contextvars

from ... import fault_injection, outbound, storage
from ...errors import (
    Busy,
    DomainError,
    LeaseLost,
    StorageFull,
    TooLarge,
    Unprocessable,
    Unsupported,
)
from ...messages import NO_MESSAGE, Message
from ...messages import message as _
from ...models import Pull
from ...models.work.lease import Claim
from ...video.demux.file_type import FIRST_BYTES
from .. import covers, tasks
from ..library import media as media_service
from ..library import promised_space, upload_validators
from .lease_keeper import extending_lease

log = structlog.get_logger()

_PROGRESS_EVERY_S = 1.0
_COVER_S, _MAX_COVER_BYTES = 60.0, 20 * 2**20


class Stopped(Exception):
    """The process is stopping; the next one resumes the download."""


def run_next(*, is_stopping: Callable[[], bool]) -> bool:
    """Download the best video that is due; whether there was one.

    Calls `is_stopping` with each block. An interrupted download is resumed after the next of
    MEDIAHUB_PULL_WAITS; after the last it fails.
    """
    claim = tasks.claim_next_pull()
    if claim is None:
        return False
    pull = Pull.objects.select_related("task").get(pk=claim.pk)
    bind_contextvars(task_id=pull.task.task_id, file_id=pull.task.file_id)
    try:
        _guarded(claim, pull, is_stopping)
    except LeaseLost:
        log.info("the pull was taken over, or ended")
        _delete_if_ended(pull)
    finally:
        unbind_contextvars("task_id", "file_id")
    return True


def _guarded(claim: Claim, pull: Pull, is_stopping: Callable[[], bool]) -> None:
    """One attempt, its result recorded at the task."""
    try:
        with extending_lease(lambda: tasks.extend(claim=claim)):
            _download(claim, pull, is_stopping)
    except (Stopped, BlockingIOError):  # the former writer may only just be ending
        tasks.postpone(claim=claim, due_at=timezone.now() + timedelta(seconds=_PROGRESS_EVERY_S))
    except outbound.OutboundError as error:
        code = error.code if error.code == "forbidden_url" else "download_failed"
        _interrupt(claim, pull, code, error.message, is_final=error.permanent)
    except StorageFull as error:  # space may become free
        _interrupt(claim, pull, error.code, error.message)
    except Busy as error:
        _interrupt(claim, pull, "download_failed", error.message)
    except OSError as error:
        _interrupt(
            claim,
            pull,
            "download_failed",
            _("It cannot be saved (%(why)s).", why=str(error.strerror)),
        )
    except DomainError as error:
        _fail(claim, pull, error.code, error.message)


def _download(claim: Claim, pull: Pull, is_stopping: Callable[[], bool]) -> None:
    source = media_service.source_name(pull.task.file_id)
    if not storage.has_source(source):  # it exists where an attempt was interrupted at its very end
        with _locked_file(pull) as file:
            _receive(claim, pull, file, is_stopping)
        storage.take_incoming(pull.incoming, source)
    size = storage.source_size(source)
    if pull.cover_url:
        _download_cover(pull)
    tasks.finish_pull(claim=claim, source=source, size_bytes=size)
    log.info("video pulled", size_bytes=size)


def _receive(claim: Claim, pull: Pull, file: IO[bytes], is_stopping: Callable[[], bool]) -> None:
    """Receive the rest of the file. Raises what ends an attempt."""
    received = file.seek(0, os.SEEK_END)
    with outbound.fetch(
        pull.url, offset=received, validator=pull.validator, whole_s=settings.MEDIAHUB_PULL_S,
        allowed=settings.MEDIAHUB_ALLOW_PRIVATE,
    ) as fetched:  # fmt: skip
        if fetched.total_bytes is not None:
            upload_validators.check_size(fetched.total_bytes)
        begun = {"total_bytes": fetched.total_bytes, "validator": fetched.validator}
        to_come = (fetched.total_bytes or fetched.offset) - fetched.offset
        with promised_space.granting(to_come, except_pull=pull.pk):
            _update(pull, **begun, **_last_error(NO_MESSAGE))  # it goes on
        file.truncate(fetched.offset)
        file.seek(fetched.offset)
        _write(pull, file, _with_progress(claim, pull, file, fetched.blocks, is_stopping))
    if fetched.total_bytes not in (None, file.tell()):  # it may send only a part, and say so
        raise outbound.OutboundError(
            "unreachable", _("The server closed the connection before the end.")
        )
    upload_validators.check_size(file.tell())
    upload_validators.check_file_type(storage.incoming_path(pull.incoming))


def _download_cover(pull: Pull) -> None:
    """Download the named cover; without it the video is complete all the same.

    Raises `OutboundError` where another attempt may succeed.
    """
    media = pull.task.media
    if media is None:
        raise LeaseLost
    try:
        with tempfile.NamedTemporaryFile(dir=storage.incoming_path("x").parent) as file:
            _receive_cover(pull, file)
            user = pull.task.requested_by
            covers.set_image(media=media, path=file.name, user=user.get_username() if user else "")
    except outbound.OutboundError as error:
        if not error.permanent and pull.tries < len(settings.MEDIAHUB_PULL_WAITS):
            raise
        why = _("The cover could not be fetched. %(why)s", why=error.message)
        _update(pull, **_last_error(why))
    except (Unsupported, TooLarge, Unprocessable) as error:
        why = _("The cover could not be used. %(why)s", why=error.message)
        _update(pull, **_last_error(why))


def _receive_cover(pull: Pull, file: IO[bytes]) -> None:
    with outbound.fetch(
        pull.cover_url, whole_s=_COVER_S, allowed=settings.MEDIAHUB_ALLOW_PRIVATE
    ) as fetched:
        for block in fetched.blocks:
            if file.tell() + len(block) > _MAX_COVER_BYTES:
                raise TooLarge("too_large", _("A cover may have at most 20 MiB."))
            upload_validators.check_space(len(block))
            file.write(block)
    file.flush()


def _write(pull: Pull, file: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Append block by block, within the limits of uploads."""
    is_known = file.tell() >= FIRST_BYTES
    try:
        for block in blocks:
            upload_validators.check_size(file.tell() + len(block))
            upload_validators.check_space(len(block))  # others may fill the disk meanwhile
            storage.append(file, block)
            if not is_known and (is_known := file.tell() >= FIRST_BYTES):
                upload_validators.check_file_type(storage.incoming_path(pull.incoming))
    finally:
        _update(pull, received_bytes=file.tell())
        storage.write_through(file)


def _with_progress(
    claim: Claim,
    pull: Pull,
    file: IO[bytes],
    blocks: Iterable[bytes],
    is_stopping: Callable[[], bool],
) -> Iterator[bytes]:
    """The blocks, while the lease is extended and the progress recorded."""
    next_progress = time.monotonic()
    for block in blocks:
        fault_injection.point("while_pulling")
        if is_stopping():
            raise Stopped
        if time.monotonic() >= next_progress:
            # Bytes arrive: the file did not cause the end of earlier attempts
            tasks.extend(claim=claim, progress=_percent(pull, file.tell()), attempts=1)
            _update(pull, received_bytes=file.tell())
            next_progress = time.monotonic() + _PROGRESS_EVERY_S
        yield block


# --- The end of an attempt ------------------------------------------------------------------------


def _interrupt(
    claim: Claim, pull: Pull, code: str, message: Message, *, is_final: bool = False
) -> None:
    """Schedule the next attempt; fail after the last one, and where it would not help."""
    waits = settings.MEDIAHUB_PULL_WAITS
    if is_final or pull.tries >= len(waits):
        whole = _("The video could not be fetched. %(why)s", why=message)
        _fail(claim, pull, code, whole if code == "download_failed" else message)
        return
    due_at = timezone.now() + timedelta(seconds=waits[pull.tries])
    _update(pull, tries=pull.tries + 1, **_last_error(message))
    tasks.postpone(claim=claim, due_at=due_at)
    log.info("pull interrupted", code=code, reason=str(message), tries=pull.tries)


def _fail(claim: Claim, pull: Pull, code: str, message: Message) -> None:
    tasks.fail(claim=claim, code=code, message=message)
    storage.delete_incoming(pull.incoming)
    log.info("pull failed", code=code)


def _delete_if_ended(pull: Pull) -> None:
    """Delete the partial file if the task has ended, or was deleted with its media."""
    if not Pull.objects.filter(pk=pull.pk, task__finished_at=None).exists():
        storage.delete_incoming(pull.incoming)


# --- Inside --------------------------------------------------------------------------------------


@contextmanager
def _locked_file(pull: Pull) -> Iterator[IO[bytes]]:
    """The partial file, locked. Raises `BlockingIOError` while another writes to it."""
    storage.incoming_path(pull.incoming).touch(mode=0o600)
    with storage.sole_writer(pull.incoming) as file:
        yield file


def _percent(pull: Pull, received: int) -> int:
    """Progress of the download; 100 is set once the video is a source."""
    return min(99, 100 * received // pull.total_bytes) if pull.total_bytes else 0


def _last_error(message: Message) -> dict[str, object]:
    return {"last_error": message.id, "last_error_params": message.params_json()}


def _update(pull: Pull, **changes: object) -> None:
    for field, value in changes.items():
        setattr(pull, field, value)
    Pull.objects.filter(pk=pull.pk).update(**changes)
