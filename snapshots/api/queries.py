"""What lists can be asked for."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ..models import Media, Task
from .fields import Choice
from .pagination import MAX_PAGE_SIZE, PAGE_SIZE

_ORDERINGS = ("created_at", "name", "size_bytes")


class ListQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE
    )
    cursor = serializers.CharField(required=False, help_text="As `next` and `previous` carry it.")


class MediaQuery(ListQuery):
    search = serializers.CharField(
        required=False,
        max_length=255,
        help_text="Part of the name (3 characters and more), its start (1 or 2), "
        "or an exact file_id or tag.",
    )
    status = Choice(Media.Status.choices, required=False)
    ordering = Choice(
        [f"{sign}{name}" for name in _ORDERINGS for sign in ("", "-")],
        required=False,
        default="-created_at",
    )


class TaskQuery(ListQuery):
    media = serializers.CharField(required=False, max_length=19, help_text="A file_id.")
    status = Choice(Task.Status.choices, required=False)


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
        required=False, default=False, help_text="Remove it as the cover too."
    )
