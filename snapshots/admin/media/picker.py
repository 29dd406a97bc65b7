"""The frame picker: its page, and the setup of its script."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from ...errors import Busy, DomainError, Throttled
from ...models import Media, SnapshotTemplate
from ...services import presentation
from ...services.frames import decoding, previews
from ...services.presets import DEFAULT_DEFINITION
from ...services.security import signed_urls
from ...services.security.accounts import signed_in
from ...services.tasks.specs import MAX_POINTS, require_ready
from ...translation import translate
from ..ui import formatting
from ..ui.permissions import may, require
from . import details
from .base import MediaPages
from .picker_texts import controls, texts


class PickerPages(MediaPages):
    def picker_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/pick/", wrap(self.pick_view), name="snapshots_media_pick"),
            path("<int:pk>/suggest/", wrap(self.suggest_view), name="snapshots_media_suggest"),
        ]

    def pick_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        media = self._visible_media(request, pk)
        problem = _problem(media)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Pick frames"),
            "original": media,
            "problem": problem,
            "notes": details.notes(media),
            "controls": controls(),
            "templates": [] if problem else _templates(),
            "default_template": DEFAULT_DEFINITION,
            "may_take": may(request, "add_task", "view_task"),
            "may_cover": may(request, "change_media", "add_task", "view_task"),
            "setup": {} if problem else _setup(request, media),
        }
        return TemplateResponse(request, "admin/snapshots/media/picker.html", context)

    def suggest_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Indexes of frames that may make a good cover, for the script."""
        media = self._visible_media(request, pk)
        try:
            frames = previews.suggest(media=media, user=signed_in(request.user))
        except DomainError as error:
            status = 503 if isinstance(error, Busy | Throttled) else 422
            return JsonResponse({"detail": translate(error.message)}, status=status)
        return JsonResponse({"frames": frames})

    def _visible_media(self, request: HttpRequest, pk: int) -> Media:
        require(request, "view_media")
        return self.media_or_404(request, pk)


def url(media: Media) -> str:
    """The URL of the picker for a media item; empty until its frames can be picked."""
    if media.status != Media.Status.READY:
        return ""
    return reverse("admin:snapshots_media_pick", args=[media.pk])


def _problem(media: Media) -> str:
    """Why no frame can be picked; empty if they can."""
    try:
        require_ready(media)
    except DomainError as error:
        return translate(error.message)
    if not media.frame_index:
        return _("This video has no frame index, so no frames can be picked.")
    return ""


def _templates() -> list[dict[str, Any]]:
    rows = SnapshotTemplate.objects.order_by("pk")
    return [
        {
            "definition": row.pk,
            "name": formatting.short_template_name(row.as_values()),
            "label": formatting.template_choice(row.as_values()),
        }
        for row in rows
    ]


def _setup(request: HttpRequest, media: Media) -> dict[str, Any]:
    """Setup of the script: URLs, permissions, and facts of the video."""
    index = decoding.frame_index(media)
    shown = presentation.cover(media)
    api = f"/api/v1/media/{media.file_id}/"
    return {
        "media": media.file_id,
        "last": len(index) - 1 if index else 0,
        "duration": media.duration_s,
        "container": media.container,
        "codec": media.codec,
        "cover": shown["url"] if shown else "",
        "maxPoints": MAX_POINTS,
        "mayCover": may(request, "change_media"),
        "urls": {
            "source": signed_urls.path(file_id=media.file_id),
            "frames": f"{api}frames/",
            "frame": f"{api}frame/",
            "cover": f"{api}cover/",
            "tasks": "/api/v1/tasks/",
            "suggest": reverse("admin:snapshots_media_suggest", args=[media.pk]),
        },
        "texts": texts(),
    }
