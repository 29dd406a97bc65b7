"""Public task ids: the usual form, and forms that an interface registers for its own tasks."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.conf import settings

_makers: dict[str, Callable[[], str]] = {}


def new_task_id() -> str:
    """An id in the usual form: `<app id>-procedurev2-<32 hex>t0`."""
    return f"{settings.MEDIAHUB_APP_ID}-procedurev2-{secrets.token_hex(16)}t0"


def register_form(*, prefix: str, make: Callable[[], str]) -> None:
    """Let reruns of tasks whose id begins with `prefix` get an id from `make`."""
    _makers[prefix] = make


def new_id_like(task_id: str) -> str:
    """A new id in the form of another."""
    for prefix, make in _makers.items():
        if task_id.startswith(prefix):
            return make()
    return new_task_id()
