"""The legacy generation, API 2.0 of 2017: importing it registers its actions."""

from . import events, media, process, tasks
from .actions import ACTIONS

__all__ = ["ACTIONS", "events", "media", "process", "tasks"]
