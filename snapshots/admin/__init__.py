"""The console: Django's admin, with the work's own pages."""

from . import access, events, media, snapshots, tasks, templates

__all__ = ["access", "events", "media", "snapshots", "tasks", "templates"]
