"""The registry of the legacy generation, and parameters that many of its actions share."""

from __future__ import annotations

from ..params import Text, required
from ..registry import Actions

ACTIONS = Actions()

FILE_ID = required(Text(64, bad="FileId"))
