"""The app and the console, as Django is to know them."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class SnapshotsConfig(AppConfig):
    name = "snapshots"
    verbose_name = "MediaHub"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system checks


class ConsoleConfig(AdminConfig):
    default_site = "snapshots.admin.site.Console"

    def ready(self) -> None:
        super().ready()
        from .admin import pages  # noqa: F401  registers them; the site must be there before
