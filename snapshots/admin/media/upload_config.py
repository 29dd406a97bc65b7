"""Setup of the upload page's script: URLs, limits, texts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from ..ui.permissions import may


def setup(request: HttpRequest) -> dict[str, Any]:
    """With texts in the user's language."""
    return {
        "urls": {
            "uploads": reverse("upload_list"),
            "api": reverse("api:media_list"),
            "tasks": reverse("api:task_list"),
            "media": reverse("admin:snapshots_media_by_file_id", args=["FILE_ID"]),
        },
        "maxBytes": settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20,
        "mayView": may(request, "view_media"),
        "texts": {**_states(), **_errors()},
    }


def _states() -> dict[str, str]:
    """By the names that the script knows; `{…}` is filled in there."""
    return {
        "sum": _("{done} of {count} uploaded"),
        "waiting": _("Waiting for its turn"),
        "starting": _("Starting…"),
        "started": _("{done} of {size}"),
        "uploading": _("{done} of {size} · {speed} a second · {left} left"),
        "paused": _("Paused at {done}"),
        "done": _("Uploaded"),
        "requesting": _("Asking for it…"),
        "pulling": _("Pulling"),
        "pulled": _("{done} of {size} fetched · {speed} a second · {left} left"),
        "pulledSome": _("{done} of {size} fetched"),
        "pulledUnknown": _("{size} fetched"),
        "interrupted": _("It broke off and is tried again soon. {reason}"),
        "probing": _("Probing"),
        "ready": _("Ready"),
        "failed": _("Failed"),
        "cover": _("Cover"),
    }


def _errors() -> dict[str, str]:
    return {
        "rejected": _("Not taken"),
        "httpError": _("The server refused this ({status})."),
        "empty": _("The file is empty. Send a video file."),
        "tooLarge": _("A file may have at most {max}."),
        "notVideo": _("This is no video, but {type}."),
        "offline": _("The server does not answer. Try again."),
    }
