"""What the VOD API registers with the layers below once the app is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.tasks import task_id
from ..services.events import renderers
from . import task_ids

if TYPE_CHECKING:
    from ..models import Event
    from .conversions import Shape


def register() -> None:
    """Register the webhook body and the legacy task ids; loads neither generation's actions."""
    renderers.register(_webhook_body)
    task_id.register_form(prefix=task_ids.LEGACY_PREFIX, make=task_ids.new_legacy_snapshot_id)


def _webhook_body(event: Event) -> Shape:
    from . import callbacks  # every command registers, and few ever send a webhook

    return callbacks.body(event)
