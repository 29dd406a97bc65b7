"""The registry of the legacy generation, and parameters that many of its actions share."""

from __future__ import annotations

from ..registry import Actions
from ..schema import Text, required

ACTIONS = Actions()

FILE_ID = required(Text(64, bad="FileId"))
