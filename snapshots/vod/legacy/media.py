"""The library: GetVideoInfo, and DescribeVodCover, which sets a cover despite its name."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...services import covers, presentation
from ...services.library import media, search, snapshots
from ..conversions import Shape, only
from ..errors import VodError
from ..schema import Field, Integer, ListOf, Params, Structure, Text, required
from .actions import ACTIONS, FILE_ID
from .shapes import basic_info, meta_data, snapshot_sets

_PARTS = ("basicInfo", "metaData", "snapshotByTimeOffsetInfo")


@ACTIONS.add(
    "GetVideoInfo",
    schema=Structure({"fileId": FILE_ID, "infoFilter": Field(ListOf(Text(64), 100), default=[])}),
    right="view_media",
)
def get_video_info(user: User, params: Params) -> Shape:
    row = media.get(file_id=params["fileId"])
    facts = presentation.media_whole(row)
    sets = {
        definition: [presentation.receipt(shot) for shot in shots]
        for definition, shots in search.current_sets(media=[row]).get(row.pk, {}).items()
    }
    parts = {
        "basicInfo": basic_info(facts),
        "metaData": meta_data(facts) if row.status == row.Status.READY else None,
        "snapshotByTimeOffsetInfo": snapshot_sets(sets) if sets else None,
    }
    asked = only(_PARTS, params["infoFilter"])
    return {name: part for name, part in parts.items() if name in asked and part is not None}


@ACTIONS.add(
    "DescribeVodCover",
    schema=Structure(
        {"fileId": FILE_ID, "type": required(Integer(1, 1)), "para": required(Text(2048))}
    ),
    right="change_media",
    is_once=True,
)
def describe_vod_cover(user: User, params: Params) -> Shape:
    row = media.get(file_id=params["fileId"])
    shot = snapshots.at_url(media=row, url=params["para"])
    if shot is None:
        raise VodError("InvalidParameterValue", "para must be the URL of a snapshot of this file.")
    covers.set_snapshot(media=row, snapshot=shot.pk, user=user.get_username())
    return {}
