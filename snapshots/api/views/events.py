"""Events: pulled and confirmed, and the configuration of their delivery."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ...models import Event, EventConfig
from ...services import presentation
from ...services.events import config as event_config
from ...services.events import outbox
from ..base_view import BaseView
from ..request_schemas import EventHandles, EventSettings, EventWait
from ..response_schemas import Confirmed, EventConfigShape, Pulled
from ..schema import describe


class EventPull(BaseView):
    model = "event"
    rights = {"POST": "change_event"}
    commits_by_itself = True
    is_audited = False  # called all the time, and nothing is lost by it

    @describe(
        "events_pull", "Pull events that are not confirmed yet", response=Pulled,
        errors=[400, 413, 415], idempotent=True, request=EventWait,
        description=(
            "At most 16 events, oldest first, hidden from other callers for 30 seconds. Confirm "
            "them within that time, or they are returned again with a new handle. Events are "
            "stored for four days."
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        rows = outbox.pull(wait_s=self.body(EventWait)["wait"])
        return Response({"events": [_event(row) for row in rows]})


class EventConfirm(BaseView):
    model = "event"
    rights = {"POST": "change_event"}
    commits_by_itself = True
    is_audited = False  # called all the time, and nothing is lost by it

    @describe(
        "events_confirm", "Confirm pulled events, so that they are not returned again",
        response=Confirmed,
        errors=[400, 409, 413, 415], idempotent=True, request=EventHandles,
        description=(
            "Within 30 seconds of the pull. 409 `handle_expired` if any handle is expired or "
            "unknown; the others are confirmed nevertheless."
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        return Response({"confirmed": outbox.confirm(handles=self.body(EventHandles)["handles"])})


class EventConfigView(BaseView):
    model = "eventconfig"
    rights = {"GET": "view_eventconfig", "PUT": "change_eventconfig"}

    @describe("event_config_get", "The event configuration", response=EventConfigShape)
    def get(self, request: Request) -> Response:
        return Response(_settings(event_config.current(), None))

    @describe(
        "event_config_put", "Change the event configuration", response=EventConfigShape,
        errors=[400, 413, 415], request=EventSettings,
        description=(
            "Existing events keep the mode that they were created with. Keys are write-only: "
            "`secret` is in the response only if this call generated it. Keys that are left out "
            "stay unchanged; a secret that is replaced stays valid for another 24 hours."
        ),
    )  # fmt: skip
    def put(self, request: Request) -> Response:
        made = event_config.configure(**self.body(EventSettings), needs_secret=True)
        return Response(_settings(made.row, made.new_secret))


def _event(row: Event) -> dict[str, Any]:
    return {
        "handle": outbox.handle(row),
        "id": str(row.pk),
        "type": row.kind,
        "sequence": row.sequence,
        "created_at": presentation.time(row.created_at),
        "media": row.payload["media"],
        "task": row.payload["task"],
    }


def _settings(row: EventConfig, secret: str | None) -> dict[str, Any]:
    return {
        "mode": row.mode,
        "url": row.url,
        "sign_key": None,
        "secret": secret,
        "upload_event": row.upload_event,
        "delete_event": row.delete_event,
    }
