"""What lists can be narrowed to, in plain words."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ...models import Media, SnapshotTemplate
from . import formatting


class OneMedia(admin.SimpleListFilter):
    """`?media=<file_id>`, as in the other interfaces: a library is too long for a list of choices.

    It shows itself only when a link has set it.
    """

    title = _("media")
    parameter_name = "media"
    path = "media__file_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        wanted = request.GET.get(self.parameter_name, "")
        return list(Media.objects.filter(file_id=wanted).values_list("file_id", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.path: self.value()}) if self.value() else queryset


class OneMediaOfTask(OneMedia):
    path = "file_id"


class ByCodec(admin.SimpleListFilter):
    """The codecs there are; media whose codec is not known have none to be chosen by."""

    title = _("codec")
    parameter_name = "codec"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, formatting.codec(name)) for name in _codecs()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(codec=self.value()) if self.value() else queryset


def _codecs() -> Iterator[str]:
    """From each to the next by the index: to look for all at once is to read every media."""
    names = Media.objects.order_by("codec").values_list("codec", flat=True)
    name = names.filter(codec__gt="").first()
    while name:
        yield name
        name = names.filter(codec__gt=name).first()


class ByFormat(admin.SimpleListFilter):
    """All formats there are to be asked for: which of them occur, no index knows."""

    title = _("format")
    parameter_name = "format"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(SnapshotTemplate.Format.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(format=self.value()) if self.value() else queryset


def titled(kind: type[admin.FieldListFilter], words: str | Promise) -> type[admin.FieldListFilter]:
    """A field's filter under other words than the field's own name."""

    class Titled(kind):  # type: ignore[misc,valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = words

    return Titled


ByCurrent = titled(admin.BooleanFieldListFilter, _("current"))
ByEnabled = titled(admin.BooleanFieldListFilter, _("enabled"))
ByInterface = titled(admin.ChoicesFieldListFilter, _("asked through"))
ByFill = titled(admin.ChoicesFieldListFilter, _("fill"))
BySourceType = titled(admin.ChoicesFieldListFilter, _("source"))
