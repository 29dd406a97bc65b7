"""Pulls: a video by URL is complete, however often interrupted, or fails with an error."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from snapshots import fault_injection, storage
from snapshots.errors import Conflict, Invalid, NotFound, Unprocessable
from snapshots.models import Event, Media, Pull, Task
from snapshots.services import presentation, tasks
from snapshots.services.library import media as media_service
from snapshots.services.library import upload_validators
from snapshots.services.tasks import pulls, submission
from snapshots.services.tasks.specs import SnapshotSpec
from snapshots.services.work import downloading, pipeline, sweeper
from snapshots.services.work.orphaned_files import sweep_files
from tests.support import storage_paths
from tests.support.concurrency import at_once

from ...support.file_server import Origin

Run = Callable[[], bool]
pytestmark = pytest.mark.usefixtures("presets")


def ask(url: str, **how: object) -> Task:
    return pulls.create(url=url, interface=Task.Interface.REST, **how)  # type: ignore[arg-type]


def media_of(task: Task) -> Media:
    return Media.objects.get(file_id=task.file_id)


def again(task: Task) -> Task:
    return Task.objects.select_related("pull", "media").get(pk=task.pk)


def incoming(task: Task) -> Path:
    return storage.incoming_path(Pull.objects.get(pk=task.pk).incoming)


def outcome(task: Task) -> tuple[str, str, str, str]:
    """Of the task and of its media: state and code. Both always tell the same."""
    task, media = again(task), media_of(task)
    return task.status, task.error_code, media.status, media.error_code


# --- It comes ------------------------------------------------------------------------------------


def test_pulled_video_is_probed_like_any_other(there: Origin, data: bytes, run: Run) -> None:
    task = ask(there.url)
    assert outcome(task) == ("waiting", "", "pulling", "")
    assert run()
    assert outcome(task) == ("finished", "", "probing", "")
    assert again(task).progress == 100
    media = media_of(task)
    assert (media.name, media.source_type, media.size_bytes) == (
        "holiday one.mp4",
        "url",
        len(data),
    )
    assert storage_paths.source_path(media.source).read_bytes() == data
    assert not incoming(task).exists()
    assert pipeline.probe_next()
    media = media_of(task)
    assert (media.status, media.width, media.cover_by) == ("ready", 160, "auto")
    submission.submit(
        media=media, snapshots=[SnapshotSpec(10, ["1s"])], interface=Task.Interface.REST
    )
    assert pipeline.run_next()


def test_nothing_runs_without_a_pull(run: Run) -> None:
    assert not run()


def test_given_name_is_used(there: Origin) -> None:
    assert media_of(ask(there.url, name=" Our holiday ")).name == "Our holiday"
    assert media_of(ask(f"http://127.0.0.1:{there.port}/")).name == "127.0.0.1"


def test_interrupted_pull_resumes(there: Origin, data: bytes, run: Run) -> None:
    there.cuts = [len(data) // 3]
    task = ask(there.url)
    assert run()
    assert outcome(task) == ("waiting", "", "pulling", "")
    assert incoming(task).stat().st_size == len(data) // 3
    shown = presentation.task(again(task))["pull"]
    assert (shown["received_bytes"], shown["total_bytes"]) == (len(data) // 3, len(data))
    assert (shown["tries"], shown["error"]["code"]) == (1, "download_failed")
    assert run()
    assert outcome(task)[2] == "probing"
    assert presentation.task(again(task))["pull"]["error"] is None
    assert [asked for _, asked in there.asked] == ["", f"bytes={len(data) // 3}-"]
    assert storage_paths.source_path(media_of(task).source).read_bytes() == data


def test_changed_file_is_not_appended_to_the_old_one(there: Origin, data: bytes, run: Run) -> None:
    there.cuts = [len(data) // 3]
    task = ask(there.url)
    assert run()
    there.data, there.etag = data + bytes(8), '"two"'  # bytes past an MP4's end harm nothing
    assert run()
    assert storage_paths.source_path(media_of(task).source).read_bytes() == there.data


def test_decoding_workers_do_not_claim_pulls(there: Origin) -> None:
    ask(there.url)
    assert not pipeline.run_next()
    assert not pipeline.probe_next()
    assert not sweeper.is_work_waiting()
    assert sweeper.sweep().woken == 0


def test_highest_priority_is_pulled_first(there: Origin, run: Run) -> None:
    low, high = (ask(there.url, options=pulls.TaskOptions(priority=n)) for n in (-1, 5))
    assert run()
    assert (again(low).status, again(high).status) == ("waiting", "finished")


def test_end_of_a_pull_is_an_event(there: Origin, run: Run) -> None:
    task = ask(there.url)
    assert run()
    event = Event.objects.get(subject=task.task_id)
    shown = event.payload["task"]["pull"]
    assert shown["url"] == there.url.partition("?")[0] + "?…"  # never what lets one in
    assert event.payload["media"]["status"] == "probing"


def test_partial_range_is_not_taken_for_the_rest(there: Origin, data: bytes, run: Run) -> None:
    there.cuts = [len(data) // 3]
    task = ask(there.url)
    assert run()
    there.max_bytes = len(data) // 3  # of one answer, as servers may cap ranges
    assert run()
    assert again(task).status == "waiting"
    there.max_bytes = None
    assert run()
    assert outcome(task)[2] == "probing"
    assert storage_paths.source_path(media_of(task).source).read_bytes() == data


def test_complete_file_is_not_fetched_again(there: Origin, data: bytes, run: Run) -> None:
    there.cuts = [len(data) // 3]
    task = ask(there.url)
    assert run()
    incoming(task).write_bytes(data)  # as after a kill between the last block and the rename
    assert run()
    assert outcome(task)[2] == "probing"
    assert [asked for _, asked in there.asked] == ["", f"bytes={len(data)}-"]


# --- It does not ---------------------------------------------------------------------------------


def test_pull_fails_after_the_last_wait(there: Origin, run: Run) -> None:
    there.statuses = [503] * 9
    task = ask(there.url)
    assert [run() for _ in range(4)] == [True, True, True, False]
    assert outcome(task) == ("failed", "download_failed", "failed", "download_failed")
    assert "503" in str(again(task).error)
    assert not incoming(task).exists()


def test_pull_waits_before_the_next_attempt(there: Origin, run: Run, settings: Any) -> None:
    settings.MEDIAHUB_PULL_WAITS = [60.0]
    there.statuses = [503]
    task = ask(there.url)
    assert run()
    assert not run()
    wait_s = (again(task).due_at - timezone.now()).total_seconds()
    assert 55 < wait_s <= 60
    Task.objects.update(due_at=timezone.now())
    assert run()
    assert again(task).status == "finished"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_missing_file_is_not_retried(there: Origin, run: Run, status: int) -> None:
    there.statuses = [status]
    task = ask(there.url)
    assert run()
    assert outcome(task)[:2] == ("failed", "download_failed")
    assert not run()


def test_other_file_types_are_refused_by_their_first_bytes(there: Origin, run: Run) -> None:
    there.data = b"#EXTM3U\n#EXT-X-VERSION:3\nfile:///etc/passwd\n" * 20_000
    task = ask(there.url)
    assert run()
    assert outcome(task) == ("failed", "unsupported", "failed", "unsupported")
    assert not incoming(task).exists()
    assert list(Path(storage_paths.sources().location).rglob(task.file_id)) == []


def test_an_empty_file_is_refused(there: Origin, run: Run) -> None:
    there.data = b""
    task = ask(there.url)
    assert run()
    assert again(task).status == "failed"


@pytest.mark.parametrize("tells_length", [True, False])
def test_too_large_file_is_refused_and_deleted(
    there: Origin, data: bytes, run: Run, settings: Any, tells_length: bool
) -> None:
    settings.MEDIAHUB_MAX_UPLOAD_MB = 1
    there.data, there.tells_length = data + bytes(2**21), tells_length
    task = ask(there.url)
    assert run()
    assert outcome(task)[:2] == ("failed", "too_large")
    assert not incoming(task).exists()


def test_full_disk_is_reported(there: Origin, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    there.cuts = [len(there.data) // 2]
    task = ask(there.url)
    assert run()
    with monkeypatch.context() as full:
        full.setattr(upload_validators, "FREE_FLOOR_BYTES", 2**60)
        assert run()
    assert again(task).status == "waiting"  # somebody may make room
    assert incoming(task).stat().st_size == len(there.data) // 2
    assert "not enough disk space" in str(again(task).pull.error)
    monkeypatch.setattr(upload_validators, "FREE_FLOOR_BYTES", 2**60)
    assert run()
    assert outcome(task)[:2] == ("failed", "storage_full")


def test_a_redirect_inside_is_refused(there: Origin, run: Run, settings: Any) -> None:
    there.redirects = {"/1": "http://169.254.169.254/latest/meta-data/"}
    task = ask(f"http://127.0.0.1:{there.port}/1")
    assert run()
    assert outcome(task)[:2] == ("failed", "forbidden_url")
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.com/x", "http://user:pw@example.com/x.mp4", "x.mp4", "",
     "http://10.0.0.1/x.mp4", "http://[::1]/x.mp4", "http://169.254.169.254/"],
)  # fmt: skip
def test_forbidden_urls_are_refused_at_submission(url: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        ask(url)
    assert caught.value.code == "forbidden_url"
    assert not Media.objects.exists()


def test_too_long_url_is_refused() -> None:
    with pytest.raises(Invalid):
        ask("http://example.com/" + "x" * 4100)


# --- Given up, broken off, taken over ------------------------------------------------------------


def test_aborted_pull_fails_its_media(there: Origin, run: Run) -> None:
    task = ask(there.url)
    tasks.abort(task=task)
    assert outcome(task) == ("aborted", "", "failed", "aborted")
    assert not run()
    assert there.asked == []


def test_pull_of_deleted_media_does_not_run(there: Origin, run: Run) -> None:
    task = ask(there.url)
    media_service.delete(media=media_of(task))
    assert again(task).status == "aborted"
    assert not run()


def test_media_deleted_during_its_pull_leaves_no_file(
    there: Origin, data: bytes, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    there.data = data + bytes(2**20)
    task = ask(there.url)
    path = incoming(task)

    def delete(name: str) -> None:
        if name == "while_pulling" and Media.objects.exists():
            media_service.delete(media=media_of(task))

    monkeypatch.setattr(fault_injection, "point", delete)
    assert run()
    task = again(task)
    assert (task.status, task.error_code) == ("failed", "media_not_found")
    assert not path.exists()
    assert not Media.objects.exists()


def test_stopped_pull_keeps_the_partial_file(there: Origin, data: bytes, run: Run) -> None:
    there.data = data + bytes(2**20)
    task = ask(there.url)
    asked = iter([False, True])
    assert downloading.run_next(is_stopping=lambda: next(asked))
    assert (again(task).status, again(task).attempts) == ("waiting", 0)
    here = incoming(task).stat().st_size
    assert here > 0
    Task.objects.update(due_at=timezone.now())
    assert run()
    assert there.asked[1][1] == f"bytes={here}-"
    assert again(task).status == "finished"


def test_attempt_interrupted_at_its_very_end_is_completed(
    there: Origin, data: bytes, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = ask(there.url)

    def stop(name: str) -> None:
        if name == "after_taking":
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(fault_injection, "point", stop)
        with pytest.raises(KeyboardInterrupt):
            run()
    assert again(task).status == "processing"
    Task.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert run()
    assert outcome(task) == ("finished", "", "probing", "")
    assert len(there.asked) == 1
    assert media_of(task).size_bytes == len(data)


def test_pull_fails_after_three_dead_downloaders(there: Origin) -> None:
    task = ask(there.url)
    assert tasks.claim_next_pull()
    Task.objects.update(attempts=3, lease_until=timezone.now() - timedelta(seconds=1))
    assert sweeper.sweep().failed == 1
    assert outcome(task) == ("failed", "worker_lost", "failed", "worker_lost")


def test_ending_supervisor_releases_its_pulls(there: Origin, run: Run) -> None:
    task = ask(there.url)
    assert tasks.claim_next_pull()
    assert not run()
    assert tasks.give_back_pulls() == 1
    assert run()
    assert again(task).status == "finished"


def test_partial_file_is_swept_only_after_the_end(there: Origin, data: bytes, run: Run) -> None:
    there.cuts = [len(data) // 3]
    task = ask(there.url)
    assert run()
    sweep_files(old=timedelta(0))
    assert incoming(task).stat().st_size == len(data) // 3
    tasks.abort(task=task)
    assert sweep_files(old=timedelta(0)) == 1
    assert not incoming(task).exists()


# --- Once more -----------------------------------------------------------------------------------


def test_failed_pull_reruns_for_the_same_media(there: Origin, run: Run) -> None:
    there.statuses = [404]
    task = ask(there.url)
    assert run()
    once_more = submission.rerun(task=again(task), interface=Task.Interface.CONSOLE)
    assert outcome(once_more) == ("waiting", "", "pulling", "")
    assert (once_more.file_id, once_more.rerun_of) == (task.file_id, task)
    assert run()
    assert outcome(once_more) == ("finished", "", "probing", "")
    assert again(task).status == "failed"


def test_finished_pull_cannot_be_rerun(there: Origin, run: Run) -> None:
    task = ask(there.url)
    assert run()
    with pytest.raises(Conflict):
        submission.rerun(task=again(task), interface=Task.Interface.CONSOLE)
    media_service.delete(media=media_of(task))
    with pytest.raises(NotFound):
        submission.rerun(task=again(task), interface=Task.Interface.CONSOLE)


def test_one_session_is_one_pull(there: Origin) -> None:
    first = ask(there.url, options=pulls.TaskOptions(session_id="s-1"))
    with pytest.raises(Conflict) as caught:
        ask(there.url, options=pulls.TaskOptions(session_id="s-1"))
    assert (caught.value.code, caught.value.existing_id) == ("duplicate_session", first.task_id)
    assert Media.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_downloaders_share_the_work(there: Origin, run: Run) -> None:
    wanted = [ask(there.url) for _ in range(4)]

    def download_all() -> None:
        while run():
            pass

    at_once(download_all, download_all)
    assert [outcome(task)[0] for task in wanted] == ["finished"] * 4
    assert len(there.asked) == 4
