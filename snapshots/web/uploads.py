"""Files on their way in."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler


class DiskUploadHandler(TemporaryFileUploadHandler):
    """Streams to the disk under a name of ours: what users call a file never reaches a path.

    Django's own puts whatever follows the last dot behind the temporary name, and fails when
    that is longer than a file name may be.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.file = TemporaryUploadedFile(
            "upload", self.content_type, 0, self.charset, self.content_type_extra
        )
        self.file.name = self.file_name
