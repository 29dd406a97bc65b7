"""Pictures and their receipts."""

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
from ..base_view import Endpoint
from ..pagination import page
from ..query_params import SnapshotDeletion, SnapshotQuery
from ..response_schemas import SnapshotShape, page_of
from ..schema import describe

_ID = OpenApiParameter("id", int, OpenApiParameter.PATH)


class SnapshotList(Endpoint):
    model = "snapshot"
    rights = {"GET": "view_snapshot"}

    @describe(
        "snapshots_list", "List pictures with their receipts, newest first",
        answer=page_of(SnapshotShape), refuses=[400], parameters=[SnapshotQuery],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = self.query(SnapshotQuery)
        rows = _filtered(
            presentation.snapshots_for_reading(Snapshot.objects.done()),
            media__file_id=asked.pop("media", None),
            operation__task__task_id=asked.pop("task", None),
            is_current=asked.pop("current", None),
        )
        return Response(page(request, rows, presentation.snapshot, **asked))


class SnapshotDetail(Endpoint):
    model = "snapshot"
    rights = {"GET": "view_snapshot", "DELETE": "delete_snapshot"}

    @describe("snapshots_get", "One picture", answer=SnapshotShape, refuses=[404], parameters=[_ID])
    def get(self, request: Request, id: str) -> Response:
        return Response(presentation.snapshot(_snapshot(id)))

    @describe(
        "snapshots_delete", "Delete a picture", status=204, refuses=[400, 404, 409],
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
