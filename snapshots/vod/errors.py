"""Refusals in the dialect's words: one table for what the services say, one for the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..errors import DomainError, Invalid


class VodError(Exception):
    """A refusal by its code of the current generation; `number` is what the legacy one answers."""

    def __init__(self, code: str, message: str, *, number: int | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.number = _number(code) if number is None else number

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class _Told(NamedTuple):
    """What a service's code becomes: a code, and a number where the code's own does not fit."""

    code: str
    number: int | None = None


# By code, else by what stands before its dot. 266/11732 lists the common ones, each action its own.
_NUMBERS = {
    "AuthFailure": 4100,
    "AuthFailure.SignatureExpire": 4200,
    "FailedOperation": 5100,
    "FailedOperation.TaskDuplicate": 4500,
    "InternalError": 6000,
    "InvalidAction": 6100,
    "InvalidParameter": 1000,
    "InvalidParameter.ProcedureNameNotExist": 50007,
    "InvalidParameterValue": 1000,
    "InvalidParameterValue.FileId": 10008,
    "InvalidParameterValue.TaskId": 10026,
    "InvalidRequest": 4000,
    "LimitExceeded": 4400,
    "MissingParameter": 1000,
    "NoSuchVersion": 6100,
    "RequestLimitExceeded": 4400,
    "RequestSizeLimitExceeded": 4000,
    "ResourceInUse": 5100,
    "ResourceInsufficient": 5100,
    "ResourceNotFound": 5000,
    "ResourceNotFound.FileNotExist": 10008,
    "ServiceUnavailable": 6200,
    "UnauthorizedOperation": 4300,
    "UnknownParameter": 1000,
    "UnsupportedOperation": 6100,
    "UnsupportedProtocol": 4600,
}
_FILE_STATE = 10009  # "the file's state is abnormal"
_ILLEGAL = 4000

_BY_CODE = {
    "duplicate_session": _Told("InvalidParameterValue.SessionId"),
    "handle_expired": _Told("InvalidParameterValue", _ILLEGAL),
    "in_use": _Told("ResourceInUse"),
    "media_not_found": _Told("ResourceNotFound.FileNotExist"),
    "media_not_ready": _Told("FailedOperation", _FILE_STATE),
    "no_video": _Told("FailedOperation", _FILE_STATE),
    "not_ended": _Told("FailedOperation", 10026),
    "not_waiting": _Told("FailedOperation"),
    "preset_read_only": _Told("InvalidParameterValue"),
    "procedure_exists": _Told("InvalidParameter.ExistedProcedureName"),
    "procedure_not_found": _Told("InvalidParameter.ProcedureNameNotExist"),
    "snapshot_not_found": _Told("InvalidParameterValue"),
    "storage_full": _Told("ResourceInsufficient"),
    "task_not_found": _Told("InvalidParameterValue.TaskId"),
    "template_not_found": _Told("ResourceNotFound.TemplateNotExist"),
    "throttled": _Told("RequestLimitExceeded"),
    "too_large": _Told("InvalidParameterValue"),
    "too_many_procedures": _Told("LimitExceeded"),
    "too_many_templates": _Told("LimitExceeded.TooMuchTemplate"),
    "unavailable": _Told("ServiceUnavailable"),
    "unreadable": _Told("FailedOperation", _FILE_STATE),
    "unsupported": _Told("UnsupportedOperation"),
}
# Of a field that a service finds wrong: what the SDK's constants name it
_BY_FIELD = {
    "comment": "Comment",
    "description": "Description",
    "fill_type": "FillType",
    "format": "Format",
    "height": "Height",
    "name": "Name",
    "resolution_adaptive": "ResolutionAdaptive",
    "tags": "TagTooLong",
    "width": "Width",
}


def from_domain(error: DomainError, overrides: Mapping[str, str]) -> VodError:
    """`error` in the dialect; `overrides` are what an action calls some of them."""
    if isinstance(error, Invalid):
        return _from_invalid(error, overrides)
    told = _BY_CODE.get(error.code, _Told("FailedOperation"))
    if error.code in overrides:
        told = _Told(overrides[error.code])
    return VodError(told.code, str(error.message), number=told.number)


def _from_invalid(error: Invalid, overrides: Mapping[str, str]) -> VodError:
    first = error.problems[0]
    if first.code in overrides:
        return VodError(overrides[first.code], str(error.message))
    field = _BY_FIELD.get(first.field.split(".")[0])
    return VodError(
        f"InvalidParameterValue.{field}" if field else "InvalidParameterValue", str(error.message)
    )


def _number(code: str) -> int:
    return _NUMBERS.get(code, _NUMBERS.get(code.partition(".")[0], 5100))
