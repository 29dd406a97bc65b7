"""Schemas and codes beside the SDK's own models: no field of theirs is unknown to us."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tencentcloud.vod.v20180717 import errorcodes, models

from snapshots.vod import current, errors
from snapshots.vod.param_types import AnyParam, ListParam, ParamType
from snapshots.vod.registry import Action
from snapshots.vod.schema import Param, Structure, Support

ACTIONS = sorted(current.ACTIONS, key=lambda action: action.name)
# What the general part of the API has, in no service's own constants
COMMON = {
    "AuthFailure.InvalidAuthorization", "AuthFailure.InvalidSecretId",
    "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire", "AuthFailure.SignatureFailure",
    "InvalidAction", "InvalidRequest", "MissingParameter", "NoSuchVersion",
    "RequestSizeLimitExceeded", "ResourceInUse", "ResourceInsufficient", "ServiceUnavailable",
    "UnknownParameter", "UnsupportedOperation", "RequestLimitExceeded", "AuthFailure",
}  # fmt: skip


def fields_of(model: type) -> set[str]:
    return {name.removeprefix("_") for name in vars(model())}


def nested(model: type) -> dict[str, type]:
    """By field, the model that it holds one or several of, as the SDK fills it in."""
    source = inspect.getsource(model._deserialize)  # type: ignore[attr-defined]
    found = dict(re.findall(r"self\._(\w+) = (\w+)\(\)", source))
    for block in re.split(r"(?=if params\.get)", source):
        many = re.search(r"self\._(\w+) = \[\].*?obj = (\w+)\(\)", block, re.DOTALL)
        if many:
            found[many[1]] = many[2]
    return {name: getattr(models, kind) for name, kind in found.items()}


def unknown(schema: Structure, model: type, path: str = "") -> Iterator[str]:
    yield from (f"{path}{name}" for name in sorted(fields_of(model) - schema.params.keys()))
    inside = nested(model)
    for name, field in schema.params.items():
        part = structure_in(field.kind)
        if part is not None and name in inside:
            yield from unknown(part, inside[name], f"{path}{name}.")


def structure_in(kind: ParamType) -> Structure | None:
    kind = kind.kind if isinstance(kind, ListParam) else kind
    return kind if isinstance(kind, Structure) else None


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_field_of_the_sdk_is_in_the_schema(action: Action) -> None:
    model = getattr(models, f"{action.name}Request")
    assert list(unknown(action.schema, model)) == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_the_schema_has_no_field_that_the_sdk_has_not(action: Action) -> None:
    model = getattr(models, f"{action.name}Request")
    extra = action.schema.params.keys() - fields_of(model)
    # fields of older releases of the SDK are still refused by name
    assert {
        name for name in extra if action.schema.params[name].support is not Support.REFUSED
    } == set()


def test_every_action_of_the_first_two_tiers_is_there() -> None:
    wanted = """
        CreateSnapshotByTimeOffsetTemplate ModifySnapshotByTimeOffsetTemplate
        DeleteSnapshotByTimeOffsetTemplate DescribeSnapshotByTimeOffsetTemplates ProcessMedia
        DescribeTaskDetail DescribeTasks ManageTask DescribeMediaInfos ModifyMediaInfo SearchMedia
        DeleteMedia PullEvents ConfirmEvents DescribeEventConfig ModifyEventConfig
        DescribeEventsState CreateProcedureTemplate ResetProcedureTemplate
        DeleteProcedureTemplate DescribeProcedureTemplates ProcessMediaByProcedure PullUpload
    """
    assert {action.name for action in ACTIONS} == set(wanted.split())


def test_every_code_is_one_that_the_sdk_knows() -> None:
    known = {value for name, value in vars(errorcodes).items() if name.isupper()} | COMMON
    codes = {row.code for row in errors._BY_CODE.values()}
    codes |= {f"InvalidParameterValue.{field}" for field in errors._BY_FIELD.values()}
    for action in ACTIONS:
        codes |= set(action.errors.values())
        codes |= {f"InvalidParameterValue.{code}" for code in value_codes(action.schema)}
    assert codes - known == set()


def value_codes(schema: Structure) -> Iterator[str]:
    for field in schema.params.values():
        yield from _codes(field)


def _codes(field: Param) -> Iterator[str]:
    kind: Any = field.kind
    while not isinstance(kind, AnyParam):
        if isinstance(kind, Structure):
            yield from value_codes(kind)
            return
        if kind.code:
            yield kind.code
        if not isinstance(kind, ListParam):
            return
        kind = kind.kind
