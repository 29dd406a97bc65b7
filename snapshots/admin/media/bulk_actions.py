"""The bulk actions Take snapshots… and Set cover at…: a form, then a task for each media item."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from ...errors import Invalid
from ...models import Media
from ...services.security.accounts import signed_in
from ..ui.forms import as_fieldset, parse_keys
from ..ui.permissions import add_errors, may, require
from .base import MediaPages
from .bulk_forms import BulkForm, CoverForm, SnapshotsForm
from .bulk_submission import next_page, submit_for_each, summary
from .selection import MAX_MEDIA, Selection, too_many

_MAX_QUERY_CHARS = 1000  # longer URLs may be cut off on the way


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A bulk action: its form, its texts, and the permissions that it needs."""

    name: str
    form: type[BulkForm]
    title: str | Promise
    button: str | Promise
    needs: tuple[str, ...]

    @property
    def url(self) -> str:
        return reverse(f"admin:snapshots_media_{self.name}")


SNAPSHOTS = BulkAction(
    "take_snapshots",
    SnapshotsForm,
    gettext_lazy("Take snapshots"),
    gettext_lazy("Take snapshots"),
    ("view_media", "add_task"),
)
COVER = BulkAction(
    "set_cover_at",
    CoverForm,
    gettext_lazy("Set cover"),
    gettext_lazy("Set cover"),
    ("view_media", "change_media", "add_task"),
)


class BulkActionPages(MediaPages):
    """The actions of the media list, and the form between an action and its tasks."""

    def bulk_urls(self) -> list[URLPattern]:
        return [
            path(
                "take-snapshots/",
                self.admin_site.admin_view(self.take_snapshots_view),
                name="snapshots_media_take_snapshots",
            ),
            path(
                "set-cover/",
                self.admin_site.admin_view(self.set_cover_view),
                name="snapshots_media_set_cover_at",
            ),
        ]

    @admin.action(description=gettext_lazy("Take snapshots…"), permissions=["take_snapshots"])
    def take_snapshots(
        self, request: HttpRequest, queryset: QuerySet[Media]
    ) -> HttpResponse | None:
        return self._start(request, SNAPSHOTS, queryset)

    @admin.action(description=gettext_lazy("Set cover at…"), permissions=["set_cover_at"])
    def set_cover_at(self, request: HttpRequest, queryset: QuerySet[Media]) -> HttpResponse | None:
        return self._start(request, COVER, queryset)

    def has_take_snapshots_permission(self, request: HttpRequest) -> bool:
        return may(request, *SNAPSHOTS.needs)

    def has_set_cover_at_permission(self, request: HttpRequest) -> bool:
        return may(request, *COVER.needs)

    def take_snapshots_view(self, request: HttpRequest) -> HttpResponse:
        return self._form_view(request, SNAPSHOTS)

    def set_cover_view(self, request: HttpRequest) -> HttpResponse:
        return self._form_view(request, COVER)

    def _start(
        self, request: HttpRequest, action: BulkAction, rows: QuerySet[Media]
    ) -> HttpResponse | None:
        """The empty form for the selected media; it is submitted to its own URL."""
        selected = list(rows.order_by("pk").values_list("pk", flat=True))
        if len(selected) > MAX_MEDIA:
            messages.error(request, too_many(len(selected)))
            return None
        return self._open(request, action, selected)

    def _form_view(self, request: HttpRequest, action: BulkAction) -> HttpResponse:
        require(request, *action.needs)
        if request.method != "POST":
            keys = parse_keys(request.GET.get("media", ""))
            return self._open(request, action, keys) or _redirect("changelist")
        form = action.form(request.POST, covers_allowed=may(request, "change_media"))
        if form.is_valid():
            try:
                return self._submit(request, form)
            except Invalid as error:
                add_errors(form, error, elsewhere="at")
        return self._page(
            request, action, form, Selection.of(parse_keys(request.POST.get("media", "")))
        )

    def _open(
        self, request: HttpRequest, action: BulkAction, keys: list[int]
    ) -> HttpResponse | None:
        """The empty form; if no media item accepts a task, the reason as a message."""
        selected = Selection.of(keys)
        if selected.ready:
            form = action.form(
                initial={"media": selected.keys}, covers_allowed=may(request, "change_media")
            )
            return self._page(request, action, form, selected)
        messages.error(request, selected.problem)
        return _redirect("change", selected.only.pk) if selected.only else None

    def _submit(self, request: HttpRequest, form: BulkForm) -> HttpResponse:
        media = form.cleaned_data["media"]
        result = submit_for_each(
            media=media, user=signed_in(request.user), arguments=form.arguments()
        )
        level, text = summary(result)
        messages.add_message(request, level, text)
        return HttpResponseRedirect(next_page(request, media, result))

    def _page(
        self, request: HttpRequest, action: BulkAction, form: BulkForm, selected: Selection
    ) -> HttpResponse:
        fields = [name for name in form.fields if name != "media"]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": action.title,
            "selection": selected,
            "form": form,
            "fieldset_form": as_fieldset(form, fields),
            "form_url": _form_url(action, selected.keys),
            "button": action.button,
            "media": form.media,
        }
        return TemplateResponse(request, "admin/snapshots/form_page.html", context)


def _form_url(action: BulkAction, keys: str) -> str:
    """The form's URL, so that a reload shows the same media; without them if it is too long."""
    return f"{action.url}?media={keys}" if 0 < len(keys) <= _MAX_QUERY_CHARS else action.url


def _redirect(page: str, *args: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"admin:snapshots_media_{page}", args=args))
