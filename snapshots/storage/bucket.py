"""Buckets of S3-compatible object stores: AWS, MinIO, Ceph, R2, Tencent's COS and others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

from .. import fault_injection
from ..errors import Busy, StorageFull
from ..messages import message as _
from . import cache
from .stored_file import BLOCK_BYTES

_WRITABLE = ".writable"  # written to check that the bucket is writable
_LIST_BATCH = 2000  # names listed at a time in search of orphaned files
_TIMEOUTS: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 20,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}
_FULL = ("XMinioStorageFull", "QuotaExceeded", "QuotaExceededException", "InsufficientStorage")


class Bucket(S3Storage):  # type: ignore[misc]  # it comes without types
    """A `Store`. Names are keys below `location`; `base_url` is what addresses begin with."""

    def __init__(self, *, base_url: str = "", **options: Any) -> None:
        is_aws = not options.get("endpoint_url")
        super().__init__(
            file_overwrite=True, default_acl=None, client_config=_config(is_aws=is_aws), **options
        )
        self._base_url = base_url
        self._list_marker = ""

    def _save(self, name: str, content: File[Any]) -> str:
        if hasattr(content, "temporary_file_path"):
            self.take(Path(content.temporary_file_path()), name)
            return name
        with map_s3_error():
            super()._save(name, content)
        fault_injection.point("after_rename")
        return name

    def take(self, path: Path, name: str) -> None:
        """Upload the file, and adopt it into the cache on this machine's disk if there is room."""
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            self.size(name)
            return
        fault_injection.point("before_taking")
        if self._size_if_there(name) != size:
            with path.open("rb") as file:
                self.save(name, File(file))
        cache.adopt(path, name)
        fault_injection.point("after_taking")

    def exists(self, name: str) -> bool:
        return self._size_if_there(name) is not None

    def size(self, name: str) -> int:
        with map_s3_error():
            return int(self._object(name).content_length)

    def url(self, name: str) -> str:
        return f"{self._base_url}{name}"

    def opened(self, name: str) -> BucketObject:
        return BucketObject(self._object(name))

    @contextmanager
    def on_disk(self, name: str, while_fetching: Callable[[], None]) -> Iterator[Path]:
        original = partial(self.opened, name)
        with cache.held(name, original=original, while_fetching=while_fetching) as path:
            yield path

    def delete(self, name: str) -> None:
        cache.drop_cached(name)
        with map_s3_error(), suppress(FileNotFoundError):
            self._object(name).delete()

    def names(self, *, older_than: timedelta, newer_than: timedelta) -> Iterator[str]:  # noqa: ARG002
        """A batch at a time, in turn through the whole bucket, which cannot be queried by age."""
        latest = datetime.now(UTC) - older_than
        with map_s3_error():
            listed = self.bucket.objects.filter(
                Prefix=self._key(""), Marker=self._key(self._list_marker)
            )
            found = [(each.key, each.last_modified) for each in islice(listed, _LIST_BATCH)]
        names = [(key.removeprefix(self._key("")), written) for key, written in found]
        self._list_marker = names[-1][0] if len(names) == _LIST_BATCH else ""
        yield from (name for name, at in names if at < latest and name != _WRITABLE)

    def drop_parts(self, *, older_than: timedelta) -> int:
        """Abort unfinished multipart uploads, and delete partial copies in the cache."""
        latest = datetime.now(UTC) - older_than
        with map_s3_error():
            begun = self.bucket.multipart_uploads.filter(Prefix=self._key(""))
            old = [upload for upload in begun if upload.initiated < latest]
            for upload in old:
                upload.abort()
        return len(old) + cache.drop_parts(older_than=older_than)

    def try_writing(self) -> None:
        self.save(_WRITABLE, ContentFile(b"x"))

    def describe(self) -> str:
        return f"bucket {self.bucket_name}, {self.location or 'from its top'}"

    def _size_if_there(self, name: str) -> int | None:
        try:
            return self.size(name)
        except FileNotFoundError:
            return None

    def _key(self, name: str) -> str:
        return f"{self.location.strip('/')}/{name}".lstrip("/")

    def _object(self, name: str) -> Any:
        return self.bucket.Object(self._key(name))


class BucketObject:
    """An object in its current version, read by ranges."""

    is_on_disk = False

    def __init__(self, found: Any) -> None:
        self._object = found
        with map_s3_error():
            self.size = int(found.content_length)
            self.modified = int(found.last_modified.timestamp())
            self.etag = str(found.e_tag).strip('"')

    def blocks(self, start: int, length: int) -> Iterator[bytes]:
        if length <= 0:
            return
        part = f"bytes={start}-{start + length - 1}"
        with map_s3_error():
            answer = self._object.get(Range=part, IfMatch=self.etag)
            with closing(answer["Body"]) as body:
                yield from body.iter_chunks(BLOCK_BYTES)

    def close(self) -> None:
        """Nothing is open between the blocks."""


def _config(*, is_aws: bool) -> Config:
    """Client configuration; stores other than AWS need path addressing and few checksums."""
    if is_aws:
        return Config(**_TIMEOUTS)
    needed = "when_required"
    checksums = {"request_checksum_calculation": needed, "response_checksum_validation": needed}
    return Config(s3={"addressing_style": "path"}, **checksums, **_TIMEOUTS)


@contextmanager
def map_s3_error() -> Iterator[None]:
    """Raises the store's errors as `FileNotFoundError`, `StorageFull` or `Busy`."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 404 and code != "NoSuchBucket":
            raise FileNotFoundError(2, "It is not in the bucket") from error
        if status == 507 or code in _FULL:
            raise StorageFull("storage_full", _("The object store is full.")) from error
        raise _busy(code or str(status)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise _busy(type(error).__name__) from error


def _busy(reason: str) -> Busy:
    return Busy(
        "unavailable",
        _("The request to the object store failed (%(reason)s). Try again soon.", reason=reason),
    )
