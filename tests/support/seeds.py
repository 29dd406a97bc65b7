"""Presets and groups as seeding makes them, at the price of one or two queries.

What the product's own seeding makes is remembered the first time; most tests begin with it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission

from snapshots.models import SnapshotTemplate
from snapshots.services.presets import seed
from snapshots.services.security import access_keys

_LEFT_OUT = ("created_at", "updated_at")  # they say when a row was made: now
_NAME = ("content_type__app_label", "codename")  # a right's id may be another in the next test
_presets: list[dict[str, Any]] = []
_rights: dict[str, list[tuple[str, str]]] = {}


def presets() -> None:
    """Like `presets.seed()`."""
    if _presets and not SnapshotTemplate.objects.exists():
        SnapshotTemplate.objects.bulk_create(SnapshotTemplate(**row) for row in _presets)
        return
    was_empty = not SnapshotTemplate.objects.exists()
    seed()
    if was_empty:
        names = [f.name for f in SnapshotTemplate._meta.fields if f.name not in _LEFT_OUT]
        _presets[:] = SnapshotTemplate.objects.values(*names)


def groups() -> None:
    """Like `access_keys.seed_groups()`."""
    if _rights and not Group.objects.exists():
        rows = Permission.objects.values_list(*_NAME, "pk")
        ids = {(app, codename): pk for app, codename, pk in rows}
        made = Group.objects.bulk_create(Group(name=name) for name in _rights)
        link = Group.permissions.through
        link.objects.bulk_create(
            link(group_id=group.pk, permission_id=ids[right])
            for group in made for right in _rights[group.name]
        )  # fmt: skip
        return
    was_empty = not Group.objects.exists()
    access_keys.seed_groups()
    if was_empty:
        _rights.update(
            (group.name, list(group.permissions.values_list(*_NAME)))
            for group in Group.objects.all()
        )
