"""The upload handler: streams uploaded files to the disk, for those who may put them there."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    SkipFile,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest

from .. import storage
from ..errors import TooLarge
from ..messages import message as _
from ..services.library import promised_space, upload_validators
from ..services.security.accounts import signed_in

_ADD_MEDIA = "snapshots.add_media"
# The views that take files, and the permission for it. No other view gets a file's bytes.
_TAKES_FILES = {
    ("POST", "admin:snapshots_media_add"): _ADD_MEDIA,
    ("POST", "api:media_list"): _ADD_MEDIA,
    ("PUT", "api:media_cover"): "snapshots.change_media",
}


class HashedUpload(TemporaryUploadedFile):
    """An uploaded file with the SHA-256 of its bytes as hex; empty if nobody needs it.

    Of a file above MEDIAHUB_MAX_UPLOAD_MB the rest is not stored, but `size` counts all of it.
    """

    sha256: str = ""


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Streams to the disk under a name of its own: the client's file name never reaches a path.

    Django parses a form before any view runs: its CSRF check looks for the token there. So it is
    decided here, before the first block is read, who sends it to which view. Bodies above 2 MiB
    that are not an upload by a user with the permission raise `TooLarge`; files in smaller ones are
    passed over. An upload raises `StorageFull` when free space runs out, before and while it comes,
    and `Throttled` for a user with too many unfinished uploads.

    Django's handler appends the client's suffix to the temporary name, and fails if that is too
    long for a file name. If the request has an Idempotency-Key, the file has its `sha256`, by
    which repeated requests are recognised.
    """

    _reservation: storage.Reservation | None = None
    _takes_files = _is_partial = False

    def handle_raw_input(  # type: ignore[override]  # Django calls it by position
        self, input_data: Any, meta: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        right = _right_to_upload(self.request)
        self._takes_files, self._to_come = bool(right), content_length
        if self.request is not None and right:
            user = signed_in(self.request.user)
            is_video = right == _ADD_MEDIA
            with promised_space.granting(content_length, user=user if is_video else None):
                self._reservation = storage.Reservation(str(user.pk), content_length)
        elif content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            max_mb = settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20
            raise TooLarge("too_large", _("The body may have at most %(size)s MiB.", size=max_mb))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        if not self._takes_files:
            raise SkipFile
        self.file: HashedUpload = HashedUpload(
            "upload", self.content_type, 0, self.charset, self.content_type_extra
        )
        self.file.name = self.file_name
        self._is_partial = True
        self._digest = hashlib.sha256() if self._is_keyed() else None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._digest:
            self._digest.update(raw_data)
        room = max(0, settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20 - start)
        upload_validators.check_space(len(raw_data))  # others may fill the disk meanwhile
        super().receive_data_chunk(raw_data[:room], start)
        self._to_come -= len(raw_data)
        if self._reservation:
            self._reservation.shrink(max(0, self._to_come))

    def file_complete(self, file_size: int) -> Any:
        self.file.sha256 = self._digest.hexdigest() if self._digest else ""
        self._is_partial = False
        return super().file_complete(file_size)

    def upload_complete(self) -> None:
        self.end()

    def end(self) -> None:
        """Free what a body that was not read to its end still holds."""
        if self._reservation:
            self._reservation.close()
        if self._is_partial:
            self.file.close()  # which deletes it

    def _is_keyed(self) -> bool:
        return self.request is not None and "Idempotency-Key" in self.request.headers


def _right_to_upload(request: HttpRequest | None) -> str:
    """The permission by which the user may send files to the view; empty if there is none."""
    if request is None or request.resolver_match is None:
        return ""
    right = _TAKES_FILES.get((str(request.method), request.resolver_match.view_name), "")
    return right if right and request.user.has_perm(right) else ""
