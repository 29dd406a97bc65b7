"""Registers every page of the console with its site, by being imported."""

from . import access, snapshots, templates
from .events import admin as events
from .events import config as event_config
from .media import admin as media
from .tasks import admin as tasks

__all__ = ["access", "event_config", "events", "media", "snapshots", "tasks", "templates"]
