"""Specs of a task: validated, and built into operations with templates frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import Conflict, FieldProblem, Invalid, Unprocessable
from ...messages import message as _
from ...models import Media, Operation, SnapshotTemplate
from ...video.errors import VideoError
from ...video.timepoints import parse
from .. import templates as template_service

MAX_POINTS = 100
_PROBING_RETRY_S = 2


@dataclass(frozen=True, slots=True)
class SnapshotSpec:
    """Pictures at the time points `at`, rendered by one template."""

    template: int
    at: Sequence[str]
    mode: str = Operation.Mode.EXACT


@dataclass(frozen=True, slots=True)
class CoverSpec:
    """The picture at the time point `at` as the media's cover."""

    template: int
    at: str


@dataclass(frozen=True, slots=True)
class _Step:
    type: Operation.Type
    path: str
    template: int
    at: Sequence[str]
    mode: str


def build_operations(
    *,
    media: Media,
    snapshots: Sequence[SnapshotSpec],
    covers: Sequence[CoverSpec],
    priority: int,
) -> list[Operation]:
    """Unsaved operations, snapshots first, with templates frozen. Raises as `submission.submit`."""
    steps, templates = _validated(snapshots, covers, priority)
    require_ready(media)
    for template in templates.values():
        template_service.check_output_size(
            media=media, spec=template_service.spec(template.as_values())
        )
    return [
        Operation(
            index=index,
            type=step.type,
            definition=step.template,
            template=templates[step.template].as_values(),
            mode=step.mode,
            at=list(step.at),
        )
        for index, step in enumerate(steps)
    ]


def validate(*, snapshots: Sequence[SnapshotSpec], covers: Sequence[CoverSpec]) -> None:
    """Raises `Invalid` for specs that are wrong for any media."""
    _validated(snapshots, covers, 0)


def require_ready(media: Media) -> None:
    """Raises `Conflict` while the media is pulled or probed, `Unprocessable` if that failed."""
    if media.status == Media.Status.FAILED:
        code = media.error_code if media.error_code == "no_video" else "unreadable"
        raise Unprocessable(code, media.error or _("This video could not be read."))
    if media.status != Media.Status.READY:
        raise Conflict(
            "media_not_ready",
            _("The video is still being analysed. Try again in a moment."),
            retry_after_s=_PROBING_RETRY_S,
        )


def _validated(
    snapshots: Sequence[SnapshotSpec], covers: Sequence[CoverSpec], priority: int
) -> tuple[list[_Step], dict[int, SnapshotTemplate]]:
    steps = _steps(snapshots, covers)
    templates = SnapshotTemplate.objects.in_bulk({step.template for step in steps})
    problems = [
        *_request_problems(steps, priority),
        *(problem for step in steps for problem in _problems(step, templates)),
    ]
    if problems:
        raise Invalid(problems)
    return steps, templates


def _steps(snapshots: Sequence[SnapshotSpec], covers: Sequence[CoverSpec]) -> list[_Step]:
    return [
        *(
            _Step(Operation.Type.SNAPSHOT, f"snapshots.{i}", spec.template, spec.at, spec.mode)
            for i, spec in enumerate(snapshots)
        ),
        *(
            _Step(
                Operation.Type.COVER,
                f"covers.{i}",
                spec.template,
                [spec.at],
                Operation.Mode.EXACT,
            )
            for i, spec in enumerate(covers)
        ),
    ]


def _request_problems(steps: list[_Step], priority: int) -> list[FieldProblem]:
    found = []
    points = sum(len(step.at) for step in steps)
    if points == 0:
        found.append(
            FieldProblem("snapshots", "required", _("Name at least one time point or cover."))
        )
    if points > MAX_POINTS:
        found.append(
            FieldProblem(
                "snapshots",
                "too_many_points",
                _(
                    "%(count)s time points are too many: at most %(max)s in one request.",
                    count=points,
                    max=MAX_POINTS,
                ),
            )
        )
    if not -10 <= priority <= 10:
        found.append(FieldProblem("priority", "out_of_range", _("Use a priority from -10 to 10.")))
    return found


def _problems(step: _Step, templates: dict[int, SnapshotTemplate]) -> list[FieldProblem]:
    found = []
    if step.template not in templates:
        found.append(
            FieldProblem(
                f"{step.path}.template",
                "template_not_found",
                _("There is no template %(id)s.", id=step.template),
            )
        )
    if not step.at:
        found.append(
            FieldProblem(f"{step.path}.at", "required", _("Name at least one time point."))
        )
    if step.mode not in Operation.Mode.values:
        found.append(
            FieldProblem(
                f"{step.path}.mode",
                "invalid_choice",
                _("Use one of: %(choices)s.", choices="exact, keyframe"),
            )
        )
    return [*found, *_point_problems(step)]


def _point_problems(step: _Step) -> list[FieldProblem]:
    found = []
    for index, text in enumerate(step.at):
        path = f"{step.path}.at"
        if step.type == Operation.Type.SNAPSHOT:
            path = f"{path}.{index}"
        try:
            parse(text)
        except VideoError as error:
            found.append(FieldProblem(path, error.code, error.message))
    return found
