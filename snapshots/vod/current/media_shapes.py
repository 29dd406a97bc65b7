"""Media in the current generation's form, from `presentation.media_facts`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from .. import conversions
from ..conversions import Shape

NEVER = "9999-12-31T23:59:59Z"
_UNFILED = "其他"
PARTS = (
    "basicInfo",
    "metaData",
    "transcodeInfo",
    "animatedGraphicsInfo",
    "imageSpriteInfo",
    "snapshotByTimeOffsetInfo",
    "sampleSnapshotInfo",
    "keyFrameDescInfo",
    "adaptiveDynamicStreamingInfo",
    "miniProgramReviewInfo",
    "subtitleInfo",
    "reviewInfo",
)
_NOT_ASKED_FOR = (  # no filter names these
    "MPSAiMediaInfo",
    "ImageUnderstandingInfo",
    "KnowledgeBasesInfo",
    "FaceRecognitionInfo",
)


def time(moment: str | None) -> str:
    """`2018-10-01T10:00:00Z`; empty for a time still to come."""
    return f"{moment[:19]}Z" if moment else ""


def media_info(media: Shape, parts: Collection[str], sets: Mapping[int, Sequence[Shape]]) -> Shape:
    """MediaInfo; parts that no filter selects, or that MediaHub does not make, are null.

    `sets` are the receipts of the current snapshots by definition.
    """
    filled: dict[str, Callable[[], Shape | None]] = {
        "basicInfo": lambda: basic_info(media),
        "metaData": lambda: meta_data(media),
        "snapshotByTimeOffsetInfo": lambda: _snapshot_sets(sets),
    }
    shape: Shape = {"FileId": media["file_id"], **dict.fromkeys(_NOT_ASKED_FOR)}
    for part in PARTS:
        known = part in parts and part in filled
        shape[part[0].upper() + part[1:]] = filled[part]() if known else None
    return shape


def basic_info(media: Shape) -> Shape:
    return {
        "Name": media["name"],
        "Description": media["description"],
        "CreateTime": time(media["created_at"]),
        "UpdateTime": time(media["updated_at"]),
        "ExpireTime": NEVER,
        "ClassId": 0,
        "ClassName": _UNFILED,
        "ClassPath": _UNFILED,
        "StoragePath": "",
        "CoverUrl": media["cover"]["url"] if media["cover"] else "",
        "Type": media["container"] or "",
        "MediaUrl": source_url(media),
        "SourceInfo": {"SourceType": "Upload", "SourceContext": ""},
        "TagSet": media["tags"],
        "Vid": "",
        "Category": "Video",
        "Status": "Normal",
        "StorageClass": "STANDARD",
        "StorageRegion": "",
    }


def meta_data(media: Shape) -> Shape | None:
    """MediaMetaData; null until it is known."""
    if media["status"] != "ready":
        return None
    duration = media["duration_s"]
    audio = media.get("audio", [])
    sound = sum(track["bitrate"] for track in audio)
    return {
        "Size": media["size_bytes"],
        "Container": media["container"],
        "Bitrate": media["bitrate"],
        "Height": media["height"],
        "Width": media["width"],
        "Duration": duration,
        "Rotate": media["rotation"],
        "VideoDuration": duration,
        "AudioDuration": duration if media["has_audio"] else 0.0,
        "Md5": "",
        "VideoStreamSet": [
            {
                "Bitrate": max(0, media["bitrate"] - sound),
                "Height": media["height"],
                "Width": media["width"],
                "Codec": media["codec"],
                "Fps": round(media["fps"]),
                "CodecTag": "",
            }
        ],
        "AudioStreamSet": [
            {
                "Bitrate": track["bitrate"],
                "SamplingRate": track["sampling_rate"],
                "Codec": track["codec"],
            }
            for track in audio
        ],
    }


def _snapshot_sets(sets: Mapping[int, Sequence[Shape]]) -> Shape | None:
    if not sets:
        return None
    return {
        "SnapshotByTimeOffsetSet": [
            {"Definition": definition, "PicInfoSet": pictures(snapshots)}
            for definition, snapshots in sets.items()
        ]
    }


def source_url(media: Shape) -> str:
    """A signed URL of the source, which expires."""
    return conversions.source_url(media["file_id"])


def pictures(snapshots: Sequence[Shape]) -> list[Shape]:
    """PicInfoSet of receipts; TimeOffset is the requested time in milliseconds."""
    return [
        {
            "TimeOffset": float(snapshot["time_ms"]),
            "Url": snapshot["url"],
            "WaterMarkDefinition": [],
        }
        for snapshot in snapshots
    ]
