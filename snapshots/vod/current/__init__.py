"""The current generation, version 2018-07-17: importing it registers its actions."""

from . import events, media, media_search, procedures, process, pulls, tasks, templates
from .actions import ACTIONS, VERSION

__all__ = [
    "ACTIONS",
    "VERSION",
    "events",
    "media",
    "media_search",
    "procedures",
    "process",
    "pulls",
    "tasks",
    "templates",
]
