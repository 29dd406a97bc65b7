"""Serving files: sources to users who may see them, pictures to everyone with the URL."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from .. import storage
from ..errors import Busy, NotFound
from ..messages import message as _
from ..models import Media
from ..services import names
from ..services.library import media as media_service
from ..services.security import signed_urls
from ..translation import translate
from .ranges import file_response
from .x_accel import accel_response

_FOLDER = re.compile(r"[0-9A-Za-z-]{1,80}", re.ASCII)
_PICTURE = re.compile(r"[0-9A-Za-z_-]{1,120}\.(jpg|png|webp|avif)", re.ASCII)
_PICTURE_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
}
_VIDEO_TYPES = {  # by container, with its extensions; the first is added to names without one
    "mp4": ("video/mp4", (".mp4", ".m4v")),
    "mov": ("video/quicktime", (".mov", ".qt")),
    "mkv": ("video/x-matroska", (".mkv",)),
    "webm": ("video/webm", (".webm",)),
    "mpegts": ("video/mp2t", (".ts", ".m2ts", ".mts")),
    "mpegps": ("video/mpeg", (".mpg", ".mpeg", ".vob")),
    "avi": ("video/x-msvideo", (".avi",)),
    "flv": ("video/x-flv", (".flv",)),
    "ogg": ("video/ogg", (".ogv", ".ogg")),
    "wmv": ("video/x-ms-wmv", (".wmv", ".asf")),
}
_MAX_FILE_NAME = 255  # bytes, of most file systems; browsers cut at the end, where the extension is
_SANDBOX_POLICY = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'"


class AnyAccept(BaseContentNegotiation):
    """Any Accept header: players accept video only, and errors are JSON nevertheless."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class SourceFile(APIView):
    """The source as it was uploaded, with a session, an access key or a signed, expiring URL."""

    model = "media"
    rights = {"GET": "view_media"}
    content_negotiation_class = AnyAccept

    def check_permissions(self, request: Request) -> None:
        token = request.query_params.get("token", "")
        if token and signed_urls.is_good(token=token, file_id=self.kwargs["file_id"]):
            return
        if token and not request.user.is_authenticated:
            raise PermissionDenied(
                translate(_("This link has expired or was made for another file."))
            )
        super().check_permissions(request)

    @extend_schema(
        operation_id="media_file",
        summary="Download the source file, or one byte range of it",
        description="With a session, an access key, or a signed URL that expires.",
        tags=["media"],
        parameters=[
            OpenApiParameter("token", str, description="Of a signed URL, instead of signing in."),
            OpenApiParameter("Range", str, OpenApiParameter.HEADER),
        ],
        responses={
            (200, "video/*"): OpenApiTypes.BINARY,
            (206, "video/*"): OpenApiTypes.BINARY,
            **dict.fromkeys((304, 401, 403, 404, 412, 416)),
        },
    )
    def get(self, request: Request, file_id: str) -> HttpResponseBase:
        media = media_service.get(file_id=file_id)
        file = _open_source(media)
        headers = {**_file_headers(media), "Cache-Control": "private, no-cache"}
        if media.source and (accel := accel_response(f"sources/{media.source}", headers)):
            file.close()
            return accel
        return file_response(request._request, file, etag=f'"{file.etag}"', headers=headers)


@require_safe
def picture(request: HttpRequest, folder: str, name: str) -> HttpResponseBase:
    """A snapshot or cover. Its name changes with its bytes, so it may be cached for ever."""
    kind = _PICTURE.fullmatch(name)
    if not (kind and _FOLDER.fullmatch(folder)):
        raise Http404
    try:
        file = storage.open_picture(f"{folder}/{name}")
    except OSError as error:
        raise Http404 from error
    except Busy as error:
        retry = {"Retry-After": str(error.retry_after_s)}
        return HttpResponse(str(error.message), "text/plain", status=503, headers=retry)
    headers = {
        "Content-Type": _PICTURE_TYPES[kind[1]],
        "Content-Disposition": "inline",
        "Content-Security-Policy": _SANDBOX_POLICY,
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    if accel := accel_response(f"pictures/{folder}/{name}", headers):
        file.close()
        return accel
    return file_response(request, file, etag=f'"{name}"', headers=headers)


def _open_source(media: Media) -> storage.StoredFile:
    try:
        return storage.open_source(media.source, media.link)
    except OSError as error:
        raise NotFound("media_not_found", _("The source file of this video is missing.")) from error


def _file_headers(media: Media) -> dict[str, str]:
    """Headers by which browsers show it as the video that it is, and never as HTML or SVG."""
    kind, extensions = _VIDEO_TYPES.get(media.container, ("application/octet-stream", ()))
    name = _file_name(media.name, extensions)
    return {
        "Content-Type": kind,
        "Content-Disposition": content_disposition_header(not extensions, name) or "attachment",
        "Content-Security-Policy": _SANDBOX_POLICY,
    }


def _file_name(name: str, extensions: tuple[str, ...]) -> str:
    """The name to save a video by, with one of the container's extensions, if it is known."""
    stem, extension = names.of_file(name) or "video", ""
    if extensions and not stem.lower().endswith(extensions):
        extension = extensions[0]
    elif extensions:
        stem, dot, last = stem.rpartition(".")
        extension = dot + last
    max_bytes = _MAX_FILE_NAME - len(extension)
    return stem.encode()[:max_bytes].decode(errors="ignore") + extension
