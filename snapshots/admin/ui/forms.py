"""The base class of forms that services validate, and parsing of words and keys."""

from __future__ import annotations

import re
from typing import TypeVar

from django import forms
from django.contrib.admin.helpers import AdminForm
from django.db.models import Model

from ...errors import DomainError
from .generics import ModelForm
from .permissions import add_errors

_Row = TypeVar("_Row", bound=Model)
_SEPARATORS = re.compile(r"[\n,，]+")


def split_words(text: str) -> list[str]:
    """Words separated by newlines or commas, without empty ones."""
    return [word for part in _SEPARATORS.split(text) if (word := part.strip())]


def parse_keys(text: str) -> list[int]:
    """Primary keys separated by commas; what cannot be one is ignored."""
    words = text.split(",")
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]


class ServiceForm(ModelForm[_Row]):
    """A form that calls a service to validate: if it is valid, the service has saved it."""

    def call(self) -> _Row:
        """Call the service with the cleaned values; return the row that it saved."""
        raise NotImplementedError

    def _post_clean(self) -> None:
        if self.errors:
            return
        try:
            self.instance = self.call()
        except DomainError as error:
            add_errors(self, error)


def as_fieldset(form: forms.BaseForm, fields: list[str]) -> AdminForm:
    """`fields` as the admin's templates show them, one below the other."""
    return AdminForm(form, [(None, {"fields": fields})], {})  # type: ignore[arg-type]  # any form
