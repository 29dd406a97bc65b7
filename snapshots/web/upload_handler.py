"""Files on their way in."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Streams to the disk under a name of ours: what users call a file never reaches a path.

    Django's own puts whatever follows the last dot behind the temporary name, and fails when
    that is longer than a file name may be. The file that it hands on has its `sha256` as hex,
    taken on the way where the request has an Idempotency-Key: by it equal requests are known.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = TemporaryUploadedFile(
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
