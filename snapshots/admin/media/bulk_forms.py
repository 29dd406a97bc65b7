"""Forms that submit tasks for one or more media items."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...models import Media, Operation, SnapshotTemplate
from ...services import presets
from ...services.tasks.specs import CoverSpec, SnapshotSpec
from ..ui import formatting
from ..ui.decimal_comma import decimal_comma_error
from ..ui.forms import parse_keys, split_words
from ..ui.generics import ModelChoiceField
from .selection import MAX_MEDIA, too_many


class TemplateChoiceField(ModelChoiceField[SnapshotTemplate]):
    def label_from_instance(self, obj: SnapshotTemplate) -> str:
        return formatting.template_choice(obj.as_values())


class BulkForm(forms.Form):
    """What every request has: media as keys in one field, a template, a priority."""

    media = forms.CharField(  # type: ignore[assignment]  # a field, which the class does not keep
        widget=forms.HiddenInput,
        error_messages={"required": _("No media are selected. Go back and select some.")},
    )
    template = TemplateChoiceField(
        label=_("Template"),
        queryset=SnapshotTemplate.objects.all(),
        empty_label=None,
        initial=presets.DEFAULT_DEFINITION,
        error_messages={"required": _("Select a template.")},
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        help_text=_(
            "From -10 to 10: of the waiting tasks, the one with the highest priority runs first."
        ),
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
        keys = parse_keys(self.cleaned_data["media"])
        if len(keys) > MAX_MEDIA:
            raise forms.ValidationError(too_many(len(keys)))
        rows = Media.objects.filter(pk__in=keys).defer("frame_index", "probe").order_by("pk")
        if not rows:
            raise forms.ValidationError(_("The media no longer exist. Go back and select others."))
        return list(rows)

    def arguments(self) -> dict[str, Any]:
        """The arguments of `submission.submit` that this form sets."""
        return {"priority": self.cleaned_data["priority"] or 0}


class SnapshotsForm(BulkForm):
    at = forms.CharField(
        label=_("Time points"),
        help_text=_(
            "One per line, or separated by commas. Write every time point with a unit: 3.5s, "
            "3500ms, 10%, 00:01:02.500, 01:02.5, or f120 for a frame."
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
        label=_("Also use the first time point as the cover"),
        help_text=_("The cover is always the exact frame."),
        required=False,
    )

    def clean_at(self) -> list[str]:
        if words := decimal_comma_error(self.cleaned_data["at"], several=True):
            raise forms.ValidationError(words)
        points = split_words(self.cleaned_data["at"])
        if not points:
            raise forms.ValidationError(_("Enter at least one time point."))
        return points

    def arguments(self) -> dict[str, Any]:
        values = self.cleaned_data
        points, definition = values["at"], values["template"].pk
        covers = [CoverSpec(definition, points[0])] if values.get("as_cover") else []
        return {
            **super().arguments(),
            "snapshots": [SnapshotSpec(definition, points, values["mode"])],
            "covers": covers,
        }


class CoverForm(BulkForm):
    at = forms.CharField(
        label=_("Time point"),
        help_text=_(
            "A time with its unit: 3.5s, 3500ms, 10%, 00:01:02.500, 01:02.5, or f120 for a frame."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField mh-point"}),
    )

    def clean_at(self) -> str:
        point: str = self.cleaned_data["at"]
        if words := decimal_comma_error(point, several=False):
            raise forms.ValidationError(words)
        return point

    def arguments(self) -> dict[str, Any]:
        definition = self.cleaned_data["template"].pk
        covers = [CoverSpec(definition, self.cleaned_data["at"])]
        return {**super().arguments(), "snapshots": [], "covers": covers}
