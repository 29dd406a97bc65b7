"""Adding media: one or more files at a time, each taken or refused for itself."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..errors import DomainError
from ..models import Media
from ..services import media as media_service
from .forms import UploadForm
from .guards import require


class Uploading:
    admin_site: admin.AdminSite
    opts: Any
    log_addition: Any

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        require(request, "add_media")
        is_sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
        if form.is_valid():
            added = self._take(request, form)
            if form.is_valid():
                return HttpResponseRedirect(_next_page(added))
        return self._upload_page(request, form)

    def _take(self, request: HttpRequest, form: UploadForm) -> list[Media]:
        """Keep every good file; what is refused becomes the form's errors."""
        added = []
        for file in form.cleaned_data["files"]:
            try:
                row = media_service.create_from_upload(file=file)
                self.log_addition(request, row, [{"added": {}}])
                added.append(row)
            except DomainError as error:
                form.add_error("files", f"{file.name}: {error.message}")
        if added:
            names = ", ".join(row.name for row in added)
            text = ngettext("%d media added:", "%d media added:", len(added)) % len(added)
            messages.success(request, f"{text} {names}")
        return added

    def _upload_page(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Add media"),
            "form": form,
            "fieldset_form": AdminForm(form, [(None, {"fields": ["files"]})], {}),
            "button": _("Upload"),
            "media": form.media,
        }
        return TemplateResponse(request, "admin/snapshots/form_page.html", context)


def _next_page(added: Sequence[Media]) -> str:
    if len(added) == 1:
        return reverse("admin:snapshots_media_change", args=[added[0].pk])
    return reverse("admin:snapshots_media_changelist")
