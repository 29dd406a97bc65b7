"""Serializer fields that accept exactly JSON's types, without coercion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from ..messages import message as _
from ..models.library.template import MAX_SIDE, MIN_SIDE
from ..services import names
from ..translation import translate, translate_lazy

SIDE = f"0 (from the source), or {MIN_SIDE} to {MAX_SIDE}"  # of a field, in the OpenAPI document
_MAX_DEFINITION = 2**31 - 1


class Body(serializers.Serializer[Any]):
    """An object without unknown fields, so that a typo is an error and not ignored."""

    default_error_messages = {"invalid": translate_lazy(_("Send a JSON object."))}

    def to_internal_value(self, data: Any) -> Any:
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown: dict[str, Any] = {}
        if isinstance(data, Mapping):
            unknown = {
                name: [ErrorDetail(_no_field(name), "unknown_field")]
                for name in data
                if name not in known
            }
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise ValidationError({**error.detail, **unknown}) from error
        if unknown:
            raise ValidationError(unknown)
        return value


def _no_field(name: str) -> str:
    return translate(_("There is no field %(name)s.", name=name))


class StrictCharField(serializers.CharField):
    default_error_messages = {"invalid": translate_lazy(_("Send a string."))}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NameField(StrictCharField):
    """A name or a tag in the form in which it is stored. The service checks its characters."""

    def to_internal_value(self, data: Any) -> str:
        super().to_internal_value(data)
        return names.normalised(data)  # which leaves a line break at an end for the service


class StrictIntegerField(serializers.IntegerField):
    default_error_messages = {"invalid": translate_lazy(_("Send a whole number."))}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            self.fail("invalid")
        if isinstance(data, float) and not data.is_integer():
            self.fail("invalid")
        return int(data)


class StrictFloatField(serializers.FloatField):
    default_error_messages = {"invalid": translate_lazy(_("Send a number."))}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, (int, float)):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictBooleanField(serializers.BooleanField):
    default_error_messages = {"invalid": translate_lazy(_("Send true or false."))}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class StrictChoiceField(serializers.ChoiceField):
    """One of a few values; the error lists them."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        allowed = ", ".join(map(str, self.choices))
        self.error_messages["invalid_choice"] = translate_lazy(
            _("Use one of: %(choices)s.", choices=allowed)
        )


class DefinitionField(StrictIntegerField):
    """A template's number; one that no template can have is `template_not_found`."""

    def to_internal_value(self, data: Any) -> int:
        value = super().to_internal_value(data)
        if not 0 < value <= _MAX_DEFINITION:
            message = _("There is no template %(id)s.", id=str(value)[:40])
            raise ValidationError(translate(message), "template_not_found")
        return value


class TimePointField(serializers.CharField):
    """A time with its unit, as text: the service parses it."""

    default_error_messages = {
        "invalid_time_point": translate_lazy(
            _("Write a time with its unit, such as 3.5s, f120 or 10%.")
        )
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "3.5s, 3500ms, 10%, 01:02.5 or f120")
        super().__init__(allow_blank=True, **kwargs)
        self.validators = []

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, (str, int, float)):
            self.fail("invalid_time_point")
        return str(data).strip()


@extend_schema_field({"type": "string", "format": "binary"})
class UploadField(serializers.FileField):
    """A file in a multipart body; the service checks it, an empty one too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)
