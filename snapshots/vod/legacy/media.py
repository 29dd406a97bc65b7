"""Media: GetVideoInfo, and DescribeVodCover, which sets a cover despite its name."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...services import covers, presentation
from ...services.library import media, search, snapshots
from ..conversions import Shape, selected_parts
from ..errors import VodError
from ..param_types import IntegerParam, ListParam, TextParam
from ..schema import Param, Params, Structure, required
from .actions import ACTIONS, FILE_ID
from .media_shapes import basic_info, meta_data, snapshot_sets

_PARTS = ("basicInfo", "metaData", "snapshotByTimeOffsetInfo")


@ACTIONS.add(
    "GetVideoInfo",
    schema=Structure(
        {"fileId": FILE_ID, "infoFilter": Param(ListParam(TextParam(64), 100), default=[])}
    ),
    right="view_media",
)
def get_video_info(user: User, params: Params) -> Shape:
    row = media.get(file_id=params["fileId"])
    facts = presentation.media_whole(row)
    sets = {
        definition: [presentation.receipt(row) for row in rows]
        for definition, rows in search.current_sets(media=[row]).get(row.pk, {}).items()
    }
    parts = {
        "basicInfo": basic_info(facts),
        "metaData": meta_data(facts) if row.status == row.Status.READY else None,
        "snapshotByTimeOffsetInfo": snapshot_sets(sets) if sets else None,
    }
    asked = selected_parts(_PARTS, params["infoFilter"])
    return {name: part for name, part in parts.items() if name in asked and part is not None}


@ACTIONS.add(
    "DescribeVodCover",
    schema=Structure(
        {"fileId": FILE_ID, "type": required(IntegerParam(1, 1)), "para": required(TextParam(2048))}
    ),
    right="change_media",
    is_write=True,
)
def describe_vod_cover(user: User, params: Params) -> Shape:
    row = media.get(file_id=params["fileId"])
    snapshot = snapshots.at_url(media=row, url=params["para"])
    if snapshot is None:
        raise VodError("InvalidParameterValue", "para must be the URL of a snapshot of this file.")
    covers.set_snapshot(media=row, snapshot=snapshot.pk, user=user.get_username())
    return {}
