"""What bodies may hold: types and limits. Rules are the services'."""

from __future__ import annotations

from rest_framework import serializers

from ..models import Event, Operation, SnapshotTemplate, Task
from ..models.library.template import MAX_SIDE
from ..services.events.outbox import MAX_PULL, PULL_WAIT_S
from ..services.library.tags import MAX_TAG, MAX_TAGS
from ..services.tasks.pulls import MAX_URL
from ..services.tasks.specs import MAX_POINTS
from .fields import (
    SIDE,
    Body,
    Boolean,
    Choice,
    Definition,
    Integer,
    Number,
    Text,
    TimePoint,
    Upload,
)

_POINTS_WANTED = {"not_a_list": 'Send a list of time points, such as ["3.5s", "10%"].'}
_SNAPSHOTS_WANTED = {
    "not_a_list": 'Send a list of orders, such as [{{"template": 10, "at": ["3.5s", "10%"]}}].'
}
_COVERS_WANTED = {"not_a_list": 'Send a list of orders, such as [{{"template": 10, "at": "50%"}}].'}
_HANDLES_WANTED = {"not_a_list": "Send a list of handles, as a pull gave them."}
_TAGS_WANTED = {"not_a_list": 'Send a list of strings, such as ["sea", "summer"].'}


class NewMedia(Body):
    file = Upload(help_text="The video.")
    name = Text(required=False, allow_blank=True, max_length=255, help_text="Else the file's.")


class NewPull(Body):
    url = Text(max_length=MAX_URL, help_text="Where the video is: http or https.")
    name = Text(
        required=False, default="", allow_blank=True, max_length=255,
        help_text="Else the last part of the address.",
    )  # fmt: skip


class MediaChanges(Body):
    name = Text(required=False, max_length=255)
    description = Text(required=False, allow_blank=True, max_length=4096)
    tags = serializers.ListField(
        child=Text(max_length=MAX_TAG),
        required=False,
        max_length=MAX_TAGS,
        error_messages=_TAGS_WANTED,
    )


class CoverSnapshot(Body):
    snapshot = Integer(help_text="The id of one of the media's snapshots.")


class CoverImage(Body):
    image = Upload(help_text="A JPEG, PNG, WebP, AVIF or GIF picture.")


class TemplateValues(Body):
    name = Text(required=False, allow_blank=True, max_length=64)
    comment = Text(required=False, allow_blank=True, max_length=256)
    format = Choice(SnapshotTemplate.Format.choices, required=False)
    width = Integer(required=False, min_value=0, max_value=MAX_SIDE, help_text=SIDE)
    height = Integer(required=False, min_value=0, max_value=MAX_SIDE, help_text=SIDE)
    resolution_adaptive = Boolean(
        required=False, help_text="Width is the long side, height the short one."
    )
    fill_type = Choice(SnapshotTemplate.Fill.choices, required=False)
    quality = Integer(required=False, min_value=1, max_value=100)


class SnapshotOrder(Body):
    template = Definition()
    at = serializers.ListField(child=TimePoint(), error_messages=_POINTS_WANTED)
    mode = Choice(Operation.Mode.choices, required=False, default=Operation.Mode.EXACT.value)


class CoverOrder(Body):
    template = Definition()
    at = TimePoint()


class NewTask(Body):
    """At most 100 time points in one request, covers included."""

    media = Text(help_text="The file_id.")
    snapshots = SnapshotOrder(
        many=True, required=False, max_length=MAX_POINTS, error_messages=_SNAPSHOTS_WANTED
    )
    covers = CoverOrder(
        many=True, required=False, max_length=MAX_POINTS, error_messages=_COVERS_WANTED
    )
    priority = Integer(required=False, default=0, min_value=-10, max_value=10)
    notify_mode = Choice(Task.Notify.choices, required=False, default=Task.Notify.FINISH.value)
    session_id = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=50,
        help_text="The same one again within three days is refused.",
    )
    session_context = Text(required=False, default="", allow_blank=True, max_length=1000)


class EventWait(Body):
    wait = Number(
        required=False, default=0, min_value=0, max_value=PULL_WAIT_S,
        help_text="Seconds to wait for the first event.",
    )  # fmt: skip


class EventHandles(Body):
    handles = serializers.ListField(
        child=Text(max_length=128),
        allow_empty=False,
        max_length=MAX_PULL,
        error_messages=_HANDLES_WANTED,
    )


class EventSettings(Body):
    mode = Choice(Event.Mode.choices, required=False, default=Event.Mode.PULL.value)
    url = Text(required=False, allow_blank=True, default="", max_length=2048, help_text="For push.")
    sign_key = Text(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=32,
        help_text=(
            "Signs the body as VOD clients expect. Letters and digits; empty for none, null to "
            "keep it."
        ),
    )
    secret = Text(
        required=False,
        allow_null=True,
        max_length=128,
        help_text=(
            "`whsec_` and base64, for Standard Webhooks; null to keep it. One is made where there "
            "is none."
        ),
    )
    upload_event = Boolean(required=False, default=True, help_text="Tell `media.ready`.")
    delete_event = Boolean(required=False, default=True, help_text="Tell `media.deleted`.")


class Nothing(Body):
    """An empty object, or no body at all."""
