"""From a call to what it answers: who signed it, whether it came before, what it may do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.http import UnreadablePostError
from structlog.contextvars import bind_contextvars

from ..errors import DomainError
from ..services.security import access_keys, audit
from ..services.tasks import listing
from . import current, legacy
from .errors import VodError, from_domain
from .registry import Action, Actions, Shape
from .schema import Params, nest
from .signing import (
    LEGACY_WINDOW_S,
    TC3_WINDOW_S,
    Call,
    Signed,
    read_tc3,
    read_v1,
)

log = structlog.get_logger()

# What comes with every call and is no action's own. Of accounts within the account there is one.
_COMMON = frozenset(
    {
        "Action", "Language", "Nonce", "Region", "RequestClient", "SecretId", "Signature",
        "SignatureMethod", "SubAppId", "Timestamp", "Token", "Version",
    }
)  # fmt: skip
_IDS = {
    "media": ("FileId", "fileId"), "task": ("TaskId", "vodTaskId"),
    "snapshottemplate": ("Definition",),
}  # fmt: skip
_MOST_TC3, _MOST_FORM, _MOST_QUERY = 10 << 20, 1 << 20, 32 << 10


@dataclass(frozen=True, slots=True)
class _Order:
    """What a call wants whose signature was right: only then is it looked at."""

    user: User
    action: str
    version: str
    params: Params
    loose: bool


def answer_current(call: Call, *, now: float) -> Shape:
    """What a call of the current generation answers. Raises VodError for every refusal."""
    if "authorization" in call.headers or "x-tc-action" in call.headers:
        return _answer_tc3(call, now)
    order = _ordered_v1(call, now, TC3_WINDOW_S)
    return _run(_named(current.ACTIONS, order), order)


def answer_legacy(call: Call, *, now: float) -> Shape:
    """What a call of the legacy generation answers. Raises VodError for every refusal."""
    order = _ordered_v1(call, now, LEGACY_WINDOW_S, may_skip_at=True)
    return _run(legacy.ACTIONS.named(order.action[:1].upper() + order.action[1:]), order)


def _answer_tc3(call: Call, now: float) -> Shape:
    _refuse_large(call, _MOST_TC3)
    signed = read_tc3(call, now=now)
    user = _authenticated(signed)
    is_loose = call.method == "GET"
    order = _Order(
        user,
        call.headers.get("x-tc-action", ""),
        call.headers.get("x-tc-version", ""),
        _without_common(nest(call.form())) if is_loose else _json(call.body),
        is_loose,
    )
    action = _named(current.ACTIONS, order)
    if not action.is_once:
        return _run(action, order)
    with _spent_if_done(signed):
        return _run(action, order)


def _ordered_v1(call: Call, now: float, window_s: int, *, may_skip_at: bool = False) -> _Order:
    _refuse_large(call, _MOST_FORM)
    pairs = [(name.replace("_", "."), value) for name, value in call.form()]
    signed = read_v1(call, pairs, now=now, window_s=window_s, may_skip_at=may_skip_at)
    user = _authenticated(signed)
    _spend(signed, "AuthFailure.SignatureFailure")
    given = dict(pairs)
    params = _without_common(nest(pairs))
    return _Order(user, given.get("Action", ""), given.get("Version", ""), params, loose=True)


# --- Read ----------------------------------------------------------------------------------------


def _refuse_large(call: Call, most: int) -> None:
    if len(call.body) > most or len(call.query) > _MOST_QUERY:
        raise VodError("RequestSizeLimitExceeded", "The call is too large.")


def _without_common(params: Params) -> Params:
    return {name: value for name, value in params.items() if name not in _COMMON}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body or b"{}", parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise VodError("InvalidParameter", "The body is not JSON in UTF-8.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _named(actions: Actions, order: _Order) -> Action:
    if not order.action:
        raise VodError("MissingParameter", "The action is missing: name one in X-TC-Action.")
    if order.version != current.VERSION:
        raise VodError("NoSuchVersion", f"The version must be {current.VERSION}.")
    return actions.named(order.action)


# --- Let in --------------------------------------------------------------------------------------


def _authenticated(signed: Signed) -> User:
    key, secret = access_keys.key_and_secret(secret_id=signed.secret_id)
    is_right = signed.is_by(secret, settings.MEDIAHUB_VOD_HOSTS)
    if key is None:
        raise VodError("AuthFailure.SecretIdNotFound", "There is no such access key, or not now.")
    if not is_right:
        raise VodError(
            "AuthFailure.SignatureFailure",
            "The signature is not right. Check the secret, and that nothing on the way changes "
            "the host, the query or the body.",
        )
    access_keys.record_use(key)
    bind_contextvars(user=key.user_id, key=key.secret_id)
    return key.user


def _spend(signed: Signed, code: str) -> None:
    until = datetime.fromtimestamp(signed.timestamp, UTC) + timedelta(seconds=signed.window_s + 1)
    if not access_keys.spend(signature=signed.once(), until=until):
        raise VodError(code, "This very call was answered before. Sign it anew.", number=4500)


@contextmanager
def _spent_if_done(signed: Signed) -> Iterator[None]:
    """A call that was refused changed nothing: the same again gets the same refusal, or is done."""
    _spend(signed, "FailedOperation.TaskDuplicate")
    try:
        yield
    except (VodError, OperationalError, InterfaceError):
        access_keys.take_back(signature=signed.once())
        raise


# --- Done ----------------------------------------------------------------------------------------


def _run(action: Action, order: _Order) -> Shape:
    params = action.schema.read(order.params, loose=order.loose)
    if not order.user.has_perm(f"snapshots.{action.right}"):
        raise VodError(
            "UnauthorizedOperation", f"The key's user may not do this: {action.right} is missing."
        )
    try:
        answer = action.run(order.user, params)
    except DomainError as error:
        raise from_domain(error, action.errors) from error
    if action.is_once and action.right != "add_task":  # a task itself knows who asked for it
        _note(action, order.user, {**params, **answer})
    return answer


def _note(action: Action, user: User, told: Shape) -> None:
    """What was changed, by the name that the call or its answer has for it."""
    right, _, model = action.right.partition("_")
    names = (told[name] for name in _IDS.get(model, ()) if told.get(name))
    own = str(next(names, ""))
    if model == "media" and not own and "TaskId" in told:  # of the task that fetches it
        own = listing.get(task_id=told["TaskId"]).file_id
    audit.note(user=user, model=model, public_id=own, right=right, how=f"VOD: {action.name}")


def answered(answer: Callable[[], Shape]) -> tuple[Shape, VodError | None]:
    """The answer, or the refusal that took its place: whatever happens, one of the two."""
    try:
        return answer(), None
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
        # The dialect has no status but 200: what passes here would be lost on its clients.
        log.exception("a call failed")
        return {}, VodError("InternalError", "Something went wrong here. It has been logged.")
