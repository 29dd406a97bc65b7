"""Request bodies: types and limits. The rules are in the services."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from ..messages import message as _
from ..models import Event, Operation, SnapshotTemplate, Task
from ..models.library.template import MAX_SIDE
from ..services.events.outbox import MAX_PULL, PULL_WAIT_S
from ..services.library.tags import MAX_TAG, MAX_TAGS
from ..services.tasks.pulls import MAX_URL
from ..services.tasks.specs import MAX_POINTS
from ..translation import translate_lazy
from .fields import (
    SIDE,
    Body,
    DefinitionField,
    NameField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictFloatField,
    StrictIntegerField,
    TimePointField,
    UploadField,
)

_ErrorMessages = dict[str, Any]
_POINTS_ERRORS: _ErrorMessages = {
    "not_a_list": translate_lazy(_('Send a list of time points, such as ["3.5s", "10%"].'))
}
_SNAPSHOTS_ERRORS: _ErrorMessages = {
    "not_a_list": translate_lazy(
        _('Send a list of objects, such as [{{"template": 10, "at": ["3.5s", "10%"]}}].')
    )
}
_COVERS_ERRORS: _ErrorMessages = {
    "not_a_list": translate_lazy(
        _('Send a list of objects, such as [{{"template": 10, "at": "50%"}}].')
    )
}
_HANDLES_ERRORS: _ErrorMessages = {
    "not_a_list": translate_lazy(_("Send a list of handles, as a pull returned them."))
}
_TAGS_ERRORS: _ErrorMessages = {
    "not_a_list": translate_lazy(_('Send a list of strings, such as ["sea", "summer"].'))
}


class NewMedia(Body):
    file = UploadField(help_text="The video.")
    name = NameField(
        required=False, allow_blank=True, max_length=255, help_text="By default the file's name."
    )


class NewPull(Body):
    url = StrictCharField(max_length=MAX_URL, help_text="The http or https URL of the video.")
    name = NameField(
        required=False, default="", allow_blank=True, max_length=255,
        help_text="By default the last part of the URL.",
    )  # fmt: skip


class MediaChanges(Body):
    name = NameField(required=False, max_length=255)
    description = StrictCharField(required=False, allow_blank=True, max_length=4096)
    tags = serializers.ListField(
        child=NameField(max_length=MAX_TAG),
        required=False,
        max_length=MAX_TAGS,
        error_messages=_TAGS_ERRORS,
    )


class CoverSnapshot(Body):
    snapshot = StrictIntegerField(help_text="The id of a snapshot of this media item.")


class CoverImage(Body):
    image = UploadField(help_text="A JPEG, PNG, WebP, AVIF or GIF image.")


class TemplateValues(Body):
    name = NameField(required=False, allow_blank=True, max_length=64)
    comment = StrictCharField(required=False, allow_blank=True, max_length=256)
    format = StrictChoiceField(SnapshotTemplate.Format.choices, required=False)
    width = StrictIntegerField(required=False, min_value=0, max_value=MAX_SIDE, help_text=SIDE)
    height = StrictIntegerField(required=False, min_value=0, max_value=MAX_SIDE, help_text=SIDE)
    resolution_adaptive = StrictBooleanField(
        required=False, help_text="Width is the long side, height the short side."
    )
    fill_type = StrictChoiceField(SnapshotTemplate.Fill.choices, required=False)
    quality = StrictIntegerField(required=False, min_value=1, max_value=100)


@extend_schema_serializer(component_name="SnapshotOrder")  # its name in the published schema
class SnapshotSpecSerializer(Body):
    template = DefinitionField()
    at = serializers.ListField(child=TimePointField(), error_messages=_POINTS_ERRORS)
    mode = StrictChoiceField(
        Operation.Mode.choices, required=False, default=Operation.Mode.EXACT.value
    )


@extend_schema_serializer(component_name="CoverOrder")
class CoverSpecSerializer(Body):
    template = DefinitionField()
    at = TimePointField()


class NewTask(Body):
    """At most 100 time points in a request, covers included."""

    media = StrictCharField(help_text="The file_id.")
    snapshots: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=SnapshotSpecSerializer(),
        required=False,
        max_length=MAX_POINTS,
        error_messages=_SNAPSHOTS_ERRORS,
    )
    covers: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=CoverSpecSerializer(),
        required=False,
        max_length=MAX_POINTS,
        error_messages=_COVERS_ERRORS,
    )
    priority = StrictIntegerField(required=False, default=0, min_value=-10, max_value=10)
    notify_mode = StrictChoiceField(
        Task.Notify.choices, required=False, default=Task.Notify.FINISH.value
    )
    session_id = StrictCharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=50,
        help_text="A repeated one is rejected for three days.",
    )
    session_context = StrictCharField(required=False, default="", allow_blank=True, max_length=1000)


class EventWait(Body):
    wait = StrictFloatField(
        required=False, default=0, min_value=0, max_value=PULL_WAIT_S,
        help_text="Seconds to wait for the first event.",
    )  # fmt: skip


class EventHandles(Body):
    handles = serializers.ListField(
        child=StrictCharField(max_length=128),
        allow_empty=False,
        max_length=MAX_PULL,
        error_messages=_HANDLES_ERRORS,
    )


class EventSettings(Body):
    mode = StrictChoiceField(Event.Mode.choices, required=False, default=Event.Mode.PULL.value)
    url = StrictCharField(
        required=False, allow_blank=True, default="", max_length=2048, help_text="For push."
    )
    sign_key = StrictCharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=32,
        help_text=(
            "Signs VOD bodies. Letters and digits; empty for none, null to keep the current one."
        ),
    )
    secret = StrictCharField(
        required=False,
        allow_null=True,
        max_length=128,
        help_text=(
            "`whsec_` and base64, for Standard Webhooks; null to keep the current one. If there is "
            "none, one is generated."
        ),
    )
    upload_event = StrictBooleanField(required=False, default=True, help_text="Send `media.ready`.")
    delete_event = StrictBooleanField(
        required=False, default=True, help_text="Send `media.deleted`."
    )


class Nothing(Body):
    """An empty object, or no body at all."""
