"""For whoever picks a frame: which there are, and each as a picture that nobody keeps."""

from __future__ import annotations

import select
import socket
from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
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
from ...video.render.encode import FORMATS
from ...video.types import Picture
from ..base_view import Endpoint
from ..query_params import FrameQuery, FramesQuery
from ..response_schemas import FramePage
from ..schema import describe

_RECEIPT: dict[str, tuple[type, str]] = {
    "at": (str, "The time as asked."),
    "time_ms": (float, "The time it was resolved to, from the first frame shown."),
    "pts": (int, "The frame's presentation time, as the container has it."),
    "time_base": (str, "Of the PTS, such as `1/90000`."),
    "frame_time": (float, "The frame's time in seconds from the first one shown."),
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
_NOT_SHOWN = (
    "422 has the code of the point or of the media: `time_out_of_range`, `frame_unavailable`, "
    "`timeout`, `out_of_memory`, `decoder_crashed`, `no_video`, `unreadable`."
)


class FrameList(Endpoint):
    model = "media"
    rights = {"GET": "view_media"}

    @describe(
        "media_frames", "List the frames of a media in presentation order",
        description="From the index that probing made: nothing is decoded. `from` and `to` are "
        "time points, and the frames on screen at both belong to the list. A `from` outside the "
        "video is 422 `time_out_of_range` or, of a file cut short, `frame_unavailable`.",
        answer=FramePage, refuses=[400, 404, 409, 422], parameters=[FramesQuery],
    )  # fmt: skip
    def get(self, request: Request, file_id: str) -> Response:
        asked = self.query(FramesQuery)
        page = listing.frames(
            media=media_service.get(file_id=file_id),
            start=asked.get("from", ""),
            end=asked.get("to", ""),
            limit=asked["limit"],
        )
        shown = [presentation.frame(page.index, number) for number in page.numbers]
        return Response({"next": _next(request, page.following), "results": shown})


class _AnyAccept(BaseContentNegotiation):
    """Browsers say of a picture that they accept pictures only; errors are JSON all the same."""

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class FramePicture(Endpoint):
    model = "media"
    rights = {"GET": "view_media"}
    content_negotiation_class = _AnyAccept

    @describe(
        "media_frame", "One frame as a picture, with its receipt in headers; nothing is stored",
        description="In the look of a template, or of a template's fields, which have a "
        f"template's defaults. A few are made at once. {_NOT_SHOWN}",
        answer=OpenApiTypes.BINARY, media_type="image/*",
        also={304: "The picture that `If-None-Match` names is still the right one."},
        refuses=[400, 404, 409, 413, 422, 429, 503],
        parameters=[FrameQuery, *_HEADERS],
    )  # fmt: skip
    def get(self, request: Request, file_id: str) -> HttpResponseBase:
        asked = self.query(FrameQuery)
        preview = previews.prepare(
            media=media_service.get(file_id=file_id),
            at=asked["at"],
            mode=asked["mode"],
            template=asked.get("template"),
            values={name: asked[name] for name in previews.TEMPLATE_FIELDS if name in asked},
        )
        etag = f'"{preview.tag}"'
        response = get_conditional_response(request._request, etag)
        if response is None:
            picture = previews.render(
                preview=preview, user=cast(User, request.user), is_wanted=lambda: _is_there(request)
            )
            response = _shown(picture)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"  # kept, and asked for again each time
        return response


def _next(request: Request, number: int | None) -> str | None:
    """The same list from that frame on."""
    if number is None:
        return None
    query = request.query_params.copy()
    query["from"] = f"f{number}"
    return f"{settings.MEDIAHUB_BASE_URL}{request.path}?{query.urlencode()}"


def _shown(picture: Picture) -> HttpResponse:
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


def _is_there(request: Request) -> bool:
    """Whether the client still listens, as far as gunicorn lets us see its connection."""
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket) or connection.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return not poll.poll(0)
