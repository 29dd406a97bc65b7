"""Response shapes for the OpenAPI document. `services.presentation` makes the responses."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import (
    PolymorphicProxySerializer,
    extend_schema_field,
    inline_serializer,
)
from rest_framework import serializers as s

from ..models import Event, Media, Operation, SnapshotTemplate, Task


class Shape(s.Serializer[Any]):  # no docstring: it would describe every schema
    pass


class Error(Shape):
    code = s.CharField()
    message = s.CharField()


class FieldError(Shape):
    field = s.CharField(help_text="A path such as `snapshots.0.at.1`; empty for the whole body.")
    code = s.CharField()
    detail = s.CharField()


class Problem(Shape):
    type = s.CharField()
    title = s.CharField()
    status = s.IntegerField()
    code = s.CharField(help_text="Stable: branch on this member.")
    detail = s.CharField()
    errors = FieldError(  # type: ignore[assignment]  # a field, which the class does not keep
        many=True, required=False, help_text="With code `invalid`."
    )
    task = s.CharField(required=False, help_text="With `duplicate_session`: the first task.")


class Cover(Shape):
    url = s.CharField()
    snapshot = s.IntegerField(allow_null=True)
    at = s.CharField(allow_null=True)
    template = s.IntegerField(allow_null=True)
    set_by = s.ChoiceField(["auto", "task", "user"])
    set_at = s.DateTimeField(allow_null=True)


class MediaShape(Shape):
    file_id = s.CharField(help_text="19 decimal digits.")
    name = s.CharField()
    description = s.CharField()
    tags = s.ListField(child=s.CharField())
    status = s.ChoiceField(Media.Status.choices)
    error = Error(allow_null=True)
    source_type = s.ChoiceField(Media.SourceType.choices)
    size_bytes = s.IntegerField()
    sha256 = s.CharField(allow_null=True)
    container = s.CharField(allow_null=True)
    duration_s = s.FloatField(allow_null=True)
    width = s.IntegerField(allow_null=True, help_text="As displayed.")
    height = s.IntegerField(allow_null=True, help_text="As displayed.")
    rotation = s.IntegerField(allow_null=True)
    codec = s.CharField(allow_null=True)
    fps = s.FloatField(allow_null=True)
    bitrate = s.IntegerField(allow_null=True)
    has_audio = s.BooleanField(allow_null=True)
    is_vfr = s.BooleanField(allow_null=True)
    is_hdr = s.BooleanField(allow_null=True)
    has_alpha = s.BooleanField(allow_null=True)
    cover = Cover(allow_null=True)
    created_at = s.DateTimeField()
    updated_at = s.DateTimeField()

    class Meta:
        ref_name = "Media"


class FrozenTemplate(Shape):
    definition = s.IntegerField()
    type = s.ChoiceField(SnapshotTemplate.Type.choices)
    name = s.CharField()
    comment = s.CharField()
    format = s.ChoiceField(SnapshotTemplate.Format.choices)
    width = s.IntegerField()
    height = s.IntegerField()
    resolution_adaptive = s.BooleanField()
    fill_type = s.ChoiceField(SnapshotTemplate.Fill.choices)
    quality = s.IntegerField()


class Template(FrozenTemplate):
    created_at = s.DateTimeField()
    updated_at = s.DateTimeField()


class Receipt(Shape):
    id = s.IntegerField()
    url = s.CharField(
        help_text="Public to everyone who knows it, and permanent until the snapshot is deleted."
    )
    at = s.CharField(help_text="The time point as requested.")
    format = s.ChoiceField(SnapshotTemplate.Format.choices)
    width = s.IntegerField()
    height = s.IntegerField()
    bytes = s.IntegerField()
    sha256 = s.CharField()
    time_ms = s.FloatField(help_text="The resolved time in milliseconds from the first frame.")
    pts = s.IntegerField(help_text="The frame's presentation time, as the container has it.")
    time_base = s.CharField(help_text="The unit of `pts`, such as `1/90000`.")
    frame_time = s.FloatField(help_text="The frame's time in seconds from the first frame.")
    key_frame = s.BooleanField()


class Frame(Shape):
    index = s.IntegerField(help_text="From 0: `f120` is the frame of index 120.")
    pts = s.IntegerField(help_text="The frame's presentation time, as the container has it.")
    time_base = s.CharField(help_text="The unit of `pts`, such as `1/90000`.")
    frame_time = s.FloatField(help_text="The frame's time in seconds from the first frame.")
    key_frame = s.BooleanField()


class FramePage(Shape):
    next = s.URLField(allow_null=True)
    results = Frame(many=True)


class SnapshotShape(Receipt):
    media = s.CharField()
    task = s.CharField()
    template = s.IntegerField()
    is_current = s.BooleanField()
    created_at = s.DateTimeField()

    class Meta:
        ref_name = "Snapshot"


class Point(Shape):
    at = s.CharField()
    status = s.ChoiceField(["waiting", "done", "failed"])
    error = Error(allow_null=True)
    snapshot = Receipt(allow_null=True)


@extend_schema_field({"type": "string", "enum": ["snapshot"]})
class _IsSnapshot(s.CharField):
    pass


@extend_schema_field({"type": "string", "enum": ["cover"]})
class _IsCover(s.CharField):
    pass


class SnapshotOperation(Shape):
    type = _IsSnapshot()
    template = FrozenTemplate(help_text="As it was when the task was submitted.")
    mode = s.ChoiceField(Operation.Mode.choices)
    status = s.ChoiceField(Operation.Status.choices)
    error = Error(allow_null=True)
    points = Point(many=True)


class CoverOperation(Shape):
    type = _IsCover()
    template = FrozenTemplate(help_text="As it was when the task was submitted.")
    mode = s.ChoiceField(Operation.Mode.choices)
    status = s.ChoiceField(Operation.Status.choices)
    error = Error(allow_null=True)
    at = s.CharField()
    cover_url = s.CharField(allow_null=True)


@extend_schema_field(
    PolymorphicProxySerializer(
        component_name="Operation",
        serializers={"snapshot": SnapshotOperation, "cover": CoverOperation},
        resource_type_field_name="type",
        many=True,
    )
)
class Operations(s.ListField):
    """Snapshots first, then covers, in the order of the request."""


class PullShape(Shape):
    url = s.CharField(help_text="Without its query, which often contains a secret.")
    received_bytes = s.IntegerField()
    total_bytes = s.IntegerField(allow_null=True, help_text="If the other server states it.")
    tries = s.IntegerField(help_text="How often the download was interrupted.")
    error = Error(allow_null=True, help_text="Of the last interruption, or of the cover.")
    procedure_task_id = s.CharField(
        help_text="Of the procedure that runs once the video is ready; empty without one."
    )

    class Meta:
        ref_name = "Pull"


class TaskShape(Shape):
    task_id = s.CharField()
    media = s.CharField(help_text="The file_id; it remains when the media item is deleted.")
    status = s.ChoiceField(Task.Status.choices)
    progress = s.IntegerField(help_text="In percent.")
    priority = s.IntegerField()
    notify_mode = s.ChoiceField(Task.Notify.choices)
    session_id = s.CharField()
    session_context = s.CharField()
    created_at = s.DateTimeField()
    started_at = s.DateTimeField(allow_null=True)
    finished_at = s.DateTimeField(allow_null=True)
    error = Error(allow_null=True)
    operations = Operations()
    pull = PullShape(required=False, help_text="Only of a task that downloads a video.")

    class Meta:
        ref_name = "Task"


class EventShape(Shape):
    handle = s.CharField(help_text="Confirms the event; each pull returns a new one.")
    id = s.CharField(help_text="Stays the same however often the event is pulled.")
    type = s.ChoiceField(Event.Kind.choices)
    sequence = s.IntegerField(help_text="Counts the events of one task or media item.")
    created_at = s.DateTimeField()
    media = MediaShape(allow_null=True, help_text="As it was at the time of the event.")
    task = TaskShape(
        allow_null=True, help_text="As it was at the time of the event; only of events of tasks."
    )

    class Meta:
        ref_name = "Event"


class Pulled(Shape):
    events = EventShape(many=True)


class Confirmed(Shape):
    confirmed = s.IntegerField()


class EventConfigShape(Shape):
    mode = s.ChoiceField(Event.Mode.choices)
    url = s.CharField()
    sign_key = s.CharField(allow_null=True, help_text="Always null: it is write-only.")
    secret = s.CharField(allow_null=True, help_text="Returned once, by the call that generates it.")
    upload_event = s.BooleanField()
    delete_event = s.BooleanField()

    class Meta:
        ref_name = "EventConfig"


def page_of(shape: type[Shape]) -> Any:
    """A page of a list."""
    return inline_serializer(
        name=f"{shape.__name__.removesuffix('Shape')}Page",
        fields={
            "next": s.URLField(allow_null=True),
            "previous": s.URLField(allow_null=True),
            "results": shape(many=True),
        },
    )
