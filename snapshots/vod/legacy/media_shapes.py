"""Media in the form of the legacy generation, from `presentation.media_facts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import conversions
from ..conversions import Shape

_NEVER = 4294967295
_UNFILED = "其他"


def basic_info(media: Shape) -> Shape:
    return {
        "name": media["name"],
        "size": media["size_bytes"],
        "duration": round(media["duration_s"] or 0),
        "description": media["description"],
        "status": "normal",
        "createTime": conversions.unix(media["created_at"]),
        "updateTime": conversions.unix(media["updated_at"]),
        "expireTime": _NEVER,
        "classificationId": 0,
        "classificationName": _UNFILED,
        "playerId": "",
        "coverUrl": media["cover"]["url"] if media["cover"] else "",
        "type": media["container"] or "",
        "sourceVideoUrl": conversions.source_url(media["file_id"]),
    }


def meta_data(media: Shape) -> Shape:
    """The metadata of a media item that is ready."""
    audio = media.get("audio", [])
    sound = sum(track["bitrate"] for track in audio)
    return {
        "size": media["size_bytes"],
        "container": media["container"],
        "bitrate": media["bitrate"],
        "height": media["height"],
        "width": media["width"],
        "md5": "",
        "duration": round(media["duration_s"]),
        "rotate": media["rotation"],
        "videoStreamList": [
            {
                "bitrate": max(0, media["bitrate"] - sound),
                "height": media["height"],
                "width": media["width"],
                "codec": media["codec"],
                "fps": round(media["fps"]),
            }
        ],
        "audioStreamList": [
            {
                "codec": track["codec"],
                "samplingRate": track["sampling_rate"],
                "bitrate": track["bitrate"],
            }
            for track in audio
        ],
    }


def snapshot_sets(sets: Mapping[int, Sequence[Shape]]) -> Shape:
    """snapshotByTimeOffsetInfo of receipts by definition."""
    return {
        "snapshotByTimeOffsetList": [
            {"definition": definition, "picInfoList": [image(snapshot) for snapshot in snapshots]}
            for definition, snapshots in sets.items()
        ]
    }


def image(snapshot: Shape) -> Shape:
    return {"timeOffset": round(snapshot["time_ms"]), "url": snapshot["url"]}
