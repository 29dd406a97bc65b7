"""Bodies of pushed events, in the form of the generation that submitted the task."""

from __future__ import annotations

from ..models import Event, Task
from .conversions import Shape
from .current.event_shapes import event as current_event
from .legacy.event_shapes import event as legacy_event


def body(event: Event) -> Shape:
    """The legacy form for tasks launched by the legacy API, the current form for all else."""
    form = legacy_event if event.interface == Task.Interface.VOD_LEGACY else current_event
    return form(event.kind, event.payload)
