"""Frames of a video: the list of them, and single frames as pictures that are not stored."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ...services import presentation
from ...services.frames import listing, previews
from ...services.library import media as media_service
from ...services.security.accounts import signed_in
from ...video.render.encode import FORMATS
from ...video.types import Picture
from ..base_view import BaseView
from ..query_params import FrameQuery, FramesQuery
from ..response_schemas import FramePage
from ..schema import describe

_RECEIPT: dict[str, tuple[type, str]] = {
    "at": (str, "The time point as requested."),
    "time_ms": (float, "The resolved time in milliseconds from the first frame."),
    "pts": (int, "The frame's presentation time, as the container has it."),
    "time_base": (str, "The unit of the PTS, such as `1/90000`."),
    "frame_time": (float, "The frame's time in seconds from the first frame."),
    "key_frame": (bool, "`true` or `false`."),
    "format": (str, ""),
    "width": (int, ""),
    "height": (int, ""),
}


def _header(key: str) -> str:
    """`X-Frame-` and the receipt's key: `X-Frame-Time-Ms`."""
    return f"X-Frame-{key.replace('_', '-').title()}"


_HEADERS = [
    OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
    OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200, 304]),
    *(
        OpenApiParameter(_header(key), kind, OpenApiParameter.HEADER, response=[200], description=d)
        for key, (kind, d) in _RECEIPT.items()
    ),
]
_NO_PICTURE = (
    "422 has the error code of the time point or video: `time_out_of_range`, `frame_unavailable`, "
    "`timeout`, `out_of_memory`, `decoder_crashed`, `no_video`, `unreadable`."
)


class FrameList(BaseView):
    model = "media"
    rights = {"GET": "view_media"}

    @describe(
        "media_frames", "List the frames of a video in presentation order",
        description="Read from the frame index; nothing is decoded. `from` and `to` are time "
        "points, and the frames on screen at both are included. A `from` outside the video is 422 "
        "`time_out_of_range` or, in a truncated file, `frame_unavailable`.",
        response=FramePage, errors=[400, 404, 409, 422], parameters=[FramesQuery],
    )  # fmt: skip
    def get(self, request: Request, file_id: str) -> Response:
        query = self.query(FramesQuery)
        page = listing.frames(
            media=media_service.get(file_id=file_id),
            start=query.get("from", ""),
            end=query.get("to", ""),
            limit=query["limit"],
        )
        shown = [presentation.frame(page.index, number) for number in page.numbers]
        return Response({"next": _next(request, page.following), "results": shown})


class _AnyAccept(BaseContentNegotiation):
    """Any Accept header: browsers accept images only here, and errors are JSON nevertheless."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class FramePicture(BaseView):
    model = "media"
    rights = {"GET": "view_media"}
    content_negotiation_class = _AnyAccept

    @describe(
        "media_frame", "One frame as a picture, with its receipt in headers; nothing is stored",
        description="Rendered with a template, or with the fields of one, which have the same "
        f"defaults. Only a few pictures are made at the same time. {_NO_PICTURE}",
        response=OpenApiTypes.BINARY, media_type="image/*",
        also={304: "The picture that `If-None-Match` names is still current."},
        errors=[400, 404, 409, 413, 422, 429, 503],
        parameters=[FrameQuery, *_HEADERS],
    )  # fmt: skip
    def get(self, request: Request, file_id: str) -> HttpResponseBase:
        query = self.query(FrameQuery)
        preview = previews.prepare(
            media=media_service.get(file_id=file_id),
            at=query["at"],
            mode=query["mode"],
            template=query.get("template"),
            values={name: query[name] for name in previews.TEMPLATE_FIELDS if name in query},
        )
        etag = f'"{preview.tag}"'
        response = get_conditional_response(request._request, etag)
        if response is None:
            picture = previews.render(
                preview=preview,
                user=signed_in(request.user),
                is_wanted=lambda: _is_connected(request),
            )
            response = _image_response(picture)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"  # cached, and revalidated each time
        return response


def _next(request: Request, number: int | None) -> str | None:
    """The URL of the same list from that frame on."""
    if number is None:
        return None
    query = request.query_params.copy()
    query["from"] = f"f{number}"
    return f"{settings.MEDIAHUB_BASE_URL}{request.path}?{query.urlencode()}"


def _image_response(picture: Picture) -> HttpResponse:
    headers = {_header(key): _text(getattr(picture, key)) for key in _RECEIPT}
    return HttpResponse(
        picture.data,
        content_type=FORMATS[picture.format].mime,
        headers={
            **headers,
            "Content-Disposition": "inline",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(presentation.plain_number(value))
    return str(value)


def _is_connected(request: Request) -> bool:
    """Whether the client is still connected, as far as gunicorn shows its socket."""
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket) or connection.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return not poll.poll(0)
