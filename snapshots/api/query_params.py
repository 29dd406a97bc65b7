"""Query parameters of lists and pictures."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ..models import Media, Operation, SnapshotTemplate, Task
from ..models.library.template import MAX_SIDE
from .fields import SIDE, Body, DefinitionField, StrictChoiceField, TimePointField
from .pagination import MAX_PAGE_SIZE, PAGE_SIZE

MAX_FRAMES = 2000
_ORDERINGS = ("created_at", "name", "size_bytes")


class ListQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE
    )
    cursor = serializers.CharField(required=False, help_text="As in `next` and `previous`.")


class MediaQuery(ListQuery):
    search = serializers.CharField(
        required=False,
        max_length=255,
        help_text="Part of the name (at least 3 characters), its start (1 or 2 characters), "
        "or an exact file_id or tag.",
    )
    status = StrictChoiceField(Media.Status.choices, required=False)
    ordering = StrictChoiceField(
        [f"{sign}{name}" for name in _ORDERINGS for sign in ("", "-")],
        required=False,
        default="-created_at",
    )


class TaskQuery(ListQuery):
    media = serializers.CharField(required=False, max_length=19, help_text="A file_id.")
    status = StrictChoiceField(Task.Status.choices, required=False)


class SnapshotQuery(ListQuery):
    media = serializers.CharField(required=False, max_length=19, help_text="A file_id.")
    task = serializers.CharField(required=False, max_length=80, help_text="A task_id.")
    current = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="true: only the newest set of each template.",
    )


class SnapshotDeletion(serializers.Serializer[Any]):
    force = serializers.BooleanField(
        required=False, default=False, help_text="Delete it even if it is the cover."
    )


class FramesQuery(Body):
    """`start` and `end` are `from` and `to` in the query: `from` is a keyword in Python."""

    start = TimePointField(
        required=False, help_text="Of the first frame: 3.5s, 10%, f120; by default f0."
    )
    end = TimePointField(
        required=False,
        help_text="Of the last frame, inclusive; beyond the end it is the last frame of the video.",
    )
    limit = serializers.IntegerField(required=False, default=200, min_value=1, max_value=MAX_FRAMES)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        return {"from": fields["start"], "to": fields["end"], "limit": fields["limit"]}


class _DefinitionInTextField(DefinitionField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and data.isdecimal() and len(data) < 20:
            data = int(data)
        return super().to_internal_value(data)


def _side() -> serializers.IntegerField:
    return serializers.IntegerField(required=False, min_value=0, max_value=MAX_SIDE, help_text=SIDE)


class FrameQuery(Body):
    at = TimePointField()
    mode = StrictChoiceField(
        Operation.Mode.choices, required=False, default=Operation.Mode.EXACT.value
    )
    template = _DefinitionInTextField(
        required=False, help_text="The definition of a template, instead of single fields."
    )
    format = StrictChoiceField(SnapshotTemplate.Format.choices, required=False)
    width = _side()
    height = _side()
    resolution_adaptive = serializers.BooleanField(
        required=False, help_text="Width is the long side, height the short side."
    )
    fill_type = StrictChoiceField(SnapshotTemplate.Fill.choices, required=False)
    quality = serializers.IntegerField(required=False, min_value=1, max_value=100)
