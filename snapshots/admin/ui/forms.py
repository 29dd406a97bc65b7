"""The console's forms. What a service refuses lands at the field it is about."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...errors import DomainError
from ...models import AccessKey, Media, Operation, SnapshotTemplate
from ...services import presets, templates
from ...services.library import media as media_service
from ...services.library.tags import TagChange
from ...services.tasks import pulls
from ...services.tasks.specs import CoverSpec, SnapshotSpec
from . import formatting
from .decimal_comma import told_of_comma
from .permissions import add_problems

MAX_MEDIA = 1000
MAX_ADDRESSES = 100
ACCEPTED = "video/*,.mkv,.ts,.m2ts,.mxf,.flv"
_SEPARATORS = re.compile(r"[\n,，]+")


def split_words(text: str) -> list[str]:
    """What is written one a line or with commas between, without the empty ones."""
    return [word for part in _SEPARATORS.split(text) if (word := part.strip())]


def keys_of(text: str) -> list[int]:
    """Primary keys written with commas between; what cannot be one is left out."""
    words = text.split(",")
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]


def too_many(count: int) -> str:
    words = gettext("%(count)d media are too many: choose at most %(most)d at once.")
    return words % {"count": count, "most": MAX_MEDIA}


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form whose rules are a service's: being valid means that the service has done it."""

    def call(self) -> Any:
        """Hand the cleaned values to the service; the row it made or changed."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        if self.errors:
            return
        try:
            self.instance = self.call()
        except DomainError as error:
            add_problems(self, error)


class MediaForm(ServiceForm):
    tags = forms.CharField(
        label=_("Tags"), required=False, help_text=_("Separated by commas."), max_length=1000,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )  # fmt: skip

    class Meta:
        model = Media
        fields = ("name", "description")
        widgets = {"description": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["tags"] = ", ".join(self.instance.tags) if self.instance.pk else ""

    def call(self) -> Media:
        values = self.cleaned_data
        media_service.update(
            media=self.instance,
            name=values["name"],
            description=values["description"],
            tags=TagChange(add=split_words(values["tags"]), clears=True),
        )
        return media_service.get(file_id=self.instance.file_id)


class TemplateForm(ServiceForm):
    class Meta:
        model = SnapshotTemplate
        fields = templates.EDITABLE

    def call(self) -> SnapshotTemplate:
        if self.instance.pk is None:
            return templates.create(values=self.cleaned_data)
        return templates.update(template=self.instance, values=self.cleaned_data)


class AccessKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = AccessKey
        fields = ("name", "user", "is_enabled")


# --- Uploading -----------------------------------------------------------------------------------


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or more files; an empty one is left for the service to refuse by name."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            super().clean(None, initial)  # raises: required
        return list(files)


class UploadForm(forms.Form):
    files = FilesField(
        label=_("Video files"),
        help_text=_("You can choose several at once, up to 100."),
        widget=FilesInput(attrs={"accept": ACCEPTED}),
    )


class AddressesForm(forms.Form):
    addresses = forms.CharField(
        label=_("Addresses of videos"),
        help_text=_("One a line. Each is fetched in the background."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField", "spellcheck": "false"}),
        max_length=MAX_ADDRESSES * (pulls.MAX_URL + 2),
        error_messages={"required": _("Write at least one address.")},
    )

    def clean_addresses(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines()]
        addresses = list(dict.fromkeys(line for line in lines if line))
        if len(addresses) > MAX_ADDRESSES:
            raise forms.ValidationError(
                gettext("Write at most %(most)d addresses at once.") % {"most": MAX_ADDRESSES}
            )
        return addresses


# --- Asking for snapshots and covers -------------------------------------------------------------


class TemplateChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} ({formatting.template_look(obj.as_values())})"


class AskForm(forms.Form):
    """What every request needs: the media, by keys in one field, a template, a priority."""

    media = forms.CharField(
        widget=forms.HiddenInput,
        error_messages={"required": _("No media are chosen. Go back and choose some.")},
    )
    template = TemplateChoice(
        label=_("Template"),
        queryset=SnapshotTemplate.objects.all(),
        empty_label=None,
        initial=presets.DEFAULT_DEFINITION,
        error_messages={"required": _("Choose a template.")},
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        help_text=_("From -10 to 10: of the tasks that wait, the highest is taken first."),
        required=False,
        initial=0,
        min_value=-10,
        max_value=10,
    )

    def __init__(self, *args: Any, covers_allowed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not covers_allowed:
            self.fields.pop("as_cover", None)
        self.order_fields([name for name in self.fields if name != "priority"])

    def clean_media(self) -> list[Media]:
        keys = keys_of(self.cleaned_data["media"])
        if len(keys) > MAX_MEDIA:
            raise forms.ValidationError(too_many(len(keys)))
        rows = Media.objects.filter(pk__in=keys).defer("frame_index", "probe").order_by("pk")
        if not rows:
            raise forms.ValidationError(_("The media are gone. Go back and choose others."))
        return list(rows)

    def wishes(self) -> dict[str, Any]:
        """The arguments of `services.submission.submit` that this form fills."""
        return {"priority": self.cleaned_data["priority"] or 0}


class SnapshotsForm(AskForm):
    at = forms.CharField(
        label=_("Time points"),
        help_text=_(
            "One a line, or separated by commas. Write a time with its unit: 3.5s, 3500ms, 10%, "
            "00:01:02.500, 01:02.5, or f120 for a frame."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "cols": 40, "class": "vLargeTextField mh-points"}),
    )
    mode = forms.ChoiceField(
        label=_("Frame"),
        choices=[
            (Operation.Mode.EXACT, _("Exact: the frame on screen at that time")),
            (Operation.Mode.KEYFRAME, _("Key frame: the last one at or before it")),
        ],
        initial=Operation.Mode.EXACT,
    )
    as_cover = forms.BooleanField(
        label=_("Use the first time point as the cover, too"),
        help_text=_("The cover is always the exact frame."),
        required=False,
    )

    def clean_at(self) -> list[str]:
        if words := told_of_comma(self.cleaned_data["at"], several=True):
            raise forms.ValidationError(words)
        points = split_words(self.cleaned_data["at"])
        if not points:
            raise forms.ValidationError(_("Name at least one time point."))
        return points

    def wishes(self) -> dict[str, Any]:
        values = self.cleaned_data
        points, definition = values["at"], values["template"].pk
        covers = [CoverSpec(definition, points[0])] if values.get("as_cover") else []
        return {
            **super().wishes(),
            "snapshots": [SnapshotSpec(definition, points, values["mode"])],
            "covers": covers,
        }


class CoverForm(AskForm):
    at = forms.CharField(
        label=_("Time point"),
        help_text=_(
            "A time with its unit: 3.5s, 3500ms, 10%, 00:01:02.500, 01:02.5, or f120 for a frame."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField mh-point"}),
    )

    def clean_at(self) -> str:
        point: str = self.cleaned_data["at"]
        if words := told_of_comma(point, several=False):
            raise forms.ValidationError(words)
        return point

    def wishes(self) -> dict[str, Any]:
        definition = self.cleaned_data["template"].pk
        covers = [CoverSpec(definition, self.cleaned_data["at"])]
        return {**super().wishes(), "snapshots": [], "covers": covers}
