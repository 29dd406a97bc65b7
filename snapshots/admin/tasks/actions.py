"""Actions on tasks: abort waiting ones, run ended ones again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from ...errors import Conflict, DomainError
from ...messages import Message
from ...models import Media, Operation, Task
from ...services import tasks
from ...services.security.accounts import signed_in
from ...services.tasks import submission
from ...translation import translate
from ..ui.generics import ModelAdmin
from ..ui.permissions import may, require, show_error

MAX_TASKS = 1000


class TaskActions(ModelAdmin[Task]):
    """The actions of the list of tasks, and the buttons on the page of one."""

    def action_urls(self) -> list[URLPattern]:
        views = {"abort": self.abort_view, "run_again": self.run_again_view}
        return [
            path(
                f"<int:pk>/{name.replace('_', '-')}/",
                self.admin_site.admin_view(view),
                name=f"snapshots_task_{name}",
            )
            for name, view in views.items()
        ]

    def has_abort_permission(self, request: HttpRequest) -> bool:
        return may(request, "view_task", "change_task")

    def has_run_again_permission(self, request: HttpRequest) -> bool:
        return may(request, "view_task", "add_task")

    # --- Many, from the list ---

    @admin.action(description=_("Abort"), permissions=["abort"])
    def abort_selected(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        done = self._each(request, queryset, self._abort)
        if done:
            text = ngettext("%d task was aborted.", "%d tasks were aborted.", done) % done
            messages.success(request, text)

    @admin.action(description=_("Run again"), permissions=["run_again"])
    def run_again_selected(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        done = self._each(request, queryset, self._run_again)
        if done:
            text = ngettext("%d task runs again.", "%d tasks run again.", done) % done
            messages.success(request, text)

    def _each(
        self, request: HttpRequest, rows: QuerySet[Task], act: Callable[[HttpRequest, Task], Any]
    ) -> int:
        """Apply `act` to each task; show the reasons of failures; return how many succeeded."""
        done, reasons = 0, Counter[str]()
        if (count := rows.count()) > MAX_TASKS:
            words = gettext("%(count)d tasks are too many: choose at most %(most)d at once.")
            messages.error(request, words % {"count": count, "most": MAX_TASKS})
            return 0
        for task in rows.order_by("pk"):
            try:
                act(request, task)
                done += 1
            except DomainError as error:
                reasons[translate(error.message)] += 1
        for reason, count in reasons.items():
            words = ngettext("%d task left out:", "%d tasks left out:", count) % count
            messages.warning(request, f"{words} {reason}")
        return done

    # --- One, from its page ---

    @method_decorator(require_POST)
    def abort_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request, "view_task", "change_task")
        task = self._task(request, pk)
        try:
            self._abort(request, task)
            messages.success(request, gettext("The task was aborted."))
        except DomainError as error:
            show_error(request, error)
        return _page_of(task)

    @method_decorator(require_POST)
    def run_again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request, "view_task", "add_task")
        task = self._task(request, pk)
        try:
            again = self._run_again(request, task)
        except DomainError as error:
            show_error(request, error)
            return _page_of(task)
        messages.success(request, gettext("It runs again, as this new task."))
        return _page_of(again)

    def _task(self, request: HttpRequest, pk: int) -> Task:
        task = self.get_object(request, str(pk))
        if task is None:
            raise Http404
        return task

    def _abort(self, request: HttpRequest, task: Task) -> None:
        tasks.abort(task=task)
        self.log_change(request, task, gettext("Aborted."))

    def _run_again(self, request: HttpRequest, task: Task) -> Task:
        if not _may_run(request, task):
            why = gettext_noop("It would set a cover, which you may not do.")
            raise Conflict("permission_denied", Message(why))
        again = submission.rerun(
            task=task, interface=Task.Interface.CONSOLE, user=signed_in(request.user)
        )
        self.log_change(request, task, gettext("Run again as %s.") % again.task_id)
        return again


def can_run_again(request: HttpRequest, task: Task) -> bool:
    """Whether the button is shown: the task has ended, its video is readable, the user may."""
    if not task.is_ended or task.media is None:
        return False
    wanted = Media.Status.FAILED if task.kind == Task.Kind.PULL else Media.Status.READY
    if task.media.status != wanted:
        return False
    return may(request, "add_task") and _may_run(request, task)


def _may_run(request: HttpRequest, task: Task) -> bool:
    """A task that sets a cover needs the permission to change media."""
    sets_cover = task.operations.filter(type=Operation.Type.COVER).exists()
    return not sets_cover or may(request, "change_media")


def _page_of(task: Task) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:snapshots_task_change", args=[task.pk]))
