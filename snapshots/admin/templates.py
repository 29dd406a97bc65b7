"""The template admin: custom templates can be edited, presets duplicated."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as confirm_and_delete
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..models import Media, SnapshotTemplate
from ..services import templates
from .ui import formatting
from .ui.filters import ByFill
from .ui.forms import ServiceForm, parse_keys
from .ui.generics import ModelAdmin
from .ui.permissions import may

_PREVIEWED = 100  # newest media to select from


class TemplateForm(ServiceForm[SnapshotTemplate]):
    class Meta:
        model = SnapshotTemplate
        fields = templates.EDITABLE

    def call(self) -> SnapshotTemplate:
        if self.instance.pk is None:
            return templates.create(values=self.cleaned_data)
        return templates.update(template=self.instance, values=self.cleaned_data)


@admin.register(SnapshotTemplate)
class TemplateAdmin(ModelAdmin[SnapshotTemplate]):
    form = TemplateForm
    actions = ("delete_selected",)
    list_display = (
        "number", "named", "type", "format", "size", "fill_type", "quality_shown",
    )  # fmt: skip
    list_display_links = ("number", "named")
    list_filter = ("type", "format", ("fill_type", ByFill))
    search_fields = ("name", "comment", "=definition")

    class Media:
        js = (Script("snapshots/template_preview.js", type="module"),)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and not (obj is not None and obj.is_preset)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj is not None and obj.is_preset)

    @admin.display(description=_("ID"), ordering="definition")
    def number(self, row: SnapshotTemplate) -> str:
        return str(row.definition)

    @admin.display(description=_("Name"), ordering="name")
    def named(self, row: SnapshotTemplate) -> str:
        return formatting.shown_name(row.as_values()) or formatting.NOTHING

    @admin.display(description=_("Size"))
    def size(self, row: SnapshotTemplate) -> str:
        return formatting.template_size(row.as_values())

    @admin.display(description=_("Quality"), ordering="quality")
    def quality_shown(self, row: SnapshotTemplate) -> str:
        return formatting.NOTHING if row.format == SnapshotTemplate.Format.PNG else str(row.quality)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The values of the template in `?like=`, for *Duplicate*."""
        keys = parse_keys(request.GET.get("like", ""))
        row = SnapshotTemplate.objects.filter(pk__in=keys[:1]).first()
        return row.as_values() if row else {}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        if row is not None and may(request, "add_snapshottemplate"):
            add = reverse("admin:snapshots_snapshottemplate_add")
            context["duplicate_url"] = f"{add}?like={row.pk}"
        if may(request, "view_media"):
            is_form = row is None or self.has_change_permission(request, row)
            context["preview"] = _preview(None if is_form else row)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: SnapshotTemplate, form: Any, change: bool
    ) -> None:
        """Does nothing: the form is valid only because the service has saved it."""

    def delete_model(self, request: HttpRequest, obj: SnapshotTemplate) -> None:
        templates.delete(template=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SnapshotTemplate]) -> None:
        for row in queryset:
            templates.delete(template=row)

    @admin.action(description=_("Delete selected templates"), permissions=["delete"])
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[SnapshotTemplate]
    ) -> HttpResponse | None:
        """As Django's, with its confirmation, for those of the selection that can be deleted."""
        presets = queryset.filter(type=SnapshotTemplate.Type.PRESET).count()
        if presets:
            text = ngettext(
                "%d preset left out: presets cannot be deleted.",
                "%d presets left out: presets cannot be deleted.",
                presets,
            )
            messages.warning(request, text % presets)
        own = queryset.filter(type=SnapshotTemplate.Type.CUSTOM)
        return confirm_and_delete(self, request, own) if own.exists() else None


def _preview(row: SnapshotTemplate | None) -> dict[str, Any]:
    """The media to preview with, and the template if there is no form."""
    ready = Media.objects.filter(status=Media.Status.READY).only("file_id", "name", "status")
    return {
        "template": "" if row is None else str(row.pk),
        "media": [
            {"name": media.name, "url": reverse("api:media_frame", args=[media.file_id])}
            for media in ready[:_PREVIEWED]
        ],
    }
