"""A task's status as shown: a finished task ran, but its time points may have failed."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable, NegatedExpression
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...models import Operation, Snapshot, Task
from ..ui import formatting

_RAN = (Task.Status.FINISHED, Task.Status.FAILED)


@dataclass(frozen=True, slots=True)
class ShownStatus:
    """A task's status as shown: its colour and its text."""

    state: str
    words: str

    @property
    def badge(self) -> SafeString:
        return formatting.badge(self.state, self.words)


def with_failures(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Annotate tasks with how many time points failed, and prefetch operations, for `of`."""
    failed = Snapshot.objects.filter(operation__task=OuterRef("pk"), picture="").order_by()
    counted = failed.values("operation__task").annotate(count=Count("pk")).values("count")
    count = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return rows.prefetch_related("operations").annotate(failed_points=count)


def of(task: Any) -> ShownStatus:
    """The status of a task from `with_failures`."""
    words = str(task.get_status_display())
    states = {operation.status for operation in task.operations.all()}
    if task.status != Task.Status.FINISHED or states <= {Operation.Status.SUCCEEDED}:
        return ShownStatus(task.status, words)
    is_all = states == {Operation.Status.FAILED}
    return ShownStatus("failed" if is_all else "partial", f"{words}, {_failed(task, is_all)}")


def _failed(task: Any, is_all: bool) -> str:
    """How many points failed; with a deleted media item their rows are deleted too."""
    asked = sum(len(operation.at) for operation in task.operations.all())
    failed = asked if is_all else task.failed_points
    if not failed:
        return _("some failed")
    return _("%(failed)d of %(asked)d failed") % {"failed": failed, "asked": asked}


class ByOutcome(admin.SimpleListFilter):
    """Tasks that ran, by how many of their operations succeeded."""

    title = gettext_lazy("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("all", _("All came out")),
            ("some", _("Some failed")),
            ("none", _("All failed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Task]) -> QuerySet[Task]:
        mine = Operation.objects.filter(task=OuterRef("pk"))
        whole = mine.filter(status=Operation.Status.SUCCEEDED)
        failed = mine.filter(status=Operation.Status.FAILED)
        outcomes: dict[str, list[Exists | NegatedExpression[Combinable]]] = {
            "all": [Exists(whole), ~Exists(mine.exclude(status=Operation.Status.SUCCEEDED))],
            "some": [Exists(mine.exclude(status=Operation.Status.SUCCEEDED)),
                     Exists(mine.exclude(status=Operation.Status.FAILED))],
            "none": [Exists(failed), ~Exists(mine.exclude(status=Operation.Status.FAILED))],
        }  # fmt: skip
        conditions = outcomes.get(self.value() or "")
        return queryset.filter(*conditions, status__in=_RAN) if conditions else queryset
