"""Procedures in the form of the current generation."""

from __future__ import annotations

from ...models import Procedure
from ...services import presentation
from .. import conversions
from ..conversions import Shape
from .media_shapes import time
from .task_shapes import RESULT_MEMBERS

_OTHER_MEMBERS = (
    "AiContentReviewTask",
    "AiAnalysisTask",
    "AiRecognitionTask",
    "AiRecognitionTaskSet",
    "MiniProgramPublishTask",
    "ReviewAudioVideoTask",
    "ImportMediaKnowledgeTaskSet",
)


def procedure(row: Procedure) -> Shape:
    return {
        "Name": row.name,
        "Type": "Custom",
        "Comment": row.comment,
        **dict.fromkeys(_OTHER_MEMBERS),
        "MediaProcessTask": {
            **{f"{name}Set": None for name in RESULT_MEMBERS},
            "SnapshotByTimeOffsetTaskSet": [_saved_snapshots(step) for step in row.snapshots],
            "CoverBySnapshotTaskSet": [_saved_cover(step) for step in row.covers],
        },
        "CreateTime": time(presentation.time(row.created_at)),
        "UpdateTime": time(presentation.time(row.updated_at)),
    }


def _saved_snapshots(step: Shape) -> Shape:
    offsets = [text for text in step["at"] if text.lower().endswith("ms")]
    return {
        "Definition": step["template"],
        "ExtTimeOffsetSet": [text for text in step["at"] if text not in offsets],
        "TimeOffsetSet": [float(text[:-2]) for text in offsets],
        "WatermarkSet": [],
    }


def _saved_cover(step: Shape) -> Shape:
    kind, value = conversions.position(step)
    return {
        "Definition": step["template"],
        "PositionType": kind,
        "PositionValue": value,
        "WatermarkSet": [],
    }
