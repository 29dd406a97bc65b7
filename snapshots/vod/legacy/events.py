"""Events: PullEvent and ConfirmEvent, once PullVodEvent and ConfirmVodEvent."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...services.events import outbox
from ..conversions import Shape
from ..param_types import ListParam, TextParam
from ..schema import Params, Structure, required
from .actions import ACTIONS
from .event_shapes import event as shape_of


@ACTIONS.add("PullEvent", "PullVodEvent", schema=Structure(), right="change_event")
def pull_event(user: User, params: Params) -> Shape:
    rows = outbox.pull(wait_s=outbox.PULL_WAIT_S)
    return {
        "eventList": [
            {
                "msgHandle": outbox.handle(row),
                "eventContent": shape_of(row.kind, row.payload),
            }
            for row in rows
        ]
    }


@ACTIONS.add(
    "ConfirmEvent",
    "ConfirmVodEvent",
    schema=Structure({"msgHandle": required(ListParam(TextParam(128), outbox.MAX_PULL))}),
    right="change_event",
)
def confirm_event(user: User, params: Params) -> Shape:
    outbox.confirm(handles=params["msgHandle"])
    return {}
