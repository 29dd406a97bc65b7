"""VOD errors: a table from the services' codes to VOD codes, and one from those to numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..errors import DomainError, Invalid


class VodError(Exception):
    """An error with its code of the current generation and its `number` of the legacy one."""

    def __init__(self, code: str, message: str, *, number: int | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.number = _number(code) if number is None else number

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class _Code(NamedTuple):
    """The VOD code of a service's code, and a number if the code's own does not fit."""

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
    "duplicate_session": _Code("InvalidParameterValue.SessionId"),
    "handle_expired": _Code("InvalidParameterValue", _ILLEGAL),
    "in_use": _Code("ResourceInUse"),
    "media_not_found": _Code("ResourceNotFound.FileNotExist"),
    "media_not_ready": _Code("FailedOperation", _FILE_STATE),
    "no_video": _Code("FailedOperation", _FILE_STATE),
    "not_ended": _Code("FailedOperation", 10026),
    "not_waiting": _Code("FailedOperation"),
    "preset_read_only": _Code("InvalidParameterValue"),
    "procedure_exists": _Code("InvalidParameter.ExistedProcedureName"),
    "procedure_not_found": _Code("InvalidParameter.ProcedureNameNotExist"),
    "snapshot_not_found": _Code("InvalidParameterValue"),
    "storage_full": _Code("ResourceInsufficient"),
    "task_not_found": _Code("InvalidParameterValue.TaskId"),
    "template_not_found": _Code("ResourceNotFound.TemplateNotExist"),
    "throttled": _Code("RequestLimitExceeded"),
    "too_large": _Code("InvalidParameterValue"),
    "too_many_procedures": _Code("LimitExceeded"),
    "too_many_templates": _Code("LimitExceeded.TooMuchTemplate"),
    "unavailable": _Code("ServiceUnavailable"),
    "unreadable": _Code("FailedOperation", _FILE_STATE),
    "unsupported": _Code("UnsupportedOperation"),
}
# By the field that a service rejects: the suffix in the SDK's constants
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
    """`error` as a VodError; `overrides` are an action's own codes for some errors."""
    if isinstance(error, Invalid):
        return _from_invalid(error, overrides)
    known = _BY_CODE.get(error.code, _Code("FailedOperation"))
    if error.code in overrides:
        known = _Code(overrides[error.code])
    return VodError(known.code, str(error.message), number=known.number)


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
