"""The registry of the legacy generation, and parameters that many of its actions share."""

from __future__ import annotations

from ..param_types import TextParam
from ..registry import Actions
from ..schema import required

ACTIONS = Actions()

FILE_ID = required(TextParam(64, code="FileId"))
