"""The audit log: who changed what by which interface, in the history that the console shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.apps import apps
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, transaction
from django.db.models import Model

log = structlog.get_logger()

FLAGS = {"add": ADDITION, "change": CHANGE, "delete": DELETION}
_PUBLIC = {"media": "file_id", "task": "task_id"}  # public ids of rows; else the key
_NAMED_IN_CALLS = {**_PUBLIC, "snapshottemplate": "definition", "snapshot": "id"}
_MAX_REPR = 200


def note(*, user: User, model: str, public_id: str, right: str, how: str) -> None:
    """Record a change that was made. Commits; if the database fails, it is logged instead.

    `right` is `add`, `change` or `delete`; `how` names the interface and the call, and no
    values: they may be secrets.
    """
    try:
        with transaction.atomic():
            _write(user, model, public_id, right, how)
    except DatabaseError as error:  # the change itself is done: to fail now would be to lie
        log.warning(
            "a change is missing in the audit log", user=user.pk, model=model, row=public_id,
            right=right, how=how, error=str(error),
        )  # fmt: skip


def public_id(model: str, named: Mapping[str, Any]) -> str:
    """The id of the row that a call's parameters or its response name; empty where none is."""
    return str(named.get(_NAMED_IN_CALLS.get(model, "")) or "")


def _write(user: User, model: str, public_id: str, right: str, how: str) -> None:
    model_class = apps.get_model("snapshots", model)
    row = _row(model_class, model, public_id)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(model_class),
        object_id=str(row.pk) if row else public_id,
        object_repr=(str(row) if row else public_id or model_class._meta.verbose_name)[:_MAX_REPR],
        action_flag=FLAGS[right],
        change_message=how,
    )


def _row(model_class: type[Model], model: str, public_id: str) -> Model | None:
    """The changed row, `None` if it was deleted or the change is of no single row."""
    field = _PUBLIC.get(model, "pk")
    if not public_id or (field == "pk" and not (public_id.isascii() and public_id.isdecimal())):
        return None
    return model_class._default_manager.filter(**{field: public_id}).first()
