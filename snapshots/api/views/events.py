"""Events: pulled, confirmed, and how they leave."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ...models import Event, EventConfig
from ...services import presentation
from ...services.events import config as event_config
from ...services.events import outbox
from ..base_view import Endpoint
from ..request_schemas import EventHandles, EventSettings, EventWait
from ..response_schemas import Confirmed, EventConfigShape, Pulled
from ..schema import describe


class EventPull(Endpoint):
    model = "event"
    rights = {"POST": "change_event"}
    commits_itself = True
    is_noted = False  # asked for again and again, and what it takes is told to whoever asks

    @describe(
        "events_pull", "Take what happened and nobody has confirmed", answer=Pulled,
        refuses=[400, 413, 415], once=True, request=EventWait,
        description=(
            "At most 16 events, oldest first; for 30 seconds nobody else gets them. Confirm them "
            "in that time, or they come again, with another handle. They are kept for four days."
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        rows = outbox.pull(wait_s=self.body(EventWait)["wait"])
        return Response({"events": [_event(row) for row in rows]})


class EventConfirm(Endpoint):
    model = "event"
    rights = {"POST": "change_event"}
    commits_itself = True
    is_noted = False  # asked for again and again, and what it takes is told to whoever asks

    @describe(
        "events_confirm", "Confirm pulled events, so that they never come back", answer=Confirmed,
        refuses=[400, 409, 413, 415], once=True, request=EventHandles,
        description=(
            "Within 30 seconds of the pull. 409 `handle_expired` if any handle is late or unknown; "
            "the others are confirmed all the same."
        ),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        return Response({"confirmed": outbox.confirm(handles=self.body(EventHandles)["handles"])})


class EventConfigView(Endpoint):
    model = "eventconfig"
    rights = {"GET": "view_eventconfig", "PUT": "change_eventconfig"}

    @describe("event_config_get", "How events leave", answer=EventConfigShape)
    def get(self, request: Request) -> Response:
        return Response(_settings(event_config.current(), None))

    @describe(
        "event_config_put", "Say how events leave", answer=EventConfigShape,
        refuses=[400, 413, 415], request=EventSettings,
        description=(
            "Events written before keep the mode that was in force then. Keys are written and "
            "never read back: `secret` is in the answer only where it was made just now. Left "
            "out, keys stay as they are; a secret that another takes the place of is good for "
            "24 hours more."
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
