"""The actions of a generation: each a schema, a right, and a function over the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User

from .errors import VodError
from .schema import Params, Structure

Shape = dict[str, Any]
Run = Callable[[User, Params], Shape]


@dataclass(frozen=True, slots=True)
class Action:
    """What a call by this name may hold, who may make it, and what it does.

    `run` takes the user and the parameters as the schema read them, and returns the members of
    the answer. `is_once`: it changes something, so the same signed call is not answered twice.
    `errors` are this action's own codes for what the services refuse.
    """

    name: str
    schema: Structure
    right: str
    run: Run
    is_once: bool
    errors: Mapping[str, str] = field(default_factory=dict)


class Actions:
    """The actions of one generation by name. Use `add` as a decorator of the function."""

    def __init__(self) -> None:
        self._by_name: dict[str, Action] = {}

    def __iter__(self) -> Iterator[Action]:
        return iter(self._by_name.values())

    def add(
        self,
        *names: str,
        schema: Structure,
        right: str,
        is_once: bool = False,
        errors: Mapping[str, str] | None = None,
    ) -> Callable[[Run], Run]:
        """Register the decorated function under `names`, the second and later being older ones."""

        def register(run: Run) -> Run:
            for name in names:
                self._by_name[name] = Action(name, schema, right, run, is_once, errors or {})
            return run

        return register

    def named(self, name: str) -> Action:
        """The action. Raises VodError `InvalidAction`."""
        try:
            return self._by_name[name]
        except KeyError as error:
            raise VodError(
                "InvalidAction", f"There is no action {name[:64]}. See docs/vod-api.md."
            ) from error
