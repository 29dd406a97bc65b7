"""The task admin: the list, and the page of a task."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...models import Task
from ...translation import translate
from ..ui import formatting, pull_progress
from ..ui.filters import ByInterface, OneMediaOfTask
from ..ui.paginator import LongPaginator
from ..ui.permissions import ReadOnly, may
from ..ui.search import IndexedSearch
from . import status
from .actions import TaskActions, can_run_again
from .operations import operations, operations_summary
from .status import ByOutcome

_NEW_S, _SOON_S, _LATER_S = 1.9, 1, 3


@admin.register(Task)
class TaskAdmin(TaskActions, ReadOnly, IndexedSearch[Task]):
    actions = ("run_again_selected", "abort_selected")
    fields = (
        "source", "whole_id", "submitted_via", "requested_by", "priority", "notify_mode",
        "session_id", "session_context", "created", "started", "finished", "took",
    )  # fmt: skip
    list_display = (
        "short_id", "state", "advance", "source", "wanted", "priority", "created_at", "took",
    )  # fmt: skip
    list_filter = (OneMediaOfTask, "status", ByOutcome, ("interface", ByInterface))
    list_per_page = 50
    search_fields = ("task_id",)
    exact_search_fields = ("task_id", "file_id", "session_id")
    search_help_text = _("A complete task ID, file ID or session ID, or part of a media name.")
    paginator = LongPaginator
    show_full_result_count = False

    class Media:
        js = (Script("snapshots/live.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        return [*self.action_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        rows = status.with_failures(Task.objects.select_related("media", "requested_by"))
        return rows.defer("media__frame_index", "media__probe")

    def exact_condition(self, field: str, text: str) -> Q:
        condition = super().exact_condition(field, text)
        # the index of session ids is partial: it has no empty ones
        return condition & ~Q(session_id="") if field == "session_id" else condition

    @admin.display(description=_("Task"), ordering="pk")
    def short_id(self, row: Task) -> str:
        return formatting.short_id(row.task_id)

    @admin.display(description=_("Status"), ordering="status")
    def state(self, row: Task) -> str:
        return formatting.live(f"state-{row.pk}", status.of(row).badge, is_moving=not row.is_ended)

    @admin.display(description=_("Progress"))
    def advance(self, row: Task) -> str:
        return formatting.live(f"progress-{row.pk}", formatting.progress(row.progress))

    @admin.display(description=_("Media"))
    def source(self, row: Task) -> str:
        if row.media is None:
            return _media_name(row)
        url = reverse("admin:snapshots_media_change", args=[row.media.pk])
        return format_html('<a href="{}">{}</a>', url, row.media)

    @admin.display(description=_("Request"))
    def wanted(self, row: Task) -> str:
        return operations_summary(row)

    @admin.display(description=_("Task ID"))
    def whole_id(self, row: Task) -> str:
        return row.task_id

    @admin.display(description=_("Submitted via"))
    def submitted_via(self, row: Task) -> str:
        return row.get_interface_display()

    @admin.display(description=_("Created"))
    def created(self, row: Task) -> str:
        return formatting.moment(row.created_at)

    @admin.display(description=_("Started"))
    def started(self, row: Task) -> str:
        return formatting.moment(row.started_at)

    @admin.display(description=_("Finished"))
    def finished(self, row: Task) -> str:
        return formatting.moment(row.finished_at)

    @admin.display(description=_("Duration"))
    def took(self, row: Task) -> str:
        if not row.started_at or not row.finished_at:
            return formatting.live(f"took-{row.pk}", formatting.NOTHING)
        seconds = f"{(row.finished_at - row.started_at).total_seconds():.1f} s"
        return formatting.live(f"took-{row.pk}", seconds)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        task = kwargs["obj"]
        context.update(
            title=gettext("Task of %(media)s") % {"media": _media_name(task)},
            subtitle=None,
            task=task,
            task_error=translate(task.error),
            outcome=status.of(task),
            pull=pull_progress.of_task(task),
            media_link=self.source(task) if may(request, "view_media") else "",
            reload_s=_reload_s(task),
            task_url=reverse("api:task", args=[task.task_id]),
            operations=operations(task),
            progress=formatting.progress(task.progress),
            may_abort=may(request, "change_task") and task.status == Task.Status.WAITING,
            may_run_again=can_run_again(request, task),
        )
        return super().render_change_form(request, context, *args, **kwargs)


def _media_name(task: Task) -> str:
    if task.media is None:
        return gettext("%(file_id)s (deleted)") % {"file_id": task.file_id}
    return str(task.media)


def _reload_s(task: Task) -> int | None:
    """Seconds until the page reloads: few while the task is new; `None` once it has ended."""
    if task.is_ended:
        return None
    is_new = timezone.now() - task.created_at < timedelta(seconds=_NEW_S)
    return _SOON_S if is_new else _LATER_S
