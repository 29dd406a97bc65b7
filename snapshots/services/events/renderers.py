"""The webhook body renderer: registered by the interface whose dialect webhooks speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...models import Event

Renderer = Callable[["Event"], dict[str, Any]]
_registered: list[Renderer] = []


def register(renderer: Renderer) -> None:
    """Render webhook bodies with `renderer` from now on."""
    _registered[:] = [renderer]


def render(event: Event) -> dict[str, Any]:
    """The body of an event's webhook. Raises `LookupError` where no renderer is registered."""
    return _registered[0](event)
