"""A call's parameters: from the wire into one nested shape, checked against a declared schema."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from .errors import VodError

Params = dict[str, Any]

_MOST_PAIRS = 10_000
_DEEPEST = 12
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?([eE][+-]?[0-9]{1,2})?")
_PLACE = re.compile(r"[0-9]{1,9}")  # of an entry in a list; int() balks at thousands of digits
_LARGEST = sys.float_info.max  # JSON has whole numbers that no float holds
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def nest(pairs: Iterable[tuple[str, str]]) -> Params:
    """`A.B.0=x` as `{"A": {"B": {"0": "x"}}}`; schemas make lists of what has numbers for names.

    Raises VodError `InvalidParameter` for a name given twice, or as a value and as an object.
    """
    root: Params = {}
    for count, (name, value) in enumerate(pairs):
        parts = name.split(".")
        if count >= _MOST_PAIRS or len(parts) > _DEEPEST:
            raise VodError("InvalidParameter", "There are too many parameters.")
        place = root
        for part in parts[:-1]:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise VodError(
                    "InvalidParameter", f"{name[:64]} is given as a value and as an object."
                )
        if parts[-1] in place:
            raise VodError("InvalidParameter", f"{name[:64]} is given twice.")
        place[parts[-1]] = value
    return root


class Use(Enum):
    """What becomes of a field: it counts, it is taken and changes nothing, or it is refused."""

    HONOURED = "honoured"
    IGNORED = "ignored"
    REFUSED = "refused"


class Kind(Protocol):
    """A type of value. `loose` values come from a flattened query, where everything is text."""

    def read(self, value: Any, path: str, *, loose: bool) -> Any:
        """The value in Python's types. Raises VodError."""
        ...


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number between bounds; a `bad` one is `InvalidParameterValue.<bad>`."""

    least: int = -(2**63)
    most: int = 2**63 - 1
    bad: str = ""

    def read(self, value: Any, path: str, *, loose: bool) -> int:
        if loose and isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(path, "a whole number")
        if not self.least <= value <= self.most:
            raise bad_value(self.bad, f"{path} must lie between {self.least} and {self.most}.")
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number between bounds, as a float."""

    least: float = -math.inf
    most: float = math.inf
    bad: str = ""

    def read(self, value: Any, path: str, *, loose: bool) -> float:
        if loose and isinstance(value, str) and _NUMBER.fullmatch(value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise wrong_type(path, "a number")
        if not abs(value) <= _LARGEST or not self.least <= value <= self.most:
            raise bad_value(self.bad, f"{path} must lie between {self.least:g} and {self.most:g}.")
        return float(value)


@dataclass(frozen=True, slots=True)
class Text:
    """A string of at most `most` characters."""

    most: int = 4096
    bad: str = ""

    def read(self, value: Any, path: str, *, loose: bool) -> str:
        if not isinstance(value, str):
            raise wrong_type(path, "a string")
        if len(value) > self.most:
            raise bad_value(self.bad, f"{path} may have at most {self.most} characters.")
        if _UNSTORABLE.search(value):
            raise bad_value(self.bad, f"{path} holds a character that cannot be stored.")
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words, written exactly so."""

    words: tuple[str, ...]
    bad: str = ""

    def read(self, value: Any, path: str, *, loose: bool) -> str:
        if not isinstance(value, str):
            raise wrong_type(path, "a string")
        if value not in self.words:
            raise bad_value(self.bad, f"{path} must be one of: {', '.join(self.words)}.")
        return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one kind, of at most `most`; flattened ones count from anywhere, with gaps."""

    kind: Kind
    most: int = 1000
    bad: str = ""

    def read(self, value: Any, path: str, *, loose: bool) -> list[Any]:
        if loose and isinstance(value, dict) and all(map(_PLACE.fullmatch, value)):
            value = [value[number] for number in sorted(value, key=int)]
        if not isinstance(value, list):
            raise wrong_type(path, "a list")
        if len(value) > self.most:
            raise bad_value(self.bad, f"{path} may have at most {self.most} entries.")
        return [self.kind.read(v, f"{path}.{n}", loose=loose) for n, v in enumerate(value)]


@dataclass(frozen=True, slots=True)
class Anything:
    """Whatever it is: for fields that are ignored or refused as a whole."""

    def read(self, value: Any, path: str, *, loose: bool) -> Any:
        return value


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `default` stands for an absent one; without it the name is absent too.

    Of one that is refused, `neutral` values ask for nothing.
    """

    kind: Kind
    required: bool = False
    default: Any = None
    use: Use = Use.HONOURED
    neutral: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """An object with known fields: the schema of an action, or of a part of one."""

    fields: Mapping[str, Field] = field(default_factory=dict)

    def read(self, value: Any, path: str = "", *, loose: bool = False) -> Params:
        """Every known field that is given, and the defaults.

        Raises VodError: `UnknownParameter`, `MissingParameter`, `UnsupportedOperation`, and what
        the kinds say.
        """
        if not isinstance(value, dict):
            raise wrong_type(path or "The body", "an object")
        for name in value:
            if name not in self.fields:
                raise VodError("UnknownParameter", f"There is no parameter {_join(path, name)}.")
        found: Params = {}
        for name, known in self.fields.items():
            given = value.get(name)
            if given is None:
                self._stand_in(found, name, known, path)
            else:
                _take(found, name, known, given, _join(path, name), loose=loose)
        return found

    @staticmethod
    def _stand_in(found: Params, name: str, known: Field, path: str) -> None:
        if known.required:
            raise VodError("MissingParameter", f"The parameter {_join(path, name)} is missing.")
        if known.default is not None:
            found[name] = known.default


def _take(found: Params, name: str, known: Field, given: Any, path: str, *, loose: bool) -> None:
    if known.use is Use.REFUSED:
        if given not in _EMPTY and given not in known.neutral:
            raise VodError("UnsupportedOperation", f"MediaHub does not do {path}. Leave it out.")
        return
    read = known.kind.read(given, path, loose=loose)
    if known.use is Use.HONOURED:
        found[name] = read


def required(kind: Kind) -> Field:
    return Field(kind, required=True)


def ignored(kind: Kind) -> Field:
    """Checked for its type, and then left out."""
    return Field(kind, use=Use.IGNORED)


def refused(*neutral: Any) -> Field:
    """What is asked for by it is not done, so asking for it must not seem to work.

    Empty values and those in `neutral` ask for nothing.
    """
    texts = tuple(str(value) for value in neutral)  # as a query has them
    return Field(Anything(), use=Use.REFUSED, neutral=(*neutral, *texts))


def wrong_type(path: str, wanted: str) -> VodError:
    return VodError("InvalidParameter", f"{path} must be {wanted}.")


def bad_value(field: str, message: str) -> VodError:
    """`InvalidParameterValue.<field>`, or without a field where the dialect has no such code."""
    return VodError(f"InvalidParameterValue.{field}" if field else "InvalidParameterValue", message)


def _join(path: str, name: str) -> str:
    shown = name[:64]
    return f"{path}.{shown}" if path else shown
