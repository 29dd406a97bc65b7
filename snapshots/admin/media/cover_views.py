"""The views behind the cover buttons of a media item's page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ...errors import DomainError
from ...models import Media
from ...services import covers
from ..ui.forms import parse_keys
from ..ui.permissions import require, show_error
from .base import MediaPages


class CoverPages(MediaPages):
    def cover_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/cover/", wrap(self.make_cover_view), name="snapshots_media_make_cover"),
            path(
                "<int:pk>/cover/remove/",
                wrap(self.remove_cover_view),
                name="snapshots_media_remove_cover",
            ),
            path(
                "<int:pk>/cover/undo/",
                wrap(self.undo_cover_view),
                name="snapshots_media_undo_cover",
            ),
        ]

    @method_decorator(require_POST)
    def make_cover_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        keys = parse_keys(request.POST.get("snapshot", ""))
        user = request.user.get_username()
        change = partial(covers.set_snapshot, snapshot=keys[0] if keys else 0, user=user)
        return self._change_cover(request, pk, change, _("The cover was set."))

    @method_decorator(require_POST)
    def undo_cover_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        keys = parse_keys(request.POST.get("change", ""))
        change = partial(covers.undo, change=keys[0] if keys else 0)
        return self._change_cover(
            request, pk, change, _("The last change of the cover was undone.")
        )

    @method_decorator(require_POST)
    def remove_cover_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._change_cover(request, pk, covers.remove, _("The cover was removed."))

    def _change_cover(
        self, request: HttpRequest, pk: int, change: Callable[..., None], done: str
    ) -> HttpResponse:
        require(request, "view_media", "change_media")
        media = self.media_or_404(request, pk)
        try:
            change(media=media)
            self.log_change(request, media, done)
            messages.success(request, done)
        except Media.DoesNotExist as error:  # deleted by someone else just now
            raise Http404 from error
        except DomainError as error:
            show_error(request, error)
        return HttpResponseRedirect(reverse("admin:snapshots_media_change", args=[pk]))
