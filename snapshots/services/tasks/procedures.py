"""Procedures: saved sets of specs, under a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from ...errors import Conflict, FieldProblem, Invalid, NotFound
from ...messages import message as _
from ...models import Procedure
from ..names import is_visible, normalised
from .specs import CoverSpec, SnapshotSpec, validate

MAX_PROCEDURES = 50
MAX_NAME, MAX_COMMENT = 20, 256


@dataclass(frozen=True, slots=True)
class ProcedureSpecs:
    """The specs of a procedure, as `submission.submit` takes them."""

    snapshots: list[SnapshotSpec]
    covers: list[CoverSpec]


def get(*, name: str) -> Procedure:
    try:
        return Procedure.objects.get(name=normalised(name))
    except Procedure.DoesNotExist as error:
        raise NotFound(
            "procedure_not_found", _("There is no flow named %(name)s.", name=name)
        ) from error


def listed(*, names: Sequence[str] = ()) -> QuerySet[Procedure]:
    """All procedures, or those of these names."""
    rows = Procedure.objects.all()
    return rows.filter(name__in=[normalised(name) for name in names]) if names else rows


def delete(*, name: str) -> None:
    """Raises `NotFound`."""
    get(name=name).delete()


def create(
    *, name: str, comment: str, snapshots: Sequence[SnapshotSpec], covers: Sequence[CoverSpec]
) -> Procedure:
    """Save a procedure. Raises `Invalid` as `submission.submit`, `Conflict` (`procedure_exists`,
    `too_many_procedures`).
    """
    row = Procedure(name=normalised(name))
    _fill(row, comment, snapshots, covers)
    try:
        with transaction.atomic():
            _check_count()
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
    """Replace the procedure's specs. Raises `Invalid`."""
    _fill(row, comment, snapshots, covers)
    row.save(update_fields=["comment", "snapshots", "covers", "updated_at"])


def specs(row: Procedure) -> ProcedureSpecs:
    """The procedure's specs; the templates they name apply as they are when it runs."""
    return ProcedureSpecs(
        [SnapshotSpec(template=step["template"], at=step["at"]) for step in row.snapshots],
        [CoverSpec(template=step["template"], at=step["at"]) for step in row.covers],
    )


def _check_count() -> None:
    """Locks the existing procedures, so that of two at once the second counts the first."""
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
    is_readable = row.name.isprintable() and is_visible(row.name)
    if not 1 <= len(row.name) <= MAX_NAME or not is_readable:
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
    validate(snapshots=snapshots, covers=covers)
    row.comment = comment
    row.snapshots = [_step(spec) for spec in snapshots]
    row.covers = [_step(spec) for spec in covers]


def _step(spec: SnapshotSpec | CoverSpec) -> dict[str, Any]:
    at = list(spec.at) if isinstance(spec, SnapshotSpec) else spec.at
    return {"template": spec.template, "at": at}
