"""Media changed and deleted: ModifyMediaInfo, DeleteMedia."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from snapshots import storage
from snapshots.errors import StorageFull
from snapshots.messages import Message
from snapshots.models import Media, Snapshot
from snapshots.services.library import media as media_service
from tests.support import storage_paths
from tests.support.concurrency import at_once

from ..conftest import Refused, Vod

DESCRIBE, MODIFY, DELETE = "DescribeMediaInfos", "ModifyMediaInfo", "DeleteMedia"
NOWHERE = "5285890784246869930"


def refusal(vod: Vod, action: str, **values: Any) -> str:
    with pytest.raises(Refused) as caught:
        vod.current(action, **values)
    return str(caught.value.code)


# --- ModifyMediaInfo -----------------------------------------------------------------------------


def cover_data(kind: str) -> str:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 20, 20)).save(data, kind)
    return base64.b64encode(data.getvalue()).decode()


def state(media: Media) -> tuple[Any, ...]:
    row = Media.objects.for_reading().get(pk=media.pk)
    return row.name, row.description, row.tags, row.cover_picture, row.updated_at


@pytest.fixture
def stored_covers() -> Callable[[Media], int]:
    """How many pictures of its own a media item has in the store."""

    def count(media: Media) -> int:
        if not storage_paths.pictures().exists("covers"):
            return 0
        names = storage_paths.pictures().listdir("covers")[1]
        return sum(name.startswith(media.file_id) for name in names)

    return count


def test_what_is_given_changes(vod: Vod, ready_media: Media) -> None:
    id_ = ready_media.file_id
    assert vod.current(MODIFY, FileId=id_, Name="名" * 64, Description="d" * 128) == {
        "CoverUrl": "", "AddedSubtitleSet": [],
    }  # fmt: skip
    assert state(ready_media)[:3] == ("名" * 64, "d" * 128, [])
    vod.current(MODIFY, FileId=id_, Description="")
    assert state(ready_media)[:2] == ("名" * 64, "")
    before = state(ready_media)
    vod.current(MODIFY, FileId=id_, AddTags=[], CoverData="", AddSubtitles=[])
    assert state(ready_media)[:4] == before[:4]


def test_tags_are_added_deleted_and_cleared(vod: Vod, ready_media: Media) -> None:
    def tags(**values: Any) -> list[str]:
        vod.current(MODIFY, FileId=ready_media.file_id, **values)
        return list(state(ready_media)[2])

    assert tags(AddTags=["b", "a", "b"]) == ["b", "a"]
    assert tags(AddTags=["c", "b"]) == ["b", "a", "c"]
    assert tags(DeleteTags=["a", "never"]) == ["b", "c"]
    assert tags(DeleteTags=["b"], AddTags=["d"]) == ["c", "d"]
    assert tags(ClearTags=0) == ["c", "d"]
    assert tags(ClearTags=2) == ["c", "d"]  # only 1 clears
    assert tags(ClearTags=1, AddTags=["e"]) == ["e"]
    assert tags(ClearTags=1) == []
    full = [f"{number:x}" * 32 for number in range(16)]
    assert tags(AddTags=full) == full
    assert refusal(vod, MODIFY, FileId=ready_media.file_id, AddTags=["more"]) == (
        "LimitExceeded.TagCountReachMax"
    )
    assert state(ready_media)[2] == full
    assert tags(AddTags=["z"], DeleteTags=full[:1]) == [*full[1:], "z"]


@pytest.mark.django_db(transaction=True)
def test_tags_added_concurrently_are_all_stored(vod: Vod, ready_media: Media) -> None:
    for turn in range(5):
        added = [f"{turn}-{number}" for number in range(8)]
        calls = [
            partial(vod.current, MODIFY, FileId=ready_media.file_id, AddTags=[tag]) for tag in added
        ]
        at_once(*calls)
        assert sorted(state(ready_media)[2]) == added
        vod.current(MODIFY, FileId=ready_media.file_id, DeleteTags=added)
        assert state(ready_media)[2] == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_cover_is_sent(vod: Vod, ready_media: Media, client: Client, kind: str) -> None:
    answer = vod.current(
        MODIFY, FileId=ready_media.file_id, CoverData=cover_data(kind), Name="new", AddTags=["t"]
    )
    assert state(ready_media)[:3] == ("new", "", ["t"])
    (shown,) = vod.current(DESCRIBE, FileIds=[ready_media.file_id])["MediaInfoSet"]
    assert shown["BasicInfo"]["CoverUrl"] == answer["CoverUrl"]
    row = Media.objects.get(pk=ready_media.pk)
    assert (row.cover_by, row.cover_user) == ("user", vod.user.get_username())
    served = client.get(answer["CoverUrl"])
    assert served.status_code == 200
    with Image.open(io.BytesIO(served.getvalue())) as image:
        assert image.size == (64, 48)
        pixel = image.convert("RGB").getpixel((30, 20))
        assert isinstance(pixel, tuple)
        red, green, blue = pixel
        assert abs(red - 200) < 8
        assert max(green, blue) < 40


@pytest.mark.parametrize(
    "data",
    [
        "not base64!",
        "QUJD\n",
        "QUJDR",
        "名",
        base64.b64encode(b"This is no picture, only text.").decode(),
        base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 64).decode(),
        base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(),
        base64.b64encode(base64.b64decode(cover_data("PNG"))[:60]).decode(),
    ],
)
def test_a_cover_that_is_refused_leaves_everything(
    vod: Vod, ready_media: Media, stored_covers: Callable[[Media], int], data: str
) -> None:
    vod.current(MODIFY, FileId=ready_media.file_id, AddTags=["old"], CoverData=cover_data("PNG"))
    before = state(ready_media)
    code = refusal(
        vod, MODIFY,
        FileId=ready_media.file_id, CoverData=data, Name="new", Description="new",
        AddTags=["new"], DeleteTags=["old"],
    )  # fmt: skip
    assert code == "InvalidParameterValue.ImageDecodeError"
    assert state(ready_media) == before
    assert stored_covers(ready_media) == 1


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"Name": ""}, "InvalidParameterValue.Name"),
        ({"Name": "  "}, "InvalidParameterValue.Name"),
        ({"Name": "x" * 65}, "InvalidParameterValue.Name"),
        ({"Name": "a\x00"}, "InvalidParameterValue.Name"),
        ({"Name": 5}, "InvalidParameter"),
        ({"Description": "x" * 129}, "InvalidParameterValue.Description"),
        ({"AddTags": ["x" * 33]}, "InvalidParameterValue.TagTooLong"),
        ({"AddTags": [""]}, "InvalidParameterValue.TagTooLong"),
        ({"AddTags": [f"{n}" for n in range(17)]}, "InvalidParameterValue.Tags"),
        ({"ClearTags": True}, "InvalidParameter"),
        ({"ExpireTime": "2030-01-01T00:00:00Z"}, "UnsupportedOperation"),
        ({"ClassId": 3}, "UnsupportedOperation"),
        ({"AddKeyFrameDescs": [{"TimeOffset": 1, "Content": "x"}]}, "UnsupportedOperation"),
        ({"Tags": ["x"]}, "UnknownParameter"),
    ],
)
def test_a_change_that_is_refused_leaves_the_cover_too(
    vod: Vod,
    ready_media: Media,
    stored_covers: Callable[[Media], int],
    values: dict[str, Any],
    wanted: str,
) -> None:
    before = state(ready_media)
    asked = {"FileId": ready_media.file_id, "CoverData": cover_data("PNG"), **values}
    assert refusal(vod, MODIFY, **asked) == wanted
    assert state(ready_media) == before
    assert stored_covers(ready_media) == 0


# --- DeleteMedia ---------------------------------------------------------------------------------


def test_a_video_goes_with_all_that_was_made_of_it(
    vod: Vod,
    ready_media: Media,
    make_snapshot: Callable[..., Snapshot],
    client: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    url = storage.picture_url(make_snapshot(ready_media).picture)
    assert b"".join(client.get(url)) == b"0123456789"
    with django_capture_on_commit_callbacks(execute=True):
        assert vod.current(DELETE, FileId=ready_media.file_id, DeleteParts=[]) == {}
    assert not Media.objects.exists()
    assert not Snapshot.objects.exists()
    assert client.get(url).status_code == 404
    answer = vod.current(DESCRIBE, FileIds=[ready_media.file_id])
    assert answer["NotExistFileIdSet"] == [ready_media.file_id]


def test_deleting_ends_what_waits(vod: Vod, ready_media: Media, make_task: Any) -> None:
    task = make_task(ready_media)
    vod.current(DELETE, FileId=ready_media.file_id)
    assert vod.current("DescribeTaskDetail", TaskId=task.task_id)["Status"] == "ABORTED"


def test_parts_are_not_deleted_alone(vod: Vod, ready_media: Media) -> None:
    parts = [{"Type": "TranscodeFiles", "Definition": 10}]
    code = refusal(vod, DELETE, FileId=ready_media.file_id, DeleteParts=parts)
    assert code == "UnsupportedOperation"
    assert Media.objects.exists()


@pytest.mark.parametrize("action", [MODIFY, DELETE])
def test_media_that_are_not_there(vod: Vod, action: str) -> None:
    assert refusal(vod, action, FileId=NOWHERE) == "ResourceNotFound.FileNotExist"
    assert refusal(vod, action, FileId="x") == "ResourceNotFound.FileNotExist"
    assert refusal(vod, action) == "MissingParameter"


@pytest.mark.parametrize("action", [MODIFY, DELETE])
def test_rights(vod_as: Callable[[str], Vod], ready_media: Media, action: str) -> None:
    for group in ("", "Viewer"):
        code = refusal(vod_as(group), action, FileId=ready_media.file_id, SubAppId=1)
        assert code == "UnauthorizedOperation"
    assert Media.objects.exists()
    vod_as("Editor").current(action, FileId=ready_media.file_id, SubAppId=1)


def test_values_that_ask_for_nothing_are_taken(vod: Vod, ready_media: Media) -> None:
    nothing = {"ClassId": 0, "ClearKeyFrameDescs": 0, "ClearSubtitles": 0, "ClearKnowledgeBases": 0}
    asked = {**nothing, "ExpireTime": "9999-12-31T23:59:59Z", "Name": "new"}
    vod.current(MODIFY, FileId=ready_media.file_id, **asked)
    assert media_service.get(file_id=ready_media.file_id).name == "new"
    wanted = "UnsupportedOperation"
    something = {"ClassId": 7, "ClearSubtitles": 1, "ExpireTime": "2027-01-01T00:00:00Z"}
    for name, value in something.items():
        assert refusal(vod, MODIFY, FileId=ready_media.file_id, **{name: value}) == wanted


def test_full_storage_has_the_sdks_error_code(
    vod: Vod, ready_media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageFull("storage_full", Message("The disk is full."))

    monkeypatch.setattr(media_service, "update", full)
    asked = {"FileId": ready_media.file_id, "CoverData": cover_data("PNG")}
    assert refusal(vod, MODIFY, **asked) == "InternalError.UploadCoverImageError"
