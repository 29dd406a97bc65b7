"""Resumable uploads: a tus 1.0 server (https://tus.io/protocols/resumable-upload).

Extensions: creation, creation-with-upload, checksum, expiration and termination. Only its owner
can see an upload. The body is written to the disk block by block and is never in memory as a whole.
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
from ...messages import message as _
from ...models import Upload
from ...services.library import resumable_uploads
from ...services.security.accounts import signed_in
from ...translation import translate, translate_lazy
from ..files import AnyAccept
from . import headers

VERSION = "1.0.0"
_EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
_BLOCK = 256 * 1024
_MAX_DRAINED = 32 * 2**20  # of a rejected body: browsers see no response until it is read
_OVERRIDES = ("PATCH", "DELETE", "HEAD")


class _MayUpload(BasePermission):
    """OPTIONS is free for all; users who may not add media see no upload at all."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method == "OPTIONS":
            return True
        may = bool(request.user.has_perm("snapshots.add_media"))
        if request.user.is_authenticated and not may and view.kwargs:
            raise NotFound("upload_not_found", _("There is no such upload."))
        return may


class _OtherVersion(exceptions.APIException):
    status_code = HTTPStatus.PRECONDITION_FAILED
    default_code = "unsupported_version"
    default_detail = translate_lazy(
        _("Send Tus-Resumable: %(version)s, the only supported version.", version=VERSION)
    )


class _Locked(exceptions.APIException):
    status_code = HTTPStatus.LOCKED
    default_code = "locked"
    default_detail = translate_lazy(
        _("Another request is writing to this upload. Try again in a moment.")
    )
    wait = 1


class _ChunkParser(BaseParser):
    """Declares the media type of chunks; the views read the body themselves."""

    media_type = "application/offset+octet-stream"


@extend_schema(exclude=True)
class _TusView(APIView):
    permission_classes = [_MayUpload]
    content_negotiation_class = AnyAccept
    parser_classes = [_ChunkParser]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and method in _OVERRIDES:
            request.method = method
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _check_body(request)
        super().initial(request, *args, **kwargs)
        if request.method not in ("OPTIONS", "GET") and headers.version(request) != VERSION:
            raise _OtherVersion

    def handle_exception(self, exc: Exception) -> Any:
        """Reads the rest of the body first: browsers that still send report a closed connection."""
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

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        capabilities = {
            "Tus-Version": VERSION,
            "Tus-Extension": _EXTENSIONS,
            "Tus-Max-Size": str(settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20),
            "Tus-Checksum-Algorithm": ",".join(resumable_uploads.ALGORITHMS),
        }
        return Response(status=204, headers=capabilities)


class UploadList(_TusView):
    """Creates uploads."""

    def post(self, request: Request) -> Response:
        metadata = headers.metadata(request)
        upload = resumable_uploads.create(
            owner=signed_in(request.user),
            length=headers.number(request, "Upload-Length"),
            name=metadata.name,
            head=metadata.head,
        )
        location = {"Location": reverse("upload", args=[upload.upload_id])}
        if not body_bytes(request):
            return Response(status=201, headers={**location, **_state(upload, 0)})
        try:
            here = _receive(request, upload, 0)
        except BaseException:
            resumable_uploads.discard(upload=upload)  # its URL was never sent
            raise
        return Response(status=201, headers={**location, **_state(upload, here)})


class UploadDetail(_TusView):
    """One upload: its offset, its next chunk, its end."""

    def head(self, request: Request, upload_id: str) -> Response:
        upload = _own_upload(request, upload_id)
        here = resumable_uploads.offset(upload=upload)
        length = {"Upload-Length": str(upload.length)}
        return Response(status=200, headers={**length, **_state(upload, here)})

    def get(self, request: Request, upload_id: str) -> Response:
        upload = _own_upload(request, upload_id)
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
        upload = _own_upload(request, upload_id)
        if headers.content_type(request) != _ChunkParser.media_type:
            raise exceptions.UnsupportedMediaType(request.content_type or "")
        here = _receive(request, upload, headers.number(request, "Upload-Offset"))
        return Response(status=204, headers=_state(upload, here))

    def delete(self, request: Request, upload_id: str) -> Response:
        resumable_uploads.discard(upload=_own_upload(request, upload_id))
        return Response(status=204)


def _own_upload(request: Request, upload_id: str) -> Upload:
    return resumable_uploads.get(
        owner=signed_in(request.user), upload_id=headers.identifier(upload_id)
    )


def _receive(request: Request, upload: Upload, at: int) -> int:
    checksum = headers.checksum(request)
    headers.check_chunk_size(request, upload.length - at)
    try:
        return resumable_uploads.receive(
            upload=upload, at=at, blocks=_blocks(request._request), checksum=checksum
        )
    except resumable_uploads.UploadLocked as error:
        raise _Locked from error


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    """The body block by block. Raises `OSError` if nothing arrives for too long.

    A client that disappears would otherwise hold the upload's lock, and a thread, for ever.
    """
    if connection := request.META.get("gunicorn.socket"):
        connection.settimeout(settings.MEDIAHUB_UPLOAD_STALL_S)
    while block := request.read(_BLOCK):
        yield block


def _drain(request: Request) -> None:
    left = _MAX_DRAINED
    try:
        for block in _blocks(request._request):
            left -= len(block)
            if left <= 0:
                return
    except OSError:
        return  # the client is gone


def _mismatch() -> JsonResponse:
    """460, a status that tus defines and Python's `HTTPStatus` does not know."""
    problem = {
        "type": "about:blank",
        "title": "Checksum Mismatch",
        "status": 460,
        "code": "checksum_mismatch",
        "detail": translate(
            _("The bytes that arrived are not those that were sent. Send the piece again.")
        ),
    }
    return JsonResponse(
        problem, status=460, reason=str(problem["title"]), content_type="application/problem+json"
    )


def _state(upload: Upload, here: int) -> dict[str, str]:
    state = {
        "Upload-Offset": str(here),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }
    return {**state, "MediaHub-File-Id": upload.file_id} if upload.is_done else state


def _check_body(request: Request) -> None:
    """Only chunks have a body, and it has a Content-Length."""
    check_not_chunked(request)
    if body_bytes(request) and headers.content_type(request) != _ChunkParser.media_type:
        raise exceptions.UnsupportedMediaType(request.content_type or "")
