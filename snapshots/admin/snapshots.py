"""The snapshot admin: all snapshots with their receipts."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected as confirm_and_delete
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ..errors import DomainError
from ..models import Media, Operation, Snapshot
from ..services import presentation
from ..services.library import snapshots as service
from ..storage import picture_url
from .ui import formatting
from .ui.filters import ByCurrent, ByFormat, OneMedia
from .ui.paginator import LongPaginator
from .ui.permissions import ReadOnly, may, show_error
from .ui.search import IndexedSearch


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly, IndexedSearch[Snapshot]):
    change_form_template = "admin/snapshots/read_only.html"
    fields = (
        "picture_shown", "link", "source", "task", "at", "time_asked", "frame_time_shown", "pts",
        "time_base", "key_frame", "look", "current", "dimensions", "file_size", "sha256",
        "created",
    )  # fmt: skip
    list_display = (
        "thumbnail", "at", "source", "template", "frame_time_shown", "dimensions", "current",
        "created_at", "link",
    )  # fmt: skip
    list_display_links = ("at",)
    actions = ("delete_selected",)
    list_filter = (OneMedia, ("is_current", ByCurrent), ByFormat)
    list_per_page = 50
    search_fields = ("media__name",)
    exact_search_fields = ("media__file_id", "operation__task__task_id")
    search_help_text = _("A whole file ID or task ID, or part of a media's name.")
    paginator = LongPaginator
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        """Only those that have a picture; a task's page shows failed time points."""
        rows = presentation.snapshots_for_reading(Snapshot.objects.done())
        return rows.defer("media__frame_index", "media__probe")

    def has_delete_permission(self, request: HttpRequest, obj: Snapshot | None = None) -> bool:
        """A cover cannot be deleted while it is the cover."""
        return may(request, "delete_snapshot") and not (obj is not None and _is_cover(obj))

    def get_deleted_objects(
        self, objs: Iterable[Snapshot], request: HttpRequest
    ) -> tuple[list[str], dict[Any, int], set[str], list[str]]:
        names = [f"{row.media} · {row.at}" for row in objs]
        return names, {_("snapshots"): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Snapshot) -> None:
        try:
            service.delete(snapshot=obj)
        except DomainError as error:
            show_error(request, error)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Snapshot]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    @admin.action(description=_("Delete selected snapshots"), permissions=["delete"])
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[Snapshot]
    ) -> HttpResponse | None:
        """As Django's, with its confirmation, for those of the selection that are not covers."""
        covers = Media.objects.filter(cover_snapshot__in=queryset).values("cover_snapshot")
        if count := covers.count():
            text = ngettext(
                "%d snapshot left out: it is a cover. Choose another cover first.",
                "%d snapshots left out: they are covers. Choose other covers first.",
                count,
            )
            messages.warning(request, text % count)
        others = queryset.exclude(pk__in=covers)
        return confirm_and_delete(self, request, others) if others.exists() else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        context.update(title=row.media.name, subtitle=row.at)
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("Picture"))
    def thumbnail(self, row: Snapshot) -> str:
        url = picture_url(row.picture)
        return formatting.thumbnail(url, "", link=url)

    @admin.display(description=_("Picture"))
    def picture_shown(self, row: Snapshot) -> str:
        return format_html(
            '<img class="mh-picture" src="{}" alt="{}">', picture_url(row.picture), row.at
        )

    @admin.display(description=_("Link"))
    def link(self, row: Snapshot) -> str:
        return format_html('<a href="{}">{}</a>', picture_url(row.picture), row.format.upper())

    @admin.display(description=_("Media"))
    def source(self, row: Snapshot) -> str:
        url = reverse("admin:snapshots_media_change", args=[row.media_id])
        return format_html('<a href="{}">{}</a>', url, row.media)

    @admin.display(description=_("Task"))
    def task(self, row: Snapshot) -> str:
        task = row.operation.task
        url = reverse("admin:snapshots_task_change", args=[task.pk])
        return format_html('<a href="{}">{}</a>', url, task)

    @admin.display(description=_("Time asked for"))
    def time_asked(self, row: Snapshot) -> str:
        return f"{presentation.plain_number(row.time_ms)} ms"

    @admin.display(description=_("Frame time"))
    def frame_time_shown(self, row: Snapshot) -> str:
        return formatting.frame_time(row)

    @admin.display(description=_("Template"))
    def look(self, row: Snapshot) -> str:
        values = row.operation.template
        return f"{formatting.template_name(values)} ({formatting.template_look(values)})"

    @admin.display(description=_("Template"), ordering="definition")
    def template(self, row: Snapshot) -> str:
        return str(row.definition)

    @admin.display(description=_("Current"), ordering="is_current")
    def current(self, row: Snapshot) -> str:
        """Whether it is in its template's newest set; covers are in none."""
        if row.operation.type == Operation.Type.COVER:
            return gettext("Made as a cover")
        return formatting.badge("current", gettext("Current")) if row.is_current else gettext("No")

    @admin.display(description=_("Created"))
    def created(self, row: Snapshot) -> str:
        return formatting.moment(row.created_at)

    @admin.display(description=_("Size"))
    def dimensions(self, row: Snapshot) -> str:
        return formatting.dimensions(row.width, row.height)

    @admin.display(description=_("File size"))
    def file_size(self, row: Snapshot) -> str:
        return str(filesizeformat(row.size_bytes or 0))


def _is_cover(row: Snapshot) -> bool:
    return Media.objects.filter(cover_snapshot=row).exists()
