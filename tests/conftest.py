"""People, clients and rows that every interface's tests share."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from rest_framework.test import APIClient

from snapshots import storage
from snapshots.models import Media, Operation, Snapshot, SnapshotTemplate, Task
from snapshots.services.security import access_keys
from snapshots.video.info import Color, Extent, VideoInfo
from tests.support import kinds, made_once, seeds
from tests.support.skip_summary import pytest_terminal_summary  # noqa: F401 - a hook of pytest's
from tests.video.made import numbered

_numbers = count(1)
INFO = VideoInfo(
    container="mp4",
    codec="h264",
    width=160,
    height=96,
    stored_width=160,
    stored_height=96,
    rotation=0,
    mirrored=False,
    sar=Fraction(1),
    fps=Fraction(30),
    bitrate=200_000,
    pixel_format="yuv420p",
    color=Color("bt709", "tv", "bt709", "bt709"),
    has_audio=False,
    has_alpha=False,
    is_vfr=False,
    is_hdr=False,
    is_interlaced=False,
    extent=Extent(Fraction(1, 15360), 0, 30208, 30720, 30720),
)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    kinds.mark(items)
    yield  # tests are selected by their markers, and shuffled
    kinds.sort(items)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return kinds.is_left_out(collection_path, config) or None


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):  # once, not in each process
        made_once.remove_unused()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 numbered frames at 30 a second, 160×96, a key frame every 30."""
    return numbered.make(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture
def presets(db: None) -> None:
    seeds.presets()


@pytest.fixture
def user_of(db: None) -> Callable[[str], User]:
    """A user of the group named; one of none for an empty name."""

    def make(group: str = "") -> User:
        user = User.objects.create_user(f"{group or 'nobody'}-{next(_numbers)}")
        if group:
            seeds.groups()
            user.groups.add(Group.objects.get(name=group))
        return user

    return make


class UserClient(APIClient):
    """A client that knows whose access key it has."""

    user: User


@pytest.fixture
def api_as(user_of: Callable[[str], User]) -> Callable[..., APIClient]:
    """A client of the REST API with an access key of a user of the group named."""

    def make(group: str = "") -> APIClient:
        client = UserClient(raise_request_exception=False)
        client.user = user_of(group)
        made = access_keys.create_key(user=client.user)
        client.credentials(HTTP_AUTHORIZATION=basic(made.key.secret_id, made.secret_key))
        return client

    return make


@pytest.fixture
def api(presets: None, api_as: Callable[..., APIClient]) -> APIClient:
    """An editor's client, with the presets there."""
    return api_as("Editor")


@pytest.fixture
def make_media(db: None) -> Callable[..., Media]:
    """Media that are ready, without a file that anybody could decode."""

    def make(name: str = "clip.mp4", **values: Any) -> Media:
        ready = {
            "status": Media.Status.READY,
            "container": INFO.container,
            "codec": INFO.codec,
            "duration_s": 2.0,
            "width": INFO.width,
            "height": INFO.height,
            "size_bytes": 1000,
            "sha256": "0" * 64,
            "probe": INFO.to_json(),
        }
        return Media.objects.create(name=name, **{**ready, **values})

    return make


@pytest.fixture
def ready_media(make_media: Callable[..., Media]) -> Media:
    return make_media()


@pytest.fixture
def make_task(presets: None) -> Callable[..., Task]:
    """A task of one operation."""

    def make(
        media: Media,
        *,
        at: Sequence[str] = ("1s",),
        type: str = "snapshot",
        definition: int = 10,
        **values: Any,
    ) -> Task:
        task = Task.objects.create(
            media=media, file_id=media.file_id, interface=Task.Interface.REST, **values
        )
        template = SnapshotTemplate.objects.get(pk=definition).as_values()
        Operation.objects.create(
            task=task, index=0, type=type, definition=definition, template=template,
            at=list(at),
        )  # fmt: skip
        return task

    return make


@pytest.fixture
def receipt() -> dict[str, Any]:
    """What `make_snapshot` says of a picture beside its defaults."""
    return {}


@pytest.fixture
def make_snapshot(
    make_task: Callable[..., Task], receipt: dict[str, Any]
) -> Callable[..., Snapshot]:
    """A picture of a finished task, with a file of a few bytes."""

    def make(media: Media, *, at: str = "1s", definition: int = 10, **values: Any) -> Snapshot:
        now = timezone.now()
        task = make_task(
            media, at=(at,), definition=definition, status="finished", progress=100,
            started_at=now, finished_at=now,
        )  # fmt: skip
        task.operations.update(status="succeeded")
        name = f"{task.task_id}/0-0-{next(_numbers):032x}_1000.jpg"
        storage.save_picture(name, b"0123456789")
        defaults = {
            "picture": name,
            "format": "jpg",
            "width": 160,
            "height": 96,
            "size_bytes": 10,
            "sha256": "0" * 64,
            "time_ms": 1000,
            "pts": 15360,
            "time_base": "1/15360",
            "frame_time": 1.0,
            "key_frame": True,
            "is_current": True,
        }
        return Snapshot.objects.create(
            operation=task.operations.get(), media=media, index=0, at=at, definition=definition,
            **{**defaults, **receipt, **values},
        )  # fmt: skip

    return make


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
