"""Filters of the lists."""

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

    It is shown only if a link has set it.
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
    """The codecs that occur; media whose codec is unknown have no choice of their own."""

    title = _("codec")
    parameter_name = "codec"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, formatting.codec(name)) for name in _codecs()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(codec=self.value()) if self.value() else queryset


def _codecs() -> Iterator[str]:
    """Each found from the one before by the index: DISTINCT would read every row."""
    names = Media.objects.order_by("codec").values_list("codec", flat=True)
    name = names.filter(codec__gt="").first()
    while name:
        yield name
        name = names.filter(codec__gt=name).first()


class ByFormat(admin.SimpleListFilter):
    """All formats: no index knows which of them occur."""

    title = _("format")
    parameter_name = "format"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(SnapshotTemplate.Format.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(format=self.value()) if self.value() else queryset


def titled(kind: type[admin.FieldListFilter], words: str | Promise) -> type[admin.FieldListFilter]:
    """A field's filter with a title other than the field's name."""

    class Titled(kind):  # type: ignore[misc,valid-type]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = words

    return Titled


ByCurrent = titled(admin.BooleanFieldListFilter, _("current"))
ByEnabled = titled(admin.BooleanFieldListFilter, _("enabled"))
ByInterface = titled(admin.ChoicesFieldListFilter, _("submitted via"))
ByFill = titled(admin.ChoicesFieldListFilter, _("fill"))
BySourceType = titled(admin.ChoicesFieldListFilter, _("source"))
