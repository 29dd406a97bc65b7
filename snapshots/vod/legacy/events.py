"""Events: PullEvent and ConfirmEvent, once PullVodEvent and ConfirmVodEvent."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...services import events
from ..params import ListOf, Params, Structure, Text, required
from ..values import Shape
from .actions import ACTIONS
from .shapes import event as shape_of


@ACTIONS.add("PullEvent", "PullVodEvent", schema=Structure(), right="change_event")
def pull_event(user: User, params: Params) -> Shape:
    rows = events.pull(wait_s=events.PULL_WAIT_S)
    return {
        "eventList": [
            {
                "msgHandle": events.handle(row),
                "eventContent": shape_of(row.kind, row.payload),
            }
            for row in rows
        ]
    }


@ACTIONS.add(
    "ConfirmEvent",
    "ConfirmVodEvent",
    schema=Structure({"msgHandle": required(ListOf(Text(128), events.PULL_MOST))}),
    right="change_event",
)
def confirm_event(user: User, params: Params) -> Shape:
    events.confirm(handles=params["msgHandle"])
    return {}
