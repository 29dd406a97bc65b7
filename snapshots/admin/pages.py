"""All pages of the console. Importing this registers them with the site."""

from . import access, event_config, events, media, snapshots, tasks, templates

__all__ = ["access", "event_config", "events", "media", "snapshots", "tasks", "templates"]
