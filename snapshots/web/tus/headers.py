"""The headers of tus requests, parsed."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from rest_framework.request import Request

from ...content_length import body_bytes
from ...errors import Invalid, NotFound, TooLarge
from ...messages import message as _
from ...services import names
from ...services.library.resumable_uploads import ALGORITHMS, Checksum

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_IDENTIFIER = re.compile(r"[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class UploadMetadata:
    """What `Upload-Metadata` says of a file: its name, and its first bytes if they are sent."""

    name: str
    head: bytes


def version(request: Request) -> str:
    return request.headers.get("Tus-Resumable", "")


def content_type(request: Request) -> str:
    return (request.content_type or "").partition(";")[0].strip().lower()


def identifier(text: str) -> str:
    """An upload's id as it is in the URL. Raises `NotFound` for what cannot be one."""
    if not _IDENTIFIER.fullmatch(text):
        raise NotFound("upload_not_found", _("There is no such upload."))
    return text


def number(request: Request, name: str) -> int:
    """The number in a required header. Raises `Invalid`."""
    text = request.headers.get(name)
    if text is None:
        raise Invalid.field(name, "required", _("Send %(name)s, in bytes.", name=name))
    if not _NUMBER.fullmatch(text):
        raise Invalid.field(name, "invalid", _("%(name)s is a number of bytes.", name=name))
    return int(text)


def metadata(request: Request) -> UploadMetadata:
    """`Upload-Metadata`: the key `name`, else `filename`; others are ignored, `filetype` too.

    `head` may contain the first 512 bytes of the file in Base64, so that a file that is not a video
    is rejected before it is sent. Raises `Invalid`.
    """
    pairs = request.headers.get("Upload-Metadata", "").split(",")
    words = [pair.split() for pair in pairs if pair.strip()]
    values = {key: _decoded(value) for key, *value in words}
    try:
        name = (values.get("name") or b"").decode()
        file_name = (values.get("filename") or b"").decode()
        head = base64.b64decode(values.get("head", b""), validate=True)
    except ValueError as error:
        raise _bad_metadata() from error
    if "\0" in name + file_name:
        raise _bad_metadata()
    return UploadMetadata(name if name.strip() else names.of_file(file_name), head)


def checksum(request: Request) -> Checksum | None:
    """`Upload-Checksum`, if it is sent. Raises `Invalid`."""
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    algorithm, _separator, value = text.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        known = " or ".join(ALGORITHMS)
        raise Invalid.field(
            "Upload-Checksum", "invalid", _("Use %(known)s, then Base64.", known=known)
        )
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except binascii.Error as error:
        raise Invalid.field("Upload-Checksum", "invalid", _("This is not Base64.")) from error


def check_chunk_size(request: Request, left: int) -> None:
    """Reject a chunk that is longer than the bytes that are `left`, before any of it is read.

    Raises `TooLarge`.
    """
    if 0 < left < body_bytes(request):
        raise TooLarge("too_large", _("Only %(left)s bytes of this upload are missing.", left=left))


def _decoded(value: list[str]) -> bytes:
    """The value of one key; a key without a value has an empty one."""
    try:
        return base64.b64decode("".join(value[:1]), validate=True)
    except binascii.Error as error:
        raise _bad_metadata() from error


def _bad_metadata() -> Invalid:
    return Invalid.field(
        "Upload-Metadata",
        "invalid",
        _("Send keys with values in Base64 of UTF-8, comma-separated."),
    )
