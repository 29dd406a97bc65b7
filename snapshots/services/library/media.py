"""Media items: added by upload, import or link, changed, deleted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path, PurePath

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files import File
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils import timezone

from ... import queue, storage
from ...errors import FieldProblem, Invalid, NotFound
from ...messages import message as _
from ...models import Media, Snapshot
from .. import covers, names, tasks
from ..events import outbox
from ..security import rate_limits
from . import promised_space, upload_validators
from .tags import TagChange, change_tags

_HASH_BLOCK = 1 << 20


def get(*, file_id: str) -> Media:
    try:
        return Media.objects.for_reading().get(file_id=file_id)
    except Media.DoesNotExist as error:
        raise NotFound(
            "media_not_found", _("There is no media item %(id)s.", id=file_id)
        ) from error


def create_from_upload(*, file: TemporaryUploadedFile, user: User, name: str = "") -> Media:
    """Add an uploaded file; it is probed in the background.

    Raises `Unsupported` for files that are plainly not videos, `TooLarge`, `StorageFull`,
    `Invalid`, `Throttled`.
    """
    name = names.given(name) or names.of_file(PurePath(file.name or "").name)
    upload_validators.check_size(file.size or 0)
    upload_validators.check_space(file.size or 0)
    upload_validators.check_file_type(Path(file.temporary_file_path()))
    rate_limits.hit(kind="upload", who=str(user.pk))
    media = _new(name, Media.SourceType.UPLOAD, file.size or 0)
    with _undone_on_failure(media):
        storage.save_source(media.source, file)
        return _add(media)


def add_stored(*, file_id: str, name: str, size: int) -> None:
    """Add the file stored as `source_name(file_id)`; within the caller's transaction."""
    media = _new(name, Media.SourceType.UPLOAD, size)
    media.file_id, media.source = file_id, source_name(file_id)
    _add(media)


def source_name(file_id: str) -> str:
    """Name of a source in the store: generated, so that no user's file name reaches a path."""
    return f"{file_id[-2:]}/{file_id}"


def import_file(*, path: Path, link: bool = False) -> Media:
    """Add a file on this machine's disk: copied, or with `link` used in place.

    Raises as `create_from_upload`.
    """
    if not path.is_file():
        raise Invalid.field(
            "path", "not_found", _("%(path)s does not exist, or is not a file.", path=str(path))
        )
    size = path.stat().st_size
    upload_validators.check_size(size)
    if not link:
        promised_space.check(size)
    upload_validators.check_file_type(path)
    name = names.of_file(os.fsencode(path.name).decode(errors="replace"))
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
    """Change the given values, all or none.

    `cover` is an image that `user` sends. Raises `Invalid`, and as `covers.set_image`.
    """
    if name is not None:
        name = names.normalised(name)
    _check(name, description, tags)
    write = partial(_write, media, tags, name=name, description=description)
    if cover is None:
        write()
    else:
        covers.set_image(media=media, path=cover, user=user, also=write)


def delete(*, media: Media) -> None:
    """Delete the media with its snapshots; its tasks end, its files are deleted on commit."""
    with transaction.atomic():
        tasks.lock_for_deletion(media=media)
        row = Media.objects.for_reading().select_for_update(of=("self",)).get(pk=media.pk)
        tasks.end_for_deleted_media(media=row)
        outbox.media_deleted(media=row)
        pictures = Snapshot.objects.done().filter(media=row).values_list("picture", flat=True)
        earlier = row.cover_changes.values_list("picture", flat=True)
        storage.delete_pictures_on_commit([*pictures, row.cover_picture, *earlier])
        storage.delete_sources_on_commit([row.source])
        row.delete()


def source_on_disk(
    *, media: Media, while_fetching: Callable[[], None]
) -> AbstractContextManager[Path]:
    """The source as a local file while the context is open; downloaded from the bucket if needed.

    `while_fetching` is called meanwhile, and cancels by raising. Raises `OSError` where the source
    is missing, `Busy`, `StorageFull`.
    """
    return storage.source_on_disk(media.source, media.link, while_fetching)


def deadline_s(media: Media) -> float:
    """Wall clock limit of one run over this media, in seconds."""
    wanted = settings.MEDIAHUB_DEADLINE_S + 2 * (media.duration_s or 0.0)
    return float(min(wanted, settings.MEDIAHUB_DEADLINE_MAX_S))


# --- Inside --------------------------------------------------------------------------------------


def _new(name: str, source_type: str, size: int) -> Media:
    media = Media(name=name or "video", source_type=source_type, size_bytes=size)
    media.source = source_name(media.file_id)
    return media


@transaction.atomic
def _write(media: Media, tags: TagChange | None, **changes: str | None) -> None:
    given = {field: value for field, value in changes.items() if value is not None}
    if not Media.objects.filter(pk=media.pk).update(**given, updated_at=timezone.now()):
        raise NotFound(
            "media_not_found",
            _("The video %(file_id)s was deleted a moment ago.", file_id=media.file_id),
        )
    if tags is not None:
        change_tags(media=media, wanted=tags)


def _linked(path: Path, name: str, size: int) -> Media:
    try:
        location = os.fsencode(path.resolve()).decode()  # the same in every process's locale
    except UnicodeDecodeError as error:
        raise Invalid.field(
            "path",
            "invalid",
            _("The path of %(name)s is not UTF-8. Rename it, or import a copy.", name=name),
        ) from error
    media = _new(name, Media.SourceType.LINK, size)
    media.source, media.link = "", location
    return media


@contextmanager
def _undone_on_failure(media: Media) -> Iterator[None]:
    """Deletes the stored source if its row cannot be written."""
    try:
        yield
    except BaseException:
        storage.delete_source(media.source)
        raise


def _add(media: Media) -> Media:
    with transaction.atomic():
        media.save(force_insert=True)
        transaction.on_commit(queue.wake_worker)
    return media


def _check(name: str | None, description: str | None, tags: TagChange | None) -> None:
    problems = []
    if name is not None and not 1 <= len(name) <= names.MAX_NAME:
        problems.append(
            FieldProblem("name", "out_of_range", _("Use a name of 1 to 255 characters."))
        )
    elif name is not None and (problem := names.problem_of_name(name)):
        problems.append(FieldProblem("name", "invalid_name", problem))
    if description is not None and len(description) > 4096:
        problems.append(FieldProblem("description", "too_long", _("Use at most 4096 characters.")))
    if tags is not None:
        problems += tags.problems()
    if problems:
        raise Invalid(problems)
