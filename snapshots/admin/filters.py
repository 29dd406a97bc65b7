"""Filters that show themselves only when a link has set them."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Media


class OneMedia(admin.SimpleListFilter):
    """`?media=<file_id>`, as at the other doors. A library is too long to be a list of choices."""

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
