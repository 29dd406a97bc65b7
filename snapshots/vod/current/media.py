"""Media changed and deleted: ModifyMediaInfo, DeleteMedia."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.auth.models import User

from ...services import presentation
from ...services.library import media
from ...services.library.tags import MAX_TAG, MAX_TAGS, TagChange
from ..conversions import Shape
from ..errors import VodError
from ..param_types import IntegerParam, ListParam, TextParam
from ..schema import Param, Params, Structure, refused
from .actions import ACTIONS, FILE_ID, SUB_APP
from .media_shapes import NEVER

_TAGS = Param(ListParam(TextParam(MAX_TAG, code="TagTooLong"), MAX_TAGS, code="Tags"), default=[])
_MAX_COVER = 14 << 20  # characters of base64; the gateway takes 10 MB of body


@ACTIONS.add(
    "ModifyMediaInfo",
    schema=Structure(
        {
            "FileId": FILE_ID,
            "Name": Param(TextParam(64, code="Name")),
            "Description": Param(TextParam(128, code="Description")),
            "ClassId": refused(0),
            "ExpireTime": refused(NEVER),
            "CoverData": Param(TextParam(_MAX_COVER)),
            "AddKeyFrameDescs": refused(),
            "DeleteKeyFrameDescs": refused(),
            "ClearKeyFrameDescs": refused(0),
            "AddTags": _TAGS,
            "DeleteTags": _TAGS,
            "DeleteKnowledgeBases": refused(),
            "ClearKnowledgeBases": refused(0),
            "ClearTags": Param(IntegerParam(), default=0),
            "AddSubtitles": refused(),
            "DeleteSubtitleIds": refused(),
            "ClearSubtitles": refused(0),
            **SUB_APP,
        }
    ),
    right="change_media",
    is_write=True,
    errors={
        "invalid_tag": "InvalidParameterValue.Tags",
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
    is_write=True,
)
def delete_media(user: User, params: Params) -> Shape:
    media.delete(media=media.get(file_id=params["FileId"]))
    return {}


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
