"""Schemas of calls: parameters in one nested shape, checked against their declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .errors import VodError
from .param_types import AnyParam, ParamType, wrong_type

Params = dict[str, Any]

_MAX_PAIRS = 10_000
_MAX_DEPTH = 12
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def nest(pairs: Iterable[tuple[str, str]]) -> Params:
    """`A.B.0=x` as `{"A": {"B": {"0": "x"}}}`; schemas turn objects with numeric names into lists.

    Raises VodError `InvalidParameter` for a name given twice, or as a value and as an object.
    """
    root: Params = {}
    for count, (name, value) in enumerate(pairs):
        parts = name.split(".")
        if count >= _MAX_PAIRS or len(parts) > _MAX_DEPTH:
            raise VodError("InvalidParameter", "There are too many parameters.")
        parent = root
        for part in parts[:-1]:
            parent = parent.setdefault(part, {})
            if not isinstance(parent, dict):
                raise VodError(
                    "InvalidParameter", f"{name[:64]} is given as a value and as an object."
                )
        if parts[-1] in parent:
            raise VodError("InvalidParameter", f"{name[:64]} is given twice.")
        parent[parts[-1]] = value
    return root


class Support(Enum):
    """Whether a parameter has an effect, is accepted without effect, or is an error."""

    HONOURED = "honoured"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter. `default` replaces an absent one; without a default the name stays absent.

    Of one that is refused, `neutral` values are accepted: they have no effect.
    """

    kind: ParamType
    required: bool = False
    default: Any = None
    support: Support = Support.HONOURED
    neutral: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """An object with known parameters: the schema of an action, or of a part of one."""

    params: Mapping[str, Param] = field(default_factory=dict)

    def read(self, value: Any, path: str = "", *, from_text: bool = False) -> Params:
        """The parameters that are given, and the defaults of others.

        Raises VodError: `UnknownParameter`, `MissingParameter`, `UnsupportedOperation`, and those
        of the types.
        """
        if not isinstance(value, dict):
            raise wrong_type(path or "The body", "an object")
        for name in value:
            if name not in self.params:
                raise VodError("UnknownParameter", f"There is no parameter {_join(path, name)}.")
        values: Params = {}
        for name, param in self.params.items():
            given = value.get(name)
            if given is None:
                self._set_default(values, name, param, path)
            else:
                _read(values, name, param, given, _join(path, name), from_text=from_text)
        return values

    @staticmethod
    def _set_default(values: Params, name: str, param: Param, path: str) -> None:
        if param.required:
            raise VodError("MissingParameter", f"The parameter {_join(path, name)} is missing.")
        if param.default is not None:
            values[name] = param.default


def _read(
    values: Params, name: str, param: Param, given: Any, path: str, *, from_text: bool
) -> None:
    if param.support is Support.REFUSED:
        if given not in _EMPTY and given not in param.neutral:
            raise VodError("UnsupportedOperation", f"MediaHub does not do {path}. Leave it out.")
        return
    read = param.kind.read(given, path, from_text=from_text)
    if param.support is Support.HONOURED:
        values[name] = read


def required(kind: ParamType) -> Param:
    return Param(kind, required=True)


def ignored(kind: ParamType) -> Param:
    """A parameter that is checked for its type and has no effect."""
    return Param(kind, support=Support.IGNORED)


def refused(*neutral: Any) -> Param:
    """A parameter that is not supported: an error, so that it does not seem to work.

    Empty values and those in `neutral` are accepted.
    """
    texts = tuple(str(value) for value in neutral)  # as a query has them
    return Param(AnyParam(), support=Support.REFUSED, neutral=(*neutral, *texts))


def _join(path: str, name: str) -> str:
    shown = name[:64]
    return f"{path}.{shown}" if path else shown
