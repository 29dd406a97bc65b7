"""What media/{file_id}/frame/ costs: nothing stored, nothing made twice, a few at once."""

from __future__ import annotations

import os
import signal
import socket
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from django.conf import settings as shipped
from django.db import connection

from snapshots.errors import Busy
from snapshots.models import Media, Operation, Snapshot, SnapshotTemplate, Task
from snapshots.services.frames import concurrency
from snapshots.video.sandbox import parent as sandbox
from tests.support.processes import decode_children, wait_for
from tests.video.made import numbered

from ..problem_json import refused
from .test_frame import number, path, picture


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 s of 960×576 with one key frame: its end takes long enough to be caught at work."""
    file = tmp_path_factory.mktemp("frame") / "long.mp4"
    return numbered.make(file, frames=600, gop=600, size=(960, 576))


@pytest.fixture
def long_media(make_probed, long_clip):
    return make_probed(long_clip)


def everything_stored():
    rows = [m.objects.count() for m in (Media, Task, Operation, Snapshot, SnapshotTemplate)]
    files = {
        str(file): file.stat().st_mtime_ns
        for folder in ("pictures", "sources", "incoming")
        for file in (shipped.MEDIAHUB_DATA / folder).rglob("*")
        if file.is_file()
    }
    return rows, files, Media.objects.values().get()


def test_nothing_is_stored(api, shown):
    before = everything_stored()
    assert number(api.get(path(shown), {"at": "1s"})) == 30
    refused(api.get(path(shown), {"at": "99s"}), 422, "time_out_of_range")
    assert everything_stored() == before


def test_the_same_picture_is_not_made_twice(api, make_probed, tmp_path):
    video = numbered.make(tmp_path / "seen.mp4")
    media = make_probed(video)
    first = api.get(path(media), {"at": "1s"})
    video.unlink()  # whoever decodes now fails
    again = api.get(path(media), {"at": "1s"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "private, no-cache")
    refused(api.get(path(media), {"at": "1s"}, HTTP_IF_NONE_MATCH='"another"'), 422, "unreadable")


def test_another_picture_has_another_tag(api, shown):
    asked = [
        {"at": "1s"}, {"at": "f30"}, {"at": "1s", "mode": "keyframe"}, {"at": "1s", "width": 320},
        {"at": "1s", "quality": 80}, {"at": "1s", "template": 10}, {"at": "1s", "format": "png"},
    ]  # fmt: skip
    tags = [api.get(path(shown), query)["ETag"] for query in asked]
    assert len(set(tags)) == len(asked)
    assert api.get(path(shown), {"at": " 1s", "quality": 90})["ETag"] == tags[0]


def test_a_changed_template_changes_the_tag(api, shown):
    made = api.post("/api/v1/templates/", {"width": 320}).json()["definition"]
    query = {"at": "1s", "template": made}
    first = api.get(path(shown), query)
    api.patch(f"/api/v1/templates/{made}/", {"width": 480})
    second = api.get(path(shown), query, HTTP_IF_NONE_MATCH=first["ETag"])
    assert picture(second).size == (480, 288)


def test_a_picture_that_takes_too_long_is_given_up(api, long_media, settings):
    settings.MEDIAHUB_PREVIEW_S = 0.05
    problem = refused(api.get(path(long_media), {"at": "19.9s"}), 422, "timeout")
    assert "Submit a task" in problem["detail"]
    assert wait_for(lambda: not decode_children())


def test_a_picture_that_takes_too_much_memory_is_given_up(api, long_media, settings):
    settings.MEDIAHUB_CHILD_MEMORY_MB = 8
    refused(api.get(path(long_media), {"at": "19.9s"}), 422, "out_of_memory")


def test_a_client_that_has_gone_ends_its_child(api, long_media, long_clip):
    """As gunicorn hands the connection on; the child is held, so that it cannot be faster."""
    ours, theirs = socket.socketpair()
    theirs.close()
    held: list[int] = []
    holder = threading.Thread(target=_hold_reader, args=(long_clip, held))
    holder.start()
    with ours:
        response = api.get(path(long_media), {"at": "19.9s"}, **{"gunicorn.socket": ours})
    holder.join()
    refused(response, 503, "unavailable")
    assert held
    assert wait_for(lambda: not decode_children())


def test_a_client_that_waits_gets_its_picture(api, shown):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert number(api.get(path(shown), {"at": "1s"}, **{"gunicorn.socket": ours})) == 30


def _hold_reader(video: Path, held: list[int]) -> None:
    """Stop the child that has this video open."""

    def caught() -> bool:
        held.extend(pid for pid in decode_children() if video in _opened_by(pid))
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        return bool(held)

    wait_for(caught)


def _opened_by(pid: int) -> list[Path]:
    with suppress(OSError):
        return [Path(os.readlink(file)) for file in Path(f"/proc/{pid}/fd").iterdir()]
    return []


def test_more_than_a_few_at_once_are_sent_away(api, shown, settings, monkeypatch):
    settings.MEDIAHUB_PREVIEWS = 2
    monkeypatch.setattr(concurrency, "_WAIT_S", 0.05)
    with ExitStack() as others:
        for _ in range(2):
            others.enter_context(concurrency.previews.slot())
        response = api.get(path(shown), {"at": "1s"})
        refused(response, 503, "unavailable")
        assert response["Retry-After"] == "1"
        assert decode_children() == []
    assert number(api.get(path(shown), {"at": "1s"})) == 30


def test_who_waits_a_little_gets_in(api, shown, settings):
    settings.MEDIAHUB_PREVIEWS = 1
    with ExitStack() as other:
        other.enter_context(concurrency.previews.slot())
        threading.Timer(0.2, other.pop_all().close).start()
        assert number(api.get(path(shown), {"at": "1s"})) == 30


def test_a_long_row_takes_nobody_more(api, shown, settings, monkeypatch):
    settings.MEDIAHUB_PREVIEWS = 0
    monkeypatch.setattr(concurrency, "_WAIT_S", 1.0)
    row = [threading.Thread(target=_wait_in_vain) for _ in range(4)]
    for thread in row:
        thread.start()
    assert wait_for(lambda: concurrency.previews._waiting == 4)
    refused(api.get(path(shown), {"at": "1s"}), 503, "unavailable")
    assert concurrency.previews._waiting == 4  # this answer came while they still waited
    for thread in row:
        thread.join()


def _wait_in_vain() -> None:
    with pytest.raises(Busy), concurrency.previews.slot():
        pass


def test_a_machine_without_room_for_a_child_is_busy(api, shown, monkeypatch):
    def none_left() -> None:
        raise sandbox.SandboxError("the fork server does not answer")

    monkeypatch.setattr(sandbox.server, "fork", none_left)  # type: ignore[attr-defined]
    refused(api.get(path(shown), {"at": "1s"}), 503, "unavailable")


@pytest.mark.parametrize(("at", "queries"), [("1s", 10), ("f30", 11)])
def test_a_picture_asks_the_database_a_fixed_number_of_times(
    api, shown, django_assert_num_queries, at, queries
):
    api.get(path(shown), {"at": at})
    # key, user, 2 × rights, 4 × the limit, media, tags; the index for f30
    locks = int(connection.vendor == "postgresql")  # SQLite locks as it begins
    with django_assert_num_queries(queries + locks):
        assert number(api.get(path(shown), {"at": at})) == 30
