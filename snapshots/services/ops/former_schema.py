"""Databases of earlier development versions: recognised, so that nothing is written to them."""

from __future__ import annotations

import pkgutil

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ... import migrations

_APP = "snapshots"


def is_former() -> bool:
    """Whether the database has migrations that this version does not, and lacks some of ours.

    A database that has all of ours and more is one of a later version. Reads one table.
    """
    ours = {module.name for module in pkgutil.iter_modules(migrations.__path__)}
    applied = {
        name for app, name in MigrationRecorder(connection).applied_migrations() if app == _APP
    }
    return bool(applied - ours and ours - applied)


def advice() -> str:
    """What to do about it, in one line."""
    if connection.vendor == "sqlite":
        what = f"The data in {settings.MEDIAHUB_DATA} were"
        move = "Move that folder away, or set MEDIAHUB_DATA to a new one"
    else:
        what = f"The database {connection.settings_dict['NAME']} was"
        move = "Set DATABASE_URL to a new database and MEDIAHUB_DATA to a new folder"
    return (
        f"{what} written by an earlier development version of MediaHub, which this version cannot "
        f"read. {move}, then import the videos again with: manage.py import_media"
    )
