"""Covers: which request wins, and which file is deleted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image

from snapshots import storage
from snapshots.errors import Conflict, Invalid
from snapshots.messages import Message
from snapshots.models import CoverChange, Media, Snapshot, Task
from snapshots.services import covers
from snapshots.services.library import media as media_service
from snapshots.services.library import snapshots
from snapshots.services.tasks import submission
from snapshots.services.tasks.specs import CoverSpec
from snapshots.services.work import orphaned_files, pipeline
from tests.support import storage_paths


def cover_file(media: Media) -> Path:
    media.refresh_from_db()
    return Path(storage_paths.pictures().path(media.cover_picture))


def files_that_can_come_back(media: Media) -> list[Path]:
    names = CoverChange.objects.filter(media=media).values_list("picture", flat=True)
    return [Path(storage_paths.pictures().path(name)) for name in names if name]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "cover.png"
    Image.new("RGB", (40, 30), (10, 200, 30)).save(path)
    return path


@pytest.mark.django_db(transaction=True)
def test_concurrent_uploads_of_one_cover_image_keep_its_file(
    ready_media: Media, image: Path
) -> None:
    def send() -> None:
        covers.set_image(media=ready_media, path=image)
        connection.close()

    for _ in range(4):
        senders = [threading.Thread(target=send) for _ in range(5)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        assert cover_file(ready_media).exists()
    folder = cover_file(ready_media).parent
    expected = {cover_file(ready_media), *files_that_can_come_back(ready_media)}
    assert set(folder.glob(f"{ready_media.file_id}-*")) == expected
    assert len(expected) == 6


def test_earlier_task_does_not_replace_a_later_cover(ready_media: Media, image: Path) -> None:
    submission.submit(
        media=ready_media, covers=[CoverSpec(10, "1s")], interface=Task.Interface.REST
    )
    covers.set_image(media=ready_media, path=image, user="ada")
    pipeline.run_next()
    ready_media.refresh_from_db()
    assert (ready_media.cover_by, ready_media.cover_user) == ("user", "ada")
    assert ready_media.cover_snapshot is None


def test_automatic_cover_replaces_no_cover_and_no_removed_one(
    probing_media: Media, image: Path
) -> None:
    covers.set_image(media=probing_media, path=image)
    covers.remove(media=probing_media)
    pipeline.probe_next()
    media = media_service.get(file_id=probing_media.file_id)
    assert (media.status, media.cover_picture, media.cover_by) == ("ready", "", "")


def covers_stored_for(media: Media) -> list[Path]:
    return list(Path(storage_paths.pictures().path("covers")).glob(f"{media.file_id}-*"))


def test_failed_cover_request_leaves_no_file(
    ready_media: Media, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = covers_stored_for(ready_media)
    monkeypatch.setattr(covers, "_replace", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        covers.set_image(media=ready_media, path=image)
    assert covers_stored_for(ready_media) == before


def test_media_deleted_while_probed_leaves_no_cover(
    probing_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = storage.save_picture

    def save_then_delete(name: str, data: bytes) -> None:
        save(name, data)
        media_service.delete(media=Media.objects.get(pk=probing_media.pk))

    monkeypatch.setattr(storage, "save_picture", save_then_delete)
    assert pipeline.probe_next()
    assert not Media.objects.filter(pk=probing_media.pk).exists()
    assert not covers_stored_for(probing_media)


def test_later_task_sets_the_cover_whichever_ends_first(ready_media: Media) -> None:
    older = submission.submit(
        media=ready_media, covers=[CoverSpec(10, "0s")], interface=Task.Interface.REST, priority=-1
    )
    Task.objects.filter(pk=older.pk).update(created_at=timezone.now() - timedelta(seconds=5))
    submission.submit(
        media=ready_media, covers=[CoverSpec(10, "1s")], interface=Task.Interface.REST
    )
    pipeline.run_next()
    pipeline.run_next()
    media = media_service.get(file_id=ready_media.file_id)
    assert media.cover_snapshot
    assert media.cover_snapshot.at == "1s"


def test_change_made_with_a_cover_is_rolled_back_on_failure(
    ready_media: Media, image: Path
) -> None:
    before = Media.objects.values("name", "cover_picture", "cover_requested_at").get()
    files = len(list(Path(storage_paths.pictures().path("covers")).glob("*")))

    def rename_and_fail() -> None:
        Media.objects.update(name="new")
        raise Invalid.field("tags", "too_many", Message("x"))

    with pytest.raises(Invalid):
        covers.set_image(media=ready_media, path=image, also=rename_and_fail)
    assert Media.objects.values("name", "cover_picture", "cover_requested_at").get() == before
    assert len(list(Path(storage_paths.pictures().path("covers")).glob("*"))) == files


class TestUndo:
    @pytest.fixture(autouse=True)
    def _committed(self, transactional_db: None) -> None:
        """Files go on commit."""

    def undo(self, media: Media) -> None:
        change = covers.last_change(media=media)
        assert change is not None
        covers.undo(media=media, change=change.pk)
        media.refresh_from_db()

    def test_undo_restores_the_picture_and_who_set_it(
        self, ready_media: Media, image: Path, make_snapshot: Callable[..., Snapshot]
    ) -> None:
        covers.set_image(media=ready_media, path=image, user="ada")
        file = cover_file(ready_media)
        covers.set_snapshot(media=ready_media, snapshot=make_snapshot(ready_media).pk, user="bob")
        assert file.exists()
        self.undo(ready_media)
        assert cover_file(ready_media) == file
        assert (ready_media.cover_by, ready_media.cover_user) == ("user", "ada")
        assert ready_media.cover_snapshot is None
        self.undo(ready_media)
        assert ready_media.cover_by == "auto"
        assert covers.last_change(media=ready_media) is None

    def test_undo_deletes_the_replaced_file(self, ready_media: Media, image: Path) -> None:
        covers.set_image(media=ready_media, path=image)
        first = cover_file(ready_media)
        covers.set_image(media=ready_media, path=image)
        second = cover_file(ready_media)
        self.undo(ready_media)
        assert first.exists()
        assert not second.exists()

    def test_undo_restores_a_removed_cover(self, ready_media: Media, image: Path) -> None:
        covers.set_image(media=ready_media, path=image)
        covers.remove(media=ready_media)
        ready_media.refresh_from_db()
        assert not ready_media.cover_picture
        self.undo(ready_media)
        assert cover_file(ready_media).exists()

    def test_undo_restores_having_no_cover(self, ready_media: Media, image: Path) -> None:
        covers.set_image(media=ready_media, path=image)
        covers.remove(media=ready_media)
        covers.set_image(media=ready_media, path=image)
        self.undo(ready_media)
        assert (ready_media.cover_picture, ready_media.cover_by) == ("", "")

    def test_second_undo_of_one_change_is_refused(self, ready_media: Media, image: Path) -> None:
        for _ in range(3):
            covers.set_image(media=ready_media, path=image)
        change = covers.last_change(media=ready_media)
        covers.undo(media=ready_media, change=change.pk)
        with pytest.raises(Conflict, match="changed in the meantime"):
            covers.undo(media=ready_media, change=change.pk)

    def test_undo_does_not_restore_a_deleted_snapshot(
        self, ready_media: Media, image: Path, make_snapshot: Callable[..., Snapshot]
    ) -> None:
        snapshot = make_snapshot(ready_media)
        covers.set_snapshot(media=ready_media, snapshot=snapshot.pk)
        covers.set_image(media=ready_media, path=image)
        snapshots.delete(snapshot=snapshot)
        assert covers.last_change(media=ready_media) is None

    def test_deleting_media_deletes_its_former_covers(
        self, ready_media: Media, image: Path
    ) -> None:
        for _ in range(3):
            covers.set_image(media=ready_media, path=image)
        files = [cover_file(ready_media), *files_that_can_come_back(ready_media)]
        assert len(files) == 4  # the automatic one too
        media_service.delete(media=ready_media)
        assert not [file for file in files if file.exists()]

    def test_sweeper_leaves_former_covers(self, ready_media: Media, image: Path) -> None:
        for _ in range(2):
            covers.set_image(media=ready_media, path=image)
        orphaned_files.sweep_files(old=timedelta(0))
        assert all(file.exists() for file in files_that_can_come_back(ready_media))
