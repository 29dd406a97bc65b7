"""The upload page: files or URLs, many at a time, each accepted or rejected on its own."""

# ruff: noqa: ARG002  (the signatures are Django's)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...errors import DomainError
from ...models import Media, Task
from ...services.library import media as media_service
from ...services.security.accounts import signed_in
from ...services.tasks import pulls
from ...translation import translate
from ..ui.forms import as_fieldset
from ..ui.permissions import may, require
from .base import MediaPages
from .upload_config import setup
from .upload_forms import ACCEPTED, AddressesForm, UploadForm


class UploadPages(MediaPages):
    def upload_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.by_file_id_view)
        return [path("by-file-id/<str:file_id>/", view, name="snapshots_media_by_file_id")]

    def by_file_id_view(self, request: HttpRequest, file_id: str) -> HttpResponse:
        """Redirects to the page of a media item, of which scripts know only the public id."""
        require(request, "view_media")
        row = get_object_or_404(Media.objects.only("pk"), file_id=file_id)
        return HttpResponseRedirect(_page_of(row))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        require(request, "add_media")
        if request.method != "POST":
            return self._upload_page(request)
        if "addresses" in request.POST:
            return self._add_addresses(request)
        form, added = UploadForm(request.POST, request.FILES), []
        if form.is_valid():
            added = self._create(request, form)
            if form.is_valid():
                return HttpResponseRedirect(_next_page(added))
        return self._upload_page(request, form, problem=_problem(form, added))

    def _add_addresses(self, request: HttpRequest) -> HttpResponse:
        """Accept every valid URL; rejected ones stay in the form, each with its reason."""
        form, added = AddressesForm(request.POST), []
        if form.is_valid():
            rejected = []
            for url in form.cleaned_data["addresses"]:
                try:
                    added.append(self._pull(request, url))
                except DomainError as error:
                    rejected.append(url)
                    form.add_error("addresses", f"{url}: {translate(error.message)}")
            if added:
                messages.success(request, _summary(added, linked=may(request, "view_media")))
            if not rejected:
                return HttpResponseRedirect(_next_page(added))
            form.data = {"addresses": "\n".join(rejected)}
        return self._upload_page(request, addresses=form)

    def _pull(self, request: HttpRequest, url: str) -> Media:
        user = signed_in(request.user)
        task = pulls.create(url=url, interface=Task.Interface.CONSOLE, user=user)
        row = media_service.get(file_id=task.file_id)
        self.log_addition(request, row, [{"added": {}}])
        return row

    def _create(self, request: HttpRequest, form: UploadForm) -> list[Media]:
        """Accept every valid file; the reasons of rejected ones become the form's errors."""
        added = []
        for file in form.cleaned_data["files"]:
            try:
                row = media_service.create_from_upload(file=file, user=signed_in(request.user))
                self.log_addition(request, row, [{"added": {}}])
                added.append(row)
            except DomainError as error:
                form.add_error("files", f"{file.name}: {translate(error.message)}")
        if added:
            messages.success(request, _summary(added, linked=may(request, "view_media")))
        return added

    def _upload_page(
        self,
        request: HttpRequest,
        form: UploadForm | None = None,
        *,
        addresses: AddressesForm | None = None,
        problem: str = "",
    ) -> HttpResponse:
        form = form or UploadForm()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Add media"),
            "form": form,
            "addresses": addresses or AddressesForm(),
            "problem": problem,
            "fieldset_form": as_fieldset(form, ["files"]),
            "button": _("Upload"),
            "media": form.media,
            "accept": ACCEPTED,
            "setup": setup(request),
        }
        return TemplateResponse(request, "admin/snapshots/media/upload.html", context)


def _summary(added: Sequence[Media], *, linked: bool) -> SafeString:
    """The added media, each with a link to its page."""
    count = len(added)
    text = ngettext("%d media added:", "%d media added:", count) % count
    if not linked:
        return format_html("{} {}", text, ", ".join(row.name for row in added))
    pages = ((_page_of(row), row.name) for row in added)
    return format_html("{} {}", text, format_html_join(", ", '<a href="{}">{}</a>', pages))


def _problem(form: UploadForm, added: Sequence[Media]) -> str:
    """How many files were rejected; the reason of each is listed below."""
    rejected = len(form.errors.get("files", []))
    if not rejected:
        return ""
    if not form.files:
        return _("Choose at least one file.")
    text = ngettext("%d file was not added.", "%d files were not added.", rejected) % rejected
    if added:
        text += " " + _("The others are in the library now: do not send them again.")
    return text


def _next_page(added: Sequence[Media]) -> str:
    if len(added) == 1:
        return _page_of(added[0])
    return reverse("admin:snapshots_media_changelist")


def _page_of(media: Media) -> str:
    return reverse("admin:snapshots_media_change", args=[media.pk])
