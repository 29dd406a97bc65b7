"""The admin site of the console: its title, and the groups of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from types import new_class
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .dashboard import views
from .login import LoginForm
from .ui.shown_filters import ShownFiltersOnly

_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])
_GROUPS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "library": (_("Library"), ("Media", "Snapshot", "SnapshotTemplate")),
    "operations": (_("Operations"), ("Task", "Event", "EventConfig")),
    "access": (_("Access control"), ("AccessKey", "User", "Group")),
}


class Console(AdminSite):
    site_header = site_title = "MediaHub"
    index_title = _("Overview")
    site_url = None  # the console is the site
    login_form = LoginForm

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """As Django's, but without the queue's models: who can edit one can run any function.

        Every admin gets the base class `ShownFiltersOnly`, Django's and other apps' too.
        """
        given = model_or_iterable
        models = [given] if isinstance(given, ModelBase) else list(given)
        ours = [model for model in models if model._meta.app_label != "django_q"]
        super().register(ours, _with_shown_filters(admin_class or ModelAdmin), **options)

    def admin_view(self, view: _View, cacheable: bool = False) -> _View:
        """As Django's, but rejects filters with a NUL, with which PostgreSQL cannot compare.

        The search `q` handles it itself.
        """

        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            filters = (values for name, values in request.GET.lists() if name != "q")
            if any("\0" in value for values in filters for value in values):
                raise BadRequest("A NUL in a filter.")
            return view(request, *args, **kwargs)

        return cast(_View, super().admin_view(checked, cacheable))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**views.context(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The pages that the user may see, grouped by purpose and not by Django app."""
        apps = self._build_app_dict(request, app_label)
        models = {row["object_name"]: row for app in apps.values() for row in app["models"]}
        return list(_grouped(models))


def _with_shown_filters(admin_class: type[ModelAdmin[Any]]) -> type[ModelAdmin[Any]]:
    if issubclass(admin_class, ShownFiltersOnly):
        return admin_class
    names = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__}
    bases = (ShownFiltersOnly, admin_class)
    return new_class(admin_class.__name__, bases, exec_body=lambda body: body.update(names))


def _grouped(models: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for label, (name, members) in _GROUPS.items():
        entries = [models[member] for member in members if member in models]
        if entries:
            yield {
                "name": name,
                "app_label": label,
                "app_url": reverse("admin:index"),
                "has_module_perms": True,
                "models": entries,
            }
