"""The registry of the current generation, and parameters that many of its actions share."""

from __future__ import annotations

from ..registry import Actions
from ..schema import Integer, Text, ignored, required

VERSION = "2018-07-17"
ACTIONS = Actions()

SUB_APP = {"SubAppId": ignored(Integer())}  # one library, one account
FILE_ID = required(Text(64, bad="FileId"))
