"""The upload handler: streams uploaded files to the disk."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler


class HashedUpload(TemporaryUploadedFile):
    """An uploaded file with the SHA-256 of its bytes as hex; empty if nobody needs it."""

    sha256: str = ""


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Streams to the disk under a name of its own: the client's file name never reaches a path.

    Django's handler appends the client's suffix to the temporary name, and fails if that is too
    long for a file name. If the request has an Idempotency-Key, the file has its `sha256`, by
    which repeated requests are recognised.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file: HashedUpload = HashedUpload(
            "upload", self.content_type, 0, self.charset, self.content_type_extra
        )
        self.file.name = self.file_name
        self._digest = hashlib.sha256() if self._is_keyed() else None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._digest:
            self._digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> Any:
        self.file.sha256 = self._digest.hexdigest() if self._digest else ""
        return super().file_complete(file_size)

    def _is_keyed(self) -> bool:
        return self.request is not None and "Idempotency-Key" in self.request.headers
