"""Videos in the library: how they come in, what is learned of them, how they go."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path, PurePath

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .. import queue, storage
from ..errors import FieldProblem, Invalid, LeaseLost, NotFound
from ..models import Media, Snapshot
from ..models.lease import Claim
from ..video.sandbox import Probed
from . import covers, events, followups, intake, limits, tasks
from .tags import TagChange, change_tags

_HASH_BLOCK = 1 << 20


def get(*, file_id: str) -> Media:
    try:
        return Media.objects.for_reading().get(file_id=file_id)
    except Media.DoesNotExist as error:
        raise NotFound("media_not_found", f"There is no media {file_id}.") from error


def create_from_upload(*, file: TemporaryUploadedFile, user: User, name: str = "") -> Media:
    """Take an uploaded file; it is probed in the background.

    Raises `Unsupported` for what is plainly no video, `TooLarge`, `StorageFull`, `Invalid`,
    `Throttled`.
    """
    intake.refuse_size(file.size or 0)
    intake.refuse_room(file.size or 0)
    intake.refuse_kind(Path(file.temporary_file_path()))
    limits.take(kind="upload", who=str(user.pk))
    media = _new(name or PurePath(file.name or "").name, Media.SourceType.UPLOAD, file.size or 0)
    with _undone_on_failure(media):
        storage.save_source(media.source, file)
        return _add(media)


def add_stored(*, file_id: str, name: str, size: int) -> None:
    """Take what lies in the store as `source_name(file_id)`; within the caller's transaction."""
    media = _new(name, Media.SourceType.UPLOAD, size)
    media.file_id, media.source = file_id, source_name(file_id)
    _add(media)


def source_name(file_id: str) -> str:
    """The name in the store is ours alone: what users call a file never reaches a path."""
    return f"{file_id[-2:]}/{file_id}"


def import_file(*, path: Path, link: bool = False) -> Media:
    """Take a file on this machine's disk: copied, or with `link` used where it lies.

    Raises as `create_from_upload`.
    """
    if not path.is_file():
        raise Invalid.field("path", "not_found", f"{path} does not exist, or is no file.")
    size = path.stat().st_size
    intake.refuse_size(size)
    if not link:
        intake.refuse_room(size)
    intake.refuse_kind(path)
    name = os.fsencode(path.name).decode(errors="replace")
    if link:
        return _add(_linked(path, name, size))
    media = _new(name, Media.SourceType.IMPORT, size)
    with _undone_on_failure(media):
        with path.open("rb") as file:
            storage.save_source(media.source, File(file))
        return _add(media)


def update(
    *,
    media: Media,
    name: str | None = None,
    description: str | None = None,
    tags: TagChange | None = None,
    cover: Path | None = None,
    user: str = "",
) -> None:
    """Change what is given and leave the rest: all of it, or nothing.

    `cover` is a picture that `user` sends. Raises `Invalid`, and as `covers.set_image`.
    """
    _check(name, description, tags)
    write = partial(_write, media, tags, name=name, description=description)
    if cover is None:
        write()
    else:
        covers.set_image(media=media, path=cover, user=user, also=write)


def delete(*, media: Media) -> None:
    """Remove the media with its snapshots; its tasks end, its files go when that is committed."""
    with transaction.atomic():
        tasks.hold_for_deleted_media(media=media)
        row = Media.objects.for_reading().select_for_update(of=("self",)).get(pk=media.pk)
        tasks.end_for_deleted_media(media=row)
        events.media_deleted(media=row)
        pictures = Snapshot.objects.done().filter(media=row).values_list("picture", flat=True)
        earlier = row.cover_changes.values_list("picture", flat=True)
        storage.delete_pictures_on_commit([*pictures, row.cover_picture, *earlier])
        storage.delete_sources_on_commit([row.source])
        row.delete()


def source_on_disk(
    *, media: Media, while_fetching: Callable[[], None]
) -> AbstractContextManager[Path]:
    """The source on this machine's disk while it is held; brought from the bucket if need be.

    `while_fetching` is called meanwhile, and ends it by what it raises. Raises `OSError` where it
    is gone, `Busy`, `StorageFull`.
    """
    return storage.source_on_disk(media.source, media.link, while_fetching)


def deadline_s(media: Media) -> float:
    """Seconds of wall clock that one run over this media may take."""
    wanted = settings.MEDIAHUB_DEADLINE_S + 2 * (media.duration_s or 0.0)
    return float(min(wanted, settings.MEDIAHUB_DEADLINE_MAX_S))


# --- Probing, held by a claim --------------------------------------------------------------------


def claim_next() -> Claim | None:
    """Take the oldest media that nobody is probing."""
    now = timezone.now()
    until = now + timedelta(seconds=settings.MEDIAHUB_LEASE_S)
    return Media.objects.all().claim(order=["pk"], now=now, until=until)


def claimed(*, claim: Claim) -> Media:
    """The media that the claim holds. Raises `LeaseLost`, also when it was deleted."""
    media: Media | None = Media.objects.all().held(claim).first()
    if media is None:
        raise LeaseLost
    return media


def extend(*, claim: Claim) -> None:
    """Hold on for another lease. Raises `LeaseLost`."""
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


def record_probe(*, claim: Claim, found: Probed, sha256: str) -> None:
    """The media is ready: what was found, its frames, and a first cover. Raises `LeaseLost`."""
    if found.cover is None:
        _record_probe(claim, found, sha256, "")
        return
    media, picture = claimed(claim=claim), found.cover
    with covers.stored(media=media, data=picture.data, extension=picture.format) as name:
        _record_probe(claim, found, sha256, name)


@transaction.atomic
def _record_probe(claim: Claim, found: Probed, sha256: str, cover: str) -> None:
    info = found.info
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
        frame_index=found.index.to_bytes(),
        updated_at=timezone.now(),
    )  # fmt: skip
    if not changed:
        raise LeaseLost
    media = Media.objects.for_reading().get(pk=claim.pk)
    if found.cover:
        covers.set_automatically(media=media, name=cover, at=found.cover.at)
    followups.begin(media=media)
    events.media_ready(media=Media.objects.for_reading().get(pk=claim.pk))


@transaction.atomic
def fail(*, claim: Claim, code: str, message: str) -> None:
    """The media cannot be used. Raises `LeaseLost`."""
    changed = Media.objects.all().held(claim).update(
        status=Media.Status.FAILED,
        lease_until=None,
        error_code=code,
        error_message=message,
        updated_at=timezone.now(),
    )  # fmt: skip
    if not changed:
        raise LeaseLost
    followups.give_up(media=Media.objects.get(pk=claim.pk), code=code, message=message)


def release(*, claim: Claim, counts: bool = True) -> None:
    """Give the media back to whoever answers next; the attempt `counts`. Raises `LeaseLost`."""
    attempts = {} if counts else {"attempts": F("attempts") - 1}
    with transaction.atomic():
        if not Media.objects.all().held(claim).update(lease_until=None, **attempts):
            raise LeaseLost
        transaction.on_commit(queue.ring)


def give_back(*, supervisor: str, to_blame: Collection[int]) -> int:
    """Let others take up at once what the workers of a dead cluster were probing; how many."""
    return Media.objects.all().give_back(supervisor, to_blame=to_blame)


def fail_exhausted() -> int:
    """Fail media whose workers vanished three times; how many."""
    rows = list(Media.objects.exhausted(timezone.now()))
    return sum(map(_fail_vanished, rows))


@transaction.atomic
def _fail_vanished(media: Media) -> int:
    code, message = "worker_lost", "The worker vanished three times while looking at this file."
    changed = Media.objects.exhausted(timezone.now()).filter(pk=media.pk).update(
        status=Media.Status.FAILED, lease_until=None, error_code=code, error_message=message
    )  # fmt: skip
    if changed:
        followups.give_up(media=media, code=code, message=message)
    return changed


# --- Inside --------------------------------------------------------------------------------------


def _new(name: str, source_type: str, size: int) -> Media:
    media = Media(name=name.strip()[:255] or "video", source_type=source_type, size_bytes=size)
    media.source = source_name(media.file_id)
    return media


@transaction.atomic
def _write(media: Media, tags: TagChange | None, **changes: str | None) -> None:
    given = {field: value for field, value in changes.items() if value is not None}
    if not Media.objects.filter(pk=media.pk).update(**given, updated_at=timezone.now()):
        raise NotFound("media_not_found", f"Media {media.file_id} was deleted a moment ago.")
    if tags is not None:
        change_tags(media=media, wanted=tags)


def _linked(path: Path, name: str, size: int) -> Media:
    place = str(path.resolve())
    try:
        place.encode()
    except UnicodeEncodeError as error:
        raise Invalid.field(
            "path", "invalid", f"The path of {name} is not UTF-8. Rename it, or import a copy."
        ) from error
    media = _new(name, Media.SourceType.LINK, size)
    media.source, media.link = "", place
    return media


@contextmanager
def _undone_on_failure(media: Media) -> Iterator[None]:
    """No file stays in the store whose row could not be written."""
    try:
        yield
    except BaseException:
        storage.delete_source(media.source)
        raise


def _add(media: Media) -> Media:
    with transaction.atomic():
        media.save(force_insert=True)
        transaction.on_commit(queue.ring)
    return media


def _check(name: str | None, description: str | None, tags: TagChange | None) -> None:
    problems = []
    if name is not None and not 1 <= len(name.strip()) <= 255:
        problems.append(FieldProblem("name", "out_of_range", "Use a name of 1 to 255 characters."))
    if description is not None and len(description) > 4096:
        problems.append(FieldProblem("description", "too_long", "Use at most 4096 characters."))
    if tags is not None:
        problems += tags.problems()
    if problems:
        raise Invalid(problems)
