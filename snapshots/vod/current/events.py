"""Events: PullEvents, ConfirmEvents, DescribeEventsState, and their configuration."""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import Event
from ...services.events import config as event_config
from ...services.events import outbox
from ..conversions import Shape
from ..errors import VodError
from ..param_types import ChoiceParam, ListParam, TextParam
from ..schema import Param, Params, Structure, ignored, required
from .actions import ACTIONS, SUB_APP
from .event_shapes import pulled

_SWITCHES = ("ON", "OFF")


@ACTIONS.add(
    "PullEvents",
    schema=Structure({"ExtInfo": ignored(TextParam()), **SUB_APP}),
    right="change_event",
)
def pull_events(user: User, params: Params) -> Shape:
    rows = outbox.pull(wait_s=outbox.PULL_WAIT_S)
    return {"EventSet": [pulled(outbox.handle(row), row.kind, row.payload) for row in rows]}


@ACTIONS.add(
    "ConfirmEvents",
    schema=Structure(
        {
            "EventHandles": required(ListParam(TextParam(128), outbox.MAX_PULL)),
            "ExtInfo": ignored(TextParam()),
            **SUB_APP,
        }
    ),
    right="change_event",
)
def confirm_events(user: User, params: Params) -> Shape:
    if not params["EventHandles"]:
        raise VodError("InvalidParameterValue", "Name at least one of EventHandles.")
    outbox.confirm(handles=params["EventHandles"])
    return {}


@ACTIONS.add("DescribeEventsState", schema=Structure(SUB_APP), right="view_event")
def describe_events_state(user: User, params: Params) -> Shape:
    return {"CountOfEventsToPull": outbox.waiting()}


@ACTIONS.add("DescribeEventConfig", schema=Structure(SUB_APP), right="view_eventconfig")
def describe_event_config(user: User, params: Params) -> Shape:
    row = event_config.current()
    return {
        "Mode": row.mode.upper(),
        "NotificationUrl": row.url,
        "UploadMediaCompleteEventSwitch": _switch(row.upload_event),
        "DeleteMediaCompleteEventSwitch": _switch(row.delete_event),
        "PersistenceCompleteEventSwitch": "OFF",
    }


@ACTIONS.add(
    "ModifyEventConfig",
    schema=Structure(
        {
            "Mode": Param(ChoiceParam(("PUSH", "PULL"))),
            "NotificationUrl": Param(TextParam(2048)),
            "UploadMediaCompleteEventSwitch": Param(ChoiceParam(_SWITCHES)),
            "DeleteMediaCompleteEventSwitch": Param(ChoiceParam(_SWITCHES)),
            "PersistenceCompleteEventSwitch": ignored(ChoiceParam(_SWITCHES)),
            "SignKey": Param(TextParam(32)),
            **SUB_APP,
        }
    ),
    right="change_eventconfig",
    is_write=True,
)
def modify_event_config(user: User, params: Params) -> Shape:
    mode = params["Mode"].lower() if "Mode" in params else None
    if params.get("NotificationUrl") == "" and mode is None:
        mode = Event.Mode.PULL  # without an address there is nothing to push to
    event_config.configure(
        mode=mode,
        url=params.get("NotificationUrl"),
        sign_key=params.get("SignKey"),
        upload_event=_is_on(params.get("UploadMediaCompleteEventSwitch")),
        delete_event=_is_on(params.get("DeleteMediaCompleteEventSwitch")),
    )
    return {}


def _switch(is_on: bool) -> str:
    return "ON" if is_on else "OFF"


def _is_on(switch: str | None) -> bool | None:
    return None if switch is None else switch == "ON"
