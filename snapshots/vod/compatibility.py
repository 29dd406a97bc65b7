"""The compatibility tables of docs/vod-api.md, made from the schemas."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from . import current, legacy
from .param_types import ListParam
from .registry import Action, Actions
from .schema import Param, Structure, Support

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
    rows = [list(aliases) for _, aliases in groupby(ordered, key=lambda action: action.run)]
    for aliases in sorted(rows, key=lambda aliases: aliases[0].name):
        yield _row(aliases)


def _row(aliases: list[Action]) -> str:
    params = list(_params(aliases[0].schema))
    names = ", ".join(f"`{action.name}`" for action in aliases)
    cells = [
        ", ".join(f"`{name}`" for name, param in params if param.support is support)
        for support in (Support.HONOURED, Support.IGNORED, Support.REFUSED)
    ]
    return f"| {names} | {' | '.join(cell or '–' for cell in cells)} |"


def _params(schema: Structure, path: str = "") -> Iterator[tuple[str, Param]]:
    """Every parameter with its path; of structures their parameters."""
    for name, param in schema.params.items():
        kind = param.kind.kind if isinstance(param.kind, ListParam) else param.kind
        if isinstance(kind, Structure):
            yield from _params(kind, f"{path}{name}.")
        else:
            yield f"{path}{name}", param
