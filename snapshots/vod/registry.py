"""The registry of a generation's actions: each has a schema, a permission and a function."""

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
    """The schema, permission and function of an action.

    `run` takes the user and the parameters as the schema read them, and returns the members of
    the response. `is_write`: it changes something, so that a signed call runs only once. `errors`
    are this action's own codes for errors of the services.
    """

    name: str
    schema: Structure
    right: str
    run: Run
    is_write: bool
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
        is_write: bool = False,
        errors: Mapping[str, str] | None = None,
    ) -> Callable[[Run], Run]:
        """Register the decorated function under `names`, the newest first."""

        def register(run: Run) -> Run:
            for name in names:
                self._by_name[name] = Action(name, schema, right, run, is_write, errors or {})
            return run

        return register

    def get(self, name: str) -> Action:
        """The action. Raises VodError `InvalidAction`."""
        try:
            return self._by_name[name]
        except KeyError as error:
            raise VodError(
                "InvalidAction", f"There is no action {name[:64]}. See docs/vod-api.md."
            ) from error
