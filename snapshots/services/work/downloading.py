"""Getting a video from its address: held by a claim, gone on with after any break.

How much is here is the size of the file on the disk, so nothing is lost with a process that is
killed. Who writes holds a lock on that file.
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
from ..library import upload_validators
from .lease_keeper import kept

log = structlog.get_logger()

_TELL_EVERY_S = 1.0
_COVER_S, _MOST_COVER_BYTES = 60.0, 20 * 2**20


class Stopped(Exception):
    """Whoever runs this is to end; what is here is gone on with by the next."""


def run_next(*, is_stopping: Callable[[], bool]) -> bool:
    """Get the best video that is due, as far as it goes; whether there was one.

    Asks `is_stopping` with each block. What breaks is tried again after the next of
    MEDIAHUB_PULL_WAITS, from where it broke; after the last it has failed.
    """
    claim = tasks.claim_next_pull()
    if claim is None:
        return False
    pull = Pull.objects.select_related("task").get(pk=claim.pk)
    bind_contextvars(task_id=pull.task.task_id, file_id=pull.task.file_id)
    try:
        _guarded(claim, pull, is_stopping)
    except LeaseLost:
        log.info("the pull was taken over, or given up")
        _drop_if_over(pull)
    finally:
        unbind_contextvars("task_id", "file_id")
    return True


def _guarded(claim: Claim, pull: Pull, is_stopping: Callable[[], bool]) -> None:
    """One try, and how it ended written down where the task's state is kept."""
    try:
        with kept(lambda: tasks.extend(claim=claim)):
            _get(claim, pull, is_stopping)
    except (Stopped, BlockingIOError):  # the last who wrote here may only just be ending
        tasks.postpone(claim=claim, due_at=timezone.now() + timedelta(seconds=_TELL_EVERY_S))
    except outbound.OutboundError as error:
        code = error.code if error.code == "forbidden_url" else "download_failed"
        _break_off(claim, pull, code, error.message, is_final=error.permanent)
    except StorageFull as error:  # somebody may make room
        _break_off(claim, pull, error.code, error.message)
    except Busy as error:
        _break_off(claim, pull, "download_failed", error.message)
    except OSError as error:
        _break_off(
            claim,
            pull,
            "download_failed",
            _("It cannot be saved (%(why)s).", why=str(error.strerror)),
        )
    except DomainError as error:
        _fail(claim, pull, error.code, error.message)


def _get(claim: Claim, pull: Pull, is_stopping: Callable[[], bool]) -> None:
    source = media_service.source_name(pull.task.file_id)
    if not storage.has_source(source):  # it is there where a try was cut short at its very end
        with _file_of(pull) as file:
            _receive(claim, pull, file, is_stopping)
        storage.take_incoming(pull.incoming, source)
    size = storage.source_size(source)
    if pull.cover_url:
        _get_cover(pull)
    tasks.finish_pull(claim=claim, source=source, size_bytes=size)
    log.info("video pulled", size_bytes=size)


def _receive(claim: Claim, pull: Pull, file: IO[bytes], is_stopping: Callable[[], bool]) -> None:
    """The rest of the file. Raises what ends a try."""
    here = file.seek(0, os.SEEK_END)
    with outbound.fetch(
        pull.url, offset=here, validator=pull.validator, whole_s=settings.MEDIAHUB_PULL_S,
        allowed=settings.MEDIAHUB_ALLOW_PRIVATE,
    ) as fetched:  # fmt: skip
        if fetched.total_bytes is not None:
            upload_validators.refuse_size(fetched.total_bytes)
            upload_validators.refuse_room(fetched.total_bytes - fetched.offset)
        file.truncate(fetched.offset)
        file.seek(fetched.offset)
        begun = {"total_bytes": fetched.total_bytes, "validator": fetched.validator}
        _note(pull, **begun, **_last_error(NO_MESSAGE))  # it goes on
        _write(pull, file, _held(claim, pull, file, fetched.blocks, is_stopping))
    if fetched.total_bytes not in (None, file.tell()):  # it may give a part only, and say so
        raise outbound.OutboundError(
            "unreachable", _("The server closed the connection before the end.")
        )
    upload_validators.refuse_size(file.tell())
    upload_validators.refuse_kind(storage.incoming_path(pull.incoming))


def _get_cover(pull: Pull) -> None:
    """The picture that was named, as the cover; one that cannot be had costs the video nothing.

    Raises `OutboundError` where another try may get it.
    """
    media = pull.task.media
    if media is None:
        raise LeaseLost
    try:
        with tempfile.NamedTemporaryFile(dir=storage.incoming_path("x").parent) as file:
            _receive_cover(pull, file)
            user = pull.task.asked_by
            covers.set_image(media=media, path=file.name, user=user.get_username() if user else "")
    except outbound.OutboundError as error:
        if not error.permanent and pull.tries < len(settings.MEDIAHUB_PULL_WAITS):
            raise
        _note(pull, **_last_error(_("The cover could not be fetched. %(why)s", why=error.message)))
    except (Unsupported, TooLarge, Unprocessable) as error:
        _note(pull, **_last_error(_("The cover could not be used. %(why)s", why=error.message)))


def _receive_cover(pull: Pull, file: IO[bytes]) -> None:
    with outbound.fetch(
        pull.cover_url, whole_s=_COVER_S, allowed=settings.MEDIAHUB_ALLOW_PRIVATE
    ) as fetched:
        for block in fetched.blocks:
            if file.tell() + len(block) > _MOST_COVER_BYTES:
                raise TooLarge("too_large", _("A cover may have at most 20 MiB."))
            upload_validators.refuse_room(len(block))
            file.write(block)
    file.flush()


def _write(pull: Pull, file: IO[bytes], blocks: Iterable[bytes]) -> None:
    """Block by block, and no further than what may come in."""
    is_known = file.tell() >= FIRST_BYTES
    try:
        for block in blocks:
            upload_validators.refuse_size(file.tell() + len(block))
            upload_validators.refuse_room(len(block))  # whoever else fills the disk meanwhile
            storage.append(file, block)
            if not is_known and (is_known := file.tell() >= FIRST_BYTES):
                upload_validators.refuse_kind(storage.incoming_path(pull.incoming))
    finally:
        _note(pull, received_bytes=file.tell())
        storage.write_through(file)


def _held(
    claim: Claim,
    pull: Pull,
    file: IO[bytes],
    blocks: Iterable[bytes],
    is_stopping: Callable[[], bool],
) -> Iterator[bytes]:
    """The blocks, while the claim is held on to and people are told how far it is."""
    next_tell = time.monotonic()
    for block in blocks:
        fault_injection.point("while_pulling")
        if is_stopping():
            raise Stopped
        if time.monotonic() >= next_tell:
            # Bytes come: whatever ended tries before was not the file's doing
            tasks.extend(claim=claim, progress=_percent(pull, file.tell()), attempts=1)
            _note(pull, received_bytes=file.tell())
            next_tell = time.monotonic() + _TELL_EVERY_S
        yield block


# --- How a try ends ------------------------------------------------------------------------------


def _break_off(
    claim: Claim, pull: Pull, code: str, message: Message, *, is_final: bool = False
) -> None:
    """Try again after the next wait; fail after the last one, and where that would not help."""
    waits = settings.MEDIAHUB_PULL_WAITS
    if is_final or pull.tries >= len(waits):
        whole = _("The video could not be fetched. %(why)s", why=message)
        _fail(claim, pull, code, whole if code == "download_failed" else message)
        return
    due_at = timezone.now() + timedelta(seconds=waits[pull.tries])
    _note(pull, tries=pull.tries + 1, **_last_error(message))
    tasks.postpone(claim=claim, due_at=due_at)
    log.info("pull broke off", code=code, said=str(message), tries=pull.tries)


def _fail(claim: Claim, pull: Pull, code: str, message: Message) -> None:
    tasks.fail(claim=claim, code=code, message=message)
    storage.delete_incoming(pull.incoming)
    log.info("pull failed", code=code)


def _drop_if_over(pull: Pull) -> None:
    """Its bytes are nobody's where the task has ended, or is gone with its media."""
    if not Pull.objects.filter(pk=pull.pk, task__finished_at=None).exists():
        storage.delete_incoming(pull.incoming)


# --- Inside --------------------------------------------------------------------------------------


@contextmanager
def _file_of(pull: Pull) -> Iterator[IO[bytes]]:
    """Its file, locked. Raises `BlockingIOError` while another writes to it."""
    storage.incoming_path(pull.incoming).touch(mode=0o640)
    with storage.sole_writer(pull.incoming) as file:
        yield file


def _percent(pull: Pull, here: int) -> int:
    """100 is only said once the video is a source."""
    return min(99, 100 * here // pull.total_bytes) if pull.total_bytes else 0


def _last_error(message: Message) -> dict[str, object]:
    return {"last_error": message.id, "last_error_params": message.params_json()}


def _note(pull: Pull, **changes: object) -> None:
    for field, value in changes.items():
        setattr(pull, field, value)
    Pull.objects.filter(pk=pull.pk).update(**changes)
