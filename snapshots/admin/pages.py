"""All pages of the console. Importing this registers them with the site."""

from . import access, events, media, snapshots, tasks, templates

__all__ = ["access", "events", "media", "snapshots", "tasks", "templates"]
