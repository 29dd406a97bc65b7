"""Types of parameters: each reads a value, and raises VodError for a wrong one."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import VodError

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?([eE][+-]?[0-9]{1,2})?")
_INDEX = re.compile(r"[0-9]{1,9}")  # of a list's entry; int() rejects thousands of digits
_MAX_FLOAT = sys.float_info.max  # JSON has whole numbers that no float can represent
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


class ParamType(Protocol):
    """A type of value. With `from_text` values come from a flattened query, all as strings."""

    def read(self, value: Any, path: str, *, from_text: bool) -> Any:
        """The value in Python's types. Raises VodError."""
        ...


@dataclass(frozen=True, slots=True)
class IntegerParam:
    """A whole number between bounds; one outside is `InvalidParameterValue.<code>`."""

    minimum: int = -(2**63)
    maximum: int = 2**63 - 1
    code: str = ""

    def read(self, value: Any, path: str, *, from_text: bool) -> int:
        if from_text and isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(path, "a whole number")
        if not self.minimum <= value <= self.maximum:
            raise invalid_value(
                self.code, f"{path} must lie between {self.minimum} and {self.maximum}."
            )
        return value


@dataclass(frozen=True, slots=True)
class NumberParam:
    """A finite number between bounds, as a float."""

    minimum: float = -math.inf
    maximum: float = math.inf
    code: str = ""

    def read(self, value: Any, path: str, *, from_text: bool) -> float:
        if from_text and isinstance(value, str) and _NUMBER.fullmatch(value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise wrong_type(path, "a number")
        if not abs(value) <= _MAX_FLOAT or not self.minimum <= value <= self.maximum:
            raise invalid_value(
                self.code, f"{path} must lie between {self.minimum:g} and {self.maximum:g}."
            )
        return float(value)


@dataclass(frozen=True, slots=True)
class TextParam:
    """A string of at most `max_length` characters."""

    max_length: int = 4096
    code: str = ""

    def read(self, value: Any, path: str, *, from_text: bool) -> str:
        if not isinstance(value, str):
            raise wrong_type(path, "a string")
        if len(value) > self.max_length:
            raise invalid_value(self.code, f"{path} may have at most {self.max_length} characters.")
        if _UNSTORABLE.search(value):
            raise invalid_value(self.code, f"{path} holds a character that cannot be stored.")
        return value


@dataclass(frozen=True, slots=True)
class ChoiceParam:
    """One of a few words, written exactly so."""

    words: tuple[str, ...]
    code: str = ""

    def read(self, value: Any, path: str, *, from_text: bool) -> str:
        if not isinstance(value, str):
            raise wrong_type(path, "a string")
        if value not in self.words:
            raise invalid_value(self.code, f"{path} must be one of: {', '.join(self.words)}.")
        return value


@dataclass(frozen=True, slots=True)
class ListParam:
    """A list of one type; indexes of flattened lists may start anywhere and have gaps."""

    kind: ParamType
    max_items: int = 1000
    code: str = ""

    def read(self, value: Any, path: str, *, from_text: bool) -> list[Any]:
        if from_text and isinstance(value, dict) and all(map(_INDEX.fullmatch, value)):
            value = [value[number] for number in sorted(value, key=int)]
        if not isinstance(value, list):
            raise wrong_type(path, "a list")
        if len(value) > self.max_items:
            raise invalid_value(self.code, f"{path} may have at most {self.max_items} entries.")
        return [self.kind.read(v, f"{path}.{n}", from_text=from_text) for n, v in enumerate(value)]


@dataclass(frozen=True, slots=True)
class AnyParam:
    """Any value: for parameters that are unsupported as a whole."""

    def read(self, value: Any, path: str, *, from_text: bool) -> Any:
        return value


def wrong_type(path: str, wanted: str) -> VodError:
    return VodError("InvalidParameter", f"{path} must be {wanted}.")


def invalid_value(code: str, message: str) -> VodError:
    """`InvalidParameterValue.<code>`, or without it if the VOD API has no such code."""
    return VodError(f"InvalidParameterValue.{code}" if code else "InvalidParameterValue", message)
