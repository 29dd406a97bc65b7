"""Tasks: the list, and each with its points."""

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
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ...models import Media, Operation, Snapshot, Task
from ...models.queries.indexed_or import matching_any
from ...wording import told
from ..ui import formatting, pull_progress
from ..ui.filters import ByInterface, OneMediaOfTask
from ..ui.galleries import shown
from ..ui.paginator import LongPaginator
from ..ui.permissions import ReadOnly, may
from . import status
from .actions import TaskActions, can_run_again
from .status import ByOutcome

_NEW_S, _SOON_S, _LATER_S = 1.9, 1, 3


@admin.register(Task)
class TaskAdmin(TaskActions, ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    actions = ("run_again_chosen", "abort_chosen")
    fields = (
        "source", "whole_id", "asked_through", "requested_by", "priority", "notify_mode",
        "session_id", "session_context", "created", "started", "finished", "took",
    )  # fmt: skip
    list_display = (
        "short_id", "state", "advance", "source", "wanted", "priority", "created_at", "took",
    )  # fmt: skip
    list_filter = (OneMediaOfTask, "status", ByOutcome, ("interface", ByInterface))
    list_per_page = 50
    search_fields = ("task_id",)
    search_help_text = _("A whole task ID, file ID or session ID, or part of a media's name.")
    paginator = LongPaginator
    show_full_result_count = False

    class Media:
        js = (Script("snapshots/live.js", type="module"),)

    def get_urls(self) -> list[URLPattern]:
        return [*self.action_urls(), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Task]:
        rows = status.with_failures(Task.objects.select_related("media", "requested_by"))
        return rows.defer("media__frame_index", "media__probe")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Task], search_term: str
    ) -> tuple[QuerySet[Task], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        media = Media.objects.order_by().filter(name__icontains=text)
        return matching_any(
            queryset,
            Q(task_id=text),
            Q(file_id=text),
            Q(session_id=text) & ~Q(session_id=""),
            Q(media__in=media.values("pk")),
        ), False

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

    @admin.display(description=_("Asked for"))
    def wanted(self, row: Task) -> str:
        return operations_summary(row)

    @admin.display(description=_("Task ID"))
    def whole_id(self, row: Task) -> str:
        return row.task_id

    @admin.display(description=_("Asked through"))
    def asked_through(self, row: Task) -> str:
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

    @admin.display(description=_("Took"))
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
            task_error=told(task.error_message),
            outcome=status.of(task),
            pull=pull_progress.of_task(task),
            media_link=self.source(task) if may(request, "view_media") else "",
            reload_s=_reload_s(task),
            task_url=reverse("api:task", args=[task.task_id]),
            operations=_operations(task),
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
    """When the page is to load itself again: soon while the task is new, never once it ended."""
    if task.is_ended:
        return None
    is_new = timezone.now() - task.created_at < timedelta(seconds=_NEW_S)
    return _SOON_S if is_new else _LATER_S


def operations_summary(task: Task) -> str:
    """What was asked for: `3 snapshots, 1 cover`. Wants the operations prefetched."""
    snapshots = covers = 0
    for operation in task.operations.all():
        if operation.type == Operation.Type.COVER:
            covers += 1
        else:
            snapshots += len(operation.at)
    words = [] if task.kind == Task.Kind.PROCESS else [str(task.get_kind_display())]
    if snapshots:
        words.append(ngettext("%d snapshot", "%d snapshots", snapshots) % snapshots)
    if covers:
        words.append(ngettext("%d cover", "%d covers", covers) % covers)
    return ", ".join(words)


def _operations(task: Task) -> list[dict[str, Any]]:
    rows = task.operations.prefetch_related("snapshots")
    return [
        {
            "row": row,
            "template": formatting.template_name(row.template),
            "look": formatting.template_look(row.template),
            "points": _points(task, row),
        }
        for row in rows
    ]


def _points(task: Task, operation: Operation) -> list[dict[str, Any]]:
    by_index = {shot.index: shot for shot in operation.snapshots.all()}
    return [
        _point(task, operation, at, by_index.get(index)) for index, at in enumerate(operation.at)
    ]


def _point(task: Task, operation: Operation, at: str, shot: Snapshot | None) -> dict[str, Any]:
    if shot is not None and shot.picture:
        return {"at": at, "shot": shown(shot)}
    if shot is not None:
        return {"at": at, "reason": told(shot.error_message), "code": shot.error_code}
    if not task.is_ended:
        return {"at": at, "waiting": True}
    reason = operation.error_message or task.error_message
    code = operation.error_code or task.error_code
    if not code:
        gone = gettext("The picture was deleted.")
        return {"at": at, "reason": gone, "code": ""}
    return {"at": at, "reason": told(reason), "code": code}
