"""Resumable uploads: a server of tus 1.0 (https://tus.io/protocols/resumable-upload).

Of its extensions creation, creation-with-upload, checksum, expiration and termination. Each upload
is its owner's alone. The body goes to the disk block by block and is never in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ...content_length import body_bytes, check_not_chunked
from ...errors import DomainError, NotFound
from ...models import Upload
from ...services.library import resumable_uploads
from ..files import AnyAccept
from . import headers

VERSION = "1.0.0"
_EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
_BLOCK = 256 * 1024
_DRAINED = 32 * 2**20  # of a body that is refused: read it, or browsers never see the answer
_OVERRIDES = ("PATCH", "DELETE", "HEAD")


class _MayUpload(BasePermission):
    """Asking what the server can do is free; whoever may not add media sees no upload at all."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method == "OPTIONS":
            return True
        may = bool(request.user.has_perm("snapshots.add_media"))
        if request.user.is_authenticated and not may and view.kwargs:
            raise NotFound("upload_not_found", "There is no such upload.")
        return may


class _OtherVersion(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "unsupported_version"
    default_detail = f"Send Tus-Resumable: {VERSION}, the only version spoken here."


class _Locked(exceptions.APIException):
    status_code = HTTPStatus.LOCKED
    default_code = "locked"
    default_detail = "Another request is writing to this upload. Try again in a moment."
    wait = 1


class _Piece(BaseParser):
    """Named for its media type; the body is read by nobody but the views themselves."""

    media_type = "application/offset+octet-stream"


@extend_schema(exclude=True)
class _Tus(APIView):
    permission_classes = [_MayUpload]
    content_negotiation_class = AnyAccept
    parser_classes = [_Piece]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        asked = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and asked in _OVERRIDES:
            request.method = asked
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _refuse_body(request)
        super().initial(request, *args, **kwargs)
        if request.method not in ("OPTIONS", "GET") and headers.version(request) != VERSION:
            raise _OtherVersion

    def handle_exception(self, exc: Exception) -> Any:
        """Browsers that are still sending take a closed connection for a broken one."""
        if isinstance(exc, resumable_uploads.ChecksumMismatch):
            return _mismatch()
        if isinstance(exc, DomainError | exceptions.APIException):
            _drain(self.request)
        return super().handle_exception(exc)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        response.setdefault("Cache-Control", "no-store")
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            response["Tus-Version"] = VERSION
        return response

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        told = {
            "Tus-Version": VERSION,
            "Tus-Extension": _EXTENSIONS,
            "Tus-Max-Size": str(settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20),
            "Tus-Checksum-Algorithm": ",".join(resumable_uploads.ALGORITHMS),
        }
        return Response(status=204, headers=told)


class UploadList(_Tus):
    """Where uploads begin."""

    def post(self, request: Request) -> Response:
        told = headers.metadata(request)
        upload = resumable_uploads.create(
            owner=request.user,
            length=headers.number(request, "Upload-Length"),
            name=told.name,
            head=told.head,
        )
        place = {"Location": reverse("upload", args=[upload.upload_id])}
        if not body_bytes(request):
            return Response(status=201, headers={**place, **_state(upload, 0)})
        try:
            here = _receive(request, upload, 0)
        except BaseException:
            resumable_uploads.discard(upload=upload)  # nobody was told where it is
            raise
        return Response(status=201, headers={**place, **_state(upload, here)})


class UploadDetail(_Tus):
    """One upload: how far it is, its next piece, its end."""

    def head(self, request: Request, upload_id: str) -> Response:
        upload = _mine(request, upload_id)
        here = resumable_uploads.offset(upload=upload)
        length = {"Upload-Length": str(upload.length)}
        return Response(status=200, headers={**length, **_state(upload, here)})

    def get(self, request: Request, upload_id: str) -> Response:
        upload = _mine(request, upload_id)
        here = resumable_uploads.offset(upload=upload)
        return Response(
            {
                "id": upload.upload_id,
                "name": upload.name,
                "length": upload.length,
                "offset": here,
                "expires_at": upload.expires_at,
                "file_id": upload.file_id if upload.is_done else None,
            }
        )

    def patch(self, request: Request, upload_id: str) -> Response:
        upload = _mine(request, upload_id)
        if headers.content_type(request) != _Piece.media_type:
            raise exceptions.UnsupportedMediaType(request.content_type or "")
        here = _receive(request, upload, headers.number(request, "Upload-Offset"))
        return Response(status=204, headers=_state(upload, here))

    def delete(self, request: Request, upload_id: str) -> Response:
        resumable_uploads.discard(upload=_mine(request, upload_id))
        return Response(status=204)


def _mine(request: Request, upload_id: str) -> Upload:
    return resumable_uploads.get(owner=request.user, upload_id=headers.identifier(upload_id))


def _receive(request: Request, upload: Upload, at: int) -> int:
    checksum = headers.checksum(request)
    headers.refuse_excess(request, upload.length - at)
    try:
        return resumable_uploads.receive(
            upload=upload, at=at, blocks=_blocks(request._request), checksum=checksum
        )
    except resumable_uploads.UploadLocked as error:
        raise _Locked from error


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it comes. Raises `OSError` where nothing comes for too long.

    A client that vanished without a word would hold the upload's lock, and a thread, for ever.
    """
    if connection := request.META.get("gunicorn.socket"):
        connection.settimeout(settings.MEDIAHUB_UPLOAD_STALL_S)
    while block := request.read(_BLOCK):
        yield block


def _drain(request: Request) -> None:
    left = _DRAINED
    try:
        for block in _blocks(request._request):
            left -= len(block)
            if left <= 0:
                return
    except OSError:
        return  # nobody is there to be answered


def _mismatch() -> JsonResponse:
    """A status of tus's own: it has no place in Python's table of them."""
    told = {
        "type": "about:blank",
        "title": "Checksum Mismatch",
        "status": 460,
        "code": "checksum_mismatch",
        "detail": "The bytes that arrived are not those that were sent. Send the piece again.",
    }
    return JsonResponse(
        told, status=460, reason=told["title"], content_type="application/problem+json"
    )


def _state(upload: Upload, here: int) -> dict[str, str]:
    told = {
        "Upload-Offset": str(here),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }
    return {**told, "MediaHub-File-Id": upload.file_id} if upload.is_done else told


def _refuse_body(request: Request) -> None:
    """Only pieces have a body, and of a known length."""
    check_not_chunked(request)
    if body_bytes(request) and headers.content_type(request) != _Piece.media_type:
        raise exceptions.UnsupportedMediaType(request.content_type or "")
