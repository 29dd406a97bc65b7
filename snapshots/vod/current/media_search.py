"""Media found: DescribeMediaInfos, SearchMedia."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import User

from ...models import Media
from ...services import presentation
from ...services.library import search
from ..conversions import Shape, selected_parts
from ..errors import VodError
from ..param_types import ChoiceParam, IntegerParam, ListParam, TextParam
from ..schema import Param, Params, Structure, refused, required
from .actions import ACTIONS, SUB_APP
from .media_shapes import PARTS, media_info
from .tasks import span

_FILTERS = Param(ListParam(TextParam(64), 100), default=[])
# The same for all media here: a filter by another value finds nothing
_ALL_ARE = {
    "Categories": "Video",
    "SourceTypes": "Upload",
    "StorageClasses": "STANDARD",
    "Status": "Normal",
}


@ACTIONS.add(
    "DescribeMediaInfos",
    schema=Structure(
        {
            "FileIds": required(ListParam(TextParam(64), 20, code="FileIds")),
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
            "FileIds": Param(ListParam(TextParam(64), 10, code="FileIds"), default=[]),
            "Names": Param(ListParam(TextParam(100, code="Names"), 10, code="Names"), default=[]),
            "NamePrefixes": Param(
                ListParam(TextParam(100, code="NamePrefixes"), 10, code="NamePrefixes"), default=[]
            ),
            "Descriptions": Param(ListParam(TextParam(100), 10), default=[]),
            "ClassIds": refused(),
            "Tags": Param(ListParam(TextParam(32), 16, code="Tags"), default=[]),
            "Categories": Param(ListParam(ChoiceParam(("Video", "Audio", "Image")), 3)),
            "SourceTypes": Param(ListParam(TextParam(64), 10)),
            "StreamIds": refused(),
            "StreamDomains": refused(),
            "StreamPaths": refused(),
            "Vids": refused(),
            "CreateTime": Param(
                Structure({"After": Param(TextParam(64)), "Before": Param(TextParam(64))})
            ),
            "ExpireTime": refused(),
            "Sort": Param(
                Structure(
                    {
                        "Field": required(ChoiceParam(("CreateTime",), code="Sort")),
                        "Order": Param(ChoiceParam(("Asc", "Desc"), code="Sort"), default="Desc"),
                    }
                )
            ),
            "Offset": Param(IntegerParam(0, 5000, code="Offset"), default=0),
            "Limit": Param(IntegerParam(1, 5000, code="Limit"), default=10),
            "Filters": _FILTERS,
            "StorageRegions": refused(),
            "StorageClasses": Param(ListParam(TextParam(64), 10)),
            "MediaTypes": refused(),
            "Status": Param(ListParam(TextParam(64), 10)),
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


def _infos(rows: Sequence[Media], filters: Sequence[str]) -> list[Shape]:
    parts = selected_parts(PARTS, filters)
    sets = search.current_sets(media=rows) if "snapshotByTimeOffsetInfo" in parts else {}
    return [
        media_info(
            presentation.media_whole(row),
            parts,
            {
                definition: [presentation.receipt(snapshot) for snapshot in snapshots]
                for definition, snapshots in sets.get(row.pk, {}).items()
            },
        )
        for row in rows
    ]
