"""Snapshots and their receipts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from ...models import Snapshot
from ...services import presentation
from ...services.library import snapshots
from ..auth import missing
from ..base_view import BaseView
from ..pagination import page
from ..query_params import SnapshotDeletion, SnapshotQuery
from ..response_schemas import SnapshotShape, page_of
from ..schema import describe

_ID = OpenApiParameter("id", int, OpenApiParameter.PATH)


class SnapshotList(BaseView):
    model = "snapshot"
    rights = {"GET": "view_snapshot"}

    @describe(
        "snapshots_list", "List snapshots with their receipts, newest first",
        response=page_of(SnapshotShape), errors=[400], parameters=[SnapshotQuery],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        query = self.query(SnapshotQuery)
        rows = _filtered(
            presentation.snapshots_for_reading(Snapshot.objects.done()),
            media__file_id=query.pop("media", None),
            operation__task__task_id=query.pop("task", None),
            is_current=query.pop("current", None),
        )
        return Response(page(request, rows, presentation.snapshot, **query))


class SnapshotDetail(BaseView):
    model = "snapshot"
    rights = {"GET": "view_snapshot", "DELETE": "delete_snapshot"}

    @describe(
        "snapshots_get", "Get a snapshot", response=SnapshotShape, errors=[404], parameters=[_ID]
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(presentation.snapshot(_snapshot(id)))

    @describe(
        "snapshots_delete", "Delete a snapshot", status=204, errors=[400, 404, 409],
        parameters=[_ID, SnapshotDeletion],
    )  # fmt: skip
    def delete(self, request: Request, id: str) -> Response:
        force = self.query(SnapshotDeletion)["force"]
        if force and not request.user.has_perm("snapshots.change_media"):
            raise PermissionDenied
        snapshots.delete(snapshot=_snapshot(id), force=force)
        return Response(status=204)


def _filtered(rows: QuerySet[Snapshot], **wanted: Any) -> QuerySet[Snapshot]:
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


def _snapshot(text: str) -> Snapshot:
    if not text.isdecimal():
        raise missing("snapshot", text)
    return snapshots.get(snapshot=int(text))
