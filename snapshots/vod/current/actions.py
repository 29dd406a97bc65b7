"""The registry of the current generation, and parameters that many of its actions share."""

from __future__ import annotations

from ..param_types import IntegerParam, TextParam
from ..registry import Actions
from ..schema import ignored, required

VERSION = "2018-07-17"
ACTIONS = Actions()

SUB_APP = {"SubAppId": ignored(IntegerParam())}  # one library, one account
FILE_ID = required(TextParam(64, code="FileId"))
