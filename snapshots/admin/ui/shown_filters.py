"""Filters of a list's URL: only those that its page shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model
from django.http import HttpRequest

from .generics import ModelAdmin

_Row = TypeVar("_Row", bound=Model)
_LOOKUPS = ("", "__exact", "__in", "__isnull", "__gte", "__lt")


class ShownFiltersOnly(ModelAdmin[_Row]):
    """The base of every admin of the console, which its site adds when it registers one.

    Django takes any lookup on any column of a list's model: regular expressions, which can occupy
    a core for minutes, and columns that the page does not show.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        if request is None:
            return False
        if lookup in set(self._shown_lookups(request)):
            return super().lookup_allowed(lookup, value, request)
        return not self._is_lookup(lookup, value, request)

    def _shown_lookups(self, request: HttpRequest) -> Iterator[str]:
        shown: Any
        for shown in self.get_list_filter(request):
            if hasattr(shown, "parameter_name"):
                yield shown.parameter_name
                continue
            path = shown if isinstance(shown, str) else shown[0]
            field: Any = get_fields_from_path(self.model, path)[-1]
            if field.is_relation:
                yield f"{path}__isnull"
                path = f"{path}__{field.target_field.name}"
            yield from (f"{path}{lookup}" for lookup in _LOOKUPS)

    def _is_lookup(self, name: str, value: str, request: HttpRequest) -> bool:
        """Whether it would filter; by anything else Django shows the whole list, with an error."""
        try:
            self.get_queryset(request).filter(**{name: value})  # built, and not executed
        except FieldError:
            return False
        except (TypeError, ValueError, ValidationError):
            return True
        return True
