"""Saved flows: what a task is asked for, under a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from ...errors import Conflict, FieldProblem, Invalid, NotFound
from ...messages import message as _
from ...models import Procedure
from .specs import CoverSpec, SnapshotSpec, check

MAX_PROCEDURES = 50
MAX_NAME, MAX_COMMENT = 20, 256


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a flow asks for, as `orders.submit` takes it."""

    snapshots: list[SnapshotSpec]
    covers: list[CoverSpec]


def get(*, name: str) -> Procedure:
    try:
        return Procedure.objects.get(name=name)
    except Procedure.DoesNotExist as error:
        raise NotFound(
            "procedure_not_found", _("There is no flow named %(name)s.", name=name)
        ) from error


def listed(*, names: Sequence[str] = ()) -> QuerySet[Procedure]:
    """All flows, or those of these names."""
    rows = Procedure.objects.all()
    return rows.filter(name__in=names) if names else rows


def delete(*, name: str) -> None:
    """Raises `NotFound`."""
    get(name=name).delete()


def create(
    *, name: str, comment: str, snapshots: Sequence[SnapshotSpec], covers: Sequence[CoverSpec]
) -> Procedure:
    """Save a flow. Raises `Invalid` as `orders.submit`, `Conflict` (`procedure_exists`,
    `too_many_procedures`).
    """
    row = Procedure(name=name)
    _fill(row, comment, snapshots, covers)
    try:
        with transaction.atomic():
            _refuse_one_too_many()
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "procedure_exists", _("There is a flow named %(name)s already.", name=name)
        ) from error
    return row


def replace(
    *,
    row: Procedure,
    comment: str,
    snapshots: Sequence[SnapshotSpec],
    covers: Sequence[CoverSpec],
) -> None:
    """Give the flow other contents. Raises `Invalid`."""
    _fill(row, comment, snapshots, covers)
    row.save(update_fields=["comment", "snapshots", "covers", "updated_at"])


def wishes(row: Procedure) -> Wishes:
    """What the flow asks for today: the templates it names, as they are when it runs."""
    return Wishes(
        [SnapshotSpec(template=step["template"], at=step["at"]) for step in row.snapshots],
        [CoverSpec(template=step["template"], at=step["at"]) for step in row.covers],
    )


def _refuse_one_too_many() -> None:
    """Holds the flows that there are, so that of two at once the second counts the first."""
    list(Procedure.objects.select_for_update().values_list("pk"))
    if Procedure.objects.count() >= MAX_PROCEDURES:
        raise Conflict(
            "too_many_procedures",
            _("There are %(count)s flows already. Delete one first.", count=MAX_PROCEDURES),
        )


def _fill(
    row: Procedure, comment: str, snapshots: Sequence[SnapshotSpec], covers: Sequence[CoverSpec]
) -> None:
    problems = []
    if not 1 <= len(row.name) <= MAX_NAME or not row.name.isprintable():
        problems.append(
            FieldProblem(
                "name", "invalid_name", _("Use a name of 1 to %(max)s characters.", max=MAX_NAME)
            )
        )
    if len(comment) > MAX_COMMENT:
        problems.append(
            FieldProblem(
                "comment", "too_long", _("Use at most %(max)s characters.", max=MAX_COMMENT)
            )
        )
    if problems:
        raise Invalid(problems)
    check(snapshots=snapshots, covers=covers)
    row.comment = comment
    row.snapshots = [_step(wish) for wish in snapshots]
    row.covers = [_step(wish) for wish in covers]


def _step(wish: SnapshotSpec | CoverSpec) -> dict[str, Any]:
    at = list(wish.at) if isinstance(wish, SnapshotSpec) else wish.at
    return {"template": wish.template, "at": at}
