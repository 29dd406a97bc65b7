"""What of the dialect is honoured, as tables for docs/vod-api.md, from the schemas themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from . import current, legacy
from .registry import Action, Actions
from .schema import Field, ListOf, Structure, Use

_HEAD = ("action", "honoured", "taken and ignored", "refused")


def tables() -> str:
    """Both generations in Markdown, actions by name, older names beside newer ones."""
    return "\n".join(
        [
            "### Current generation (2018-07-17)\n",
            *_table(current.ACTIONS),
            "\n### Legacy generation (2017)\n",
            *_table(legacy.ACTIONS),
        ]
    )


def _table(actions: Actions) -> Iterator[str]:
    yield f"| {' | '.join(_HEAD)} |"
    yield "| --- | --- | --- | --- |"
    ordered = sorted(actions, key=lambda action: (action.run.__module__, action.run.__name__))
    rows = [list(same) for _, same in groupby(ordered, key=lambda action: action.run)]
    for same in sorted(rows, key=lambda same: same[0].name):
        yield _row(same)


def _row(same: list[Action]) -> str:
    names = ", ".join(f"`{action.name}`" for action in same)
    cells = [
        ", ".join(f"`{name}`" for name, field in _fields(same[0].schema) if field.use is use)
        for use in (Use.HONOURED, Use.IGNORED, Use.REFUSED)
    ]
    return f"| {names} | {' | '.join(cell or '–' for cell in cells)} |"


def _fields(schema: Structure, path: str = "") -> Iterator[tuple[str, Field]]:
    """Every field with its path; of structures their fields."""
    for name, field in schema.fields.items():
        kind = field.kind.kind if isinstance(field.kind, ListOf) else field.kind
        if isinstance(kind, Structure):
            yield from _fields(kind, f"{path}{name}.")
        else:
            yield f"{path}{name}", field
