"""App configurations of the app and of its console."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class SnapshotsConfig(AppConfig):
    name = "snapshots"
    verbose_name = "MediaHub"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers the system checks
        from .vod import registration

        registration.register()


class ConsoleConfig(SimpleAdminConfig):
    """The admin, whose pages are loaded with the URLconf: commands need none of them."""

    default_site = "snapshots.admin.site.Console"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(_check_pages, checks.Tags.admin)


def _check_pages(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """Django's own check of the admin, after loading its pages."""
    import_module(settings.ROOT_URLCONF)
    return check_admin_app(app_configs, **options)
