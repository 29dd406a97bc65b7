"""Dispatches a call: authenticates it, finds its action, checks permission, and runs it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.http import UnreadablePostError

from ..errors import DomainError
from ..services.security import audit
from ..services.tasks import listing
from . import authentication, current, legacy
from .authentication import VodRequest
from .errors import VodError, from_domain
from .registry import Action, Actions, Shape
from .signing import LEGACY_WINDOW_S, TC3_WINDOW_S, Call

log = structlog.get_logger()


def dispatch_current(call: Call, *, now: float) -> Shape:
    """The result of a call of the current generation. Raises VodError."""
    if "authorization" in call.headers or "x-tc-action" in call.headers:
        return _dispatch_tc3(call, now)
    request = authentication.v1_request(call, now, TC3_WINDOW_S)
    return _run(_find_action(current.ACTIONS, request), request)


def dispatch_legacy(call: Call, *, now: float) -> Shape:
    """The result of a call of the legacy generation. Raises VodError."""
    request = authentication.v1_request(call, now, LEGACY_WINDOW_S, may_skip_at=True)
    return _run(legacy.ACTIONS.get(request.action[:1].upper() + request.action[1:]), request)


def _dispatch_tc3(call: Call, now: float) -> Shape:
    request, signed = authentication.tc3_request(call, now)
    action = _find_action(current.ACTIONS, request)
    if not action.is_write:
        return _run(action, request)
    with authentication.once(signed):
        return _run(action, request)


def _find_action(actions: Actions, request: VodRequest) -> Action:
    if not request.action:
        raise VodError("MissingParameter", "The action is missing: name one in X-TC-Action.")
    if request.version != current.VERSION:
        raise VodError("NoSuchVersion", f"The version must be {current.VERSION}.")
    return actions.get(request.action)


def _run(action: Action, request: VodRequest) -> Shape:
    params = action.schema.read(request.params, from_text=request.from_text)
    if not request.user.has_perm(f"snapshots.{action.right}"):
        raise VodError(
            "UnauthorizedOperation", f"The key's user may not do this: {action.right} is missing."
        )
    try:
        result = action.run(request.user, params)
    except DomainError as error:
        raise from_domain(error, action.errors) from error
    if action.is_write and action.right != "add_task":  # a task records who submitted it
        _audit(action, request.user, {**params, **result})
    return result


def _audit(action: Action, user: User, values: Shape) -> None:
    """Write a change to the audit log, with the row that the call or its result names."""
    right, _, model = action.right.partition("_")
    named: dict[str, Any] = {_snake_case(name): value for name, value in values.items() if value}
    if model == "media" and "file_id" not in named and "task_id" in named:  # a pull's result
        named["file_id"] = listing.get(task_id=named["task_id"]).file_id
    public_id = audit.public_id(model, named)
    audit.note(user=user, model=model, public_id=public_id, right=right, how=f"VOD: {action.name}")


def _snake_case(name: str) -> str:
    """`file_id` for `FileId` and `fileId`, `task_id` for `vodTaskId`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().removeprefix("vod_")


def guarded(run: Callable[[], Shape]) -> tuple[Shape, VodError | None]:
    """The result of `run`, or the VodError of whatever it raises."""
    try:
        return run(), None
    except VodError as error:
        return {}, error
    except (OperationalError, InterfaceError) as error:
        log.warning("the database did not answer", error=str(error))
        return {}, VodError("ServiceUnavailable", "The server is busy. Try again in a moment.")
    except UnreadablePostError:
        return {}, VodError("InvalidRequest", "The call ended before its body did.")
    except ObjectDoesNotExist:
        return {}, VodError("FailedOperation", "What this is about was deleted a moment ago.")
    except Exception:
        # The VOD API has no status but 200: an HTTP error would tell its clients nothing
        log.exception("a call failed")
        return {}, VodError(
            "InternalError", "Something went wrong on the server. It has been logged."
        )
