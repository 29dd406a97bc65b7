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

from ..errors import DomainError, TooLarge
from ..messages import message as _
from ..services.library import upload_validators

# The views that take files, and the permission for it. No other view gets a file's bytes.
_TAKES_FILES = {
    ("POST", "admin:snapshots_media_add"): "snapshots.add_media",
    ("POST", "api:media_list"): "snapshots.add_media",
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
    passed over. An upload raises `StorageFull` when free space runs out, before and while it comes.

    Django's handler appends the client's suffix to the temporary name, and fails if that is too
    long for a file name. If the request has an Idempotency-Key, the file has its `sha256`, by
    which repeated requests are recognised.
    """

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        self._takes_files = self.request is not None and takes_files(self.request)
        if self._takes_files:
            upload_validators.check_space(content_length)
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
        self._digest = hashlib.sha256() if self._is_keyed() else None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._digest:
            self._digest.update(raw_data)
        room = max(0, settings.MEDIAHUB_MAX_UPLOAD_MB * 2**20 - start)
        try:
            upload_validators.check_space(len(raw_data))  # others may fill the disk meanwhile
        except DomainError:
            self.file.close()  # which deletes it
            raise
        super().receive_data_chunk(raw_data[:room], start)

    def file_complete(self, file_size: int) -> Any:
        self.file.sha256 = self._digest.hexdigest() if self._digest else ""
        return super().file_complete(file_size)

    def _is_keyed(self) -> bool:
        return self.request is not None and "Idempotency-Key" in self.request.headers


def takes_files(request: HttpRequest) -> bool:
    """Whether the view takes files, and the user may send them."""
    match, user = request.resolver_match, getattr(request, "user", None)
    right = _TAKES_FILES.get((str(request.method), match.view_name if match else ""))
    return right is not None and user is not None and user.has_perm(right)
