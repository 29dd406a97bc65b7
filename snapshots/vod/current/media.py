"""The library: DescribeMediaInfos, SearchMedia, ModifyMediaInfo, DeleteMedia."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.contrib.auth.models import User

from ...models import Media
from ...services import presentation
from ...services.library import media, search
from ...services.library.tags import MAX_TAG, MAX_TAGS, TagChange
from ..conversions import Shape, only
from ..errors import VodError
from ..schema import Choice, Field, Integer, ListOf, Params, Structure, Text, refused, required
from .actions import ACTIONS, FILE_ID, SUB_APP
from .media_shapes import NEVER, PARTS, media_info
from .tasks import span

_FILTERS = Field(ListOf(Text(64), 100), default=[])
_TAGS = Field(ListOf(Text(MAX_TAG, bad="TagTooLong"), MAX_TAGS, bad="Tags"), default=[])
# What is the same of every media here: a filter asks for it, or finds nothing
_ALL_ARE = {
    "Categories": "Video",
    "SourceTypes": "Upload",
    "StorageClasses": "STANDARD",
    "Status": "Normal",
}
_MOST_COVER = 14 << 20  # characters of base64; the gateway takes 10 MB of body


@ACTIONS.add(
    "DescribeMediaInfos",
    schema=Structure(
        {
            "FileIds": required(ListOf(Text(64), 20, bad="FileIds")),
            "Filters": _FILTERS,
            **SUB_APP,
        }
    ),
    right="view_media",
)
def describe_media_infos(user: User, params: Params) -> Shape:
    wanted = list(dict.fromkeys(params["FileIds"]))
    if not wanted:
        raise VodError("InvalidParameterValue.FileIdsEmpty", "Name at least one FileId.")
    known = search.by_id(file_ids=wanted)
    return {
        "MediaInfoSet": _infos([known[i] for i in wanted if i in known], params["Filters"]),
        "NotExistFileIdSet": [i for i in wanted if i not in known],
    }


@ACTIONS.add(
    "SearchMedia",
    schema=Structure(
        {
            "FileIds": Field(ListOf(Text(64), 10, bad="FileIds"), default=[]),
            "Names": Field(ListOf(Text(100, bad="Names"), 10, bad="Names"), default=[]),
            "NamePrefixes": Field(
                ListOf(Text(100, bad="NamePrefixes"), 10, bad="NamePrefixes"), default=[]
            ),
            "Descriptions": Field(ListOf(Text(100), 10), default=[]),
            "ClassIds": refused(),
            "Tags": Field(ListOf(Text(32), 16, bad="Tags"), default=[]),
            "Categories": Field(ListOf(Choice(("Video", "Audio", "Image")), 3)),
            "SourceTypes": Field(ListOf(Text(64), 10)),
            "StreamIds": refused(),
            "StreamDomains": refused(),
            "StreamPaths": refused(),
            "Vids": refused(),
            "CreateTime": Field(Structure({"After": Field(Text(64)), "Before": Field(Text(64))})),
            "ExpireTime": refused(),
            "Sort": Field(
                Structure(
                    {
                        "Field": required(Choice(("CreateTime",), bad="Sort")),
                        "Order": Field(Choice(("Asc", "Desc"), bad="Sort"), default="Desc"),
                    }
                )
            ),
            "Offset": Field(Integer(0, 5000, bad="Offset"), default=0),
            "Limit": Field(Integer(1, 5000, bad="Limit"), default=10),
            "Filters": _FILTERS,
            "StorageRegions": refused(),
            "StorageClasses": Field(ListOf(Text(64), 10)),
            "MediaTypes": refused(),
            "Status": Field(ListOf(Text(64), 10)),
            "ReviewResults": refused(),
            "TrtcSdkAppIds": refused(),
            "TrtcRoomIds": refused(),
            "KnowledgeBases": refused(),
            "Text": refused(),
            "SourceType": refused(),
            "StreamId": refused(),
            "Vid": refused(),
            "StartTime": refused(),
            "EndTime": refused(),
            **SUB_APP,
        }
    ),
    right="view_media",
)
def search_media(user: User, params: Params) -> Shape:
    if params["Offset"] + params["Limit"] > 5000:
        raise VodError("InvalidParameterValue.Limit", "Offset and Limit may be 5000 together.")
    if any(params.get(name) and own not in params[name] for name, own in _ALL_ARE.items()):
        return {"TotalCount": 0, "MediaInfoSet": []}
    found = search.media(
        file_ids=params["FileIds"],
        names=params["Names"],
        prefixes=params["NamePrefixes"],
        descriptions=params["Descriptions"],
        tags=params["Tags"],
        created=span(params.get("CreateTime"), "CreateTime"),
        descending=params.get("Sort", {"Order": "Desc"})["Order"] == "Desc",
        offset=params["Offset"],
        limit=params["Limit"],
    )
    return {"TotalCount": found.total, "MediaInfoSet": _infos(found.media, params["Filters"])}


@ACTIONS.add(
    "ModifyMediaInfo",
    schema=Structure(
        {
            "FileId": FILE_ID,
            "Name": Field(Text(64, bad="Name")),
            "Description": Field(Text(128, bad="Description")),
            "ClassId": refused(0),
            "ExpireTime": refused(NEVER),
            "CoverData": Field(Text(_MOST_COVER)),
            "AddKeyFrameDescs": refused(),
            "DeleteKeyFrameDescs": refused(),
            "ClearKeyFrameDescs": refused(0),
            "AddTags": _TAGS,
            "DeleteTags": _TAGS,
            "DeleteKnowledgeBases": refused(),
            "ClearKnowledgeBases": refused(0),
            "ClearTags": Field(Integer(), default=0),
            "AddSubtitles": refused(),
            "DeleteSubtitleIds": refused(),
            "ClearSubtitles": refused(0),
            **SUB_APP,
        }
    ),
    right="change_media",
    is_once=True,
    errors={
        "unsupported": "InvalidParameterValue.ImageDecodeError",
        "unreadable": "InvalidParameterValue.ImageDecodeError",
        "too_large": "InvalidParameterValue.ImageDecodeError",
        "storage_full": "InternalError.UploadCoverImageError",
        "too_many_tags": "LimitExceeded.TagCountReachMax",
    },
)
def modify_media_info(user: User, params: Params) -> Shape:
    row = media.get(file_id=params["FileId"])
    with _picture(params.get("CoverData", "")) as picture:
        media.update(
            media=row,
            name=params.get("Name"),
            description=params.get("Description"),
            tags=_tags(params),
            cover=picture,
            user=user.get_username(),
        )
    cover = presentation.cover(media.get(file_id=row.file_id)) if "CoverData" in params else None
    return {"CoverUrl": cover["url"] if cover else "", "AddedSubtitleSet": []}


@ACTIONS.add(
    "DeleteMedia",
    schema=Structure({"FileId": FILE_ID, "DeleteParts": refused(), **SUB_APP}),
    right="delete_media",
    is_once=True,
)
def delete_media(user: User, params: Params) -> Shape:
    media.delete(media=media.get(file_id=params["FileId"]))
    return {}


def _infos(rows: Sequence[Media], filters: Sequence[str]) -> list[Shape]:
    parts = only(PARTS, filters)
    sets = search.current_sets(media=rows) if "snapshotByTimeOffsetInfo" in parts else {}
    return [
        media_info(
            presentation.media_whole(row),
            parts,
            {
                definition: [presentation.receipt(shot) for shot in shots]
                for definition, shots in sets.get(row.pk, {}).items()
            },
        )
        for row in rows
    ]


def _tags(params: Params) -> TagChange | None:
    add, delete, clears = params["AddTags"], params["DeleteTags"], params["ClearTags"] == 1
    return TagChange(add=add, delete=delete, clears=clears) if add or delete or clears else None


@contextmanager
def _picture(data: str) -> Iterator[Path | None]:
    """The file of a picture that came in base64; `None` where none came."""
    if not data:
        yield None
        return
    try:
        picture = base64.b64decode(data, validate=True)
    except ValueError as error:
        raise VodError(
            "InvalidParameterValue.ImageDecodeError", "CoverData is not base64."
        ) from error
    with tempfile.NamedTemporaryFile() as file:
        file.write(picture)
        file.flush()
        yield Path(file.name)
