"""A local object store: moto's S3, with a log of its calls, and failures on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

BUCKET = "library"
KEYS = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@dataclass
class Call:
    """What was asked, and how many bytes of the answer's body went out."""

    method: str
    path: str
    part: str
    sent: int = 0


@dataclass
class ObjectStore:
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    is_down: bool = False
    cut_after: int | None = None  # bytes of the next long answer, after which the line breaks

    @cached_property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
            region_name="us-east-1",
        )

    def keys(self) -> set[str]:
        return {key for key in self._all_keys() if not key.endswith("/.writable")}

    def clear(self) -> None:
        """As it was at the beginning."""
        self.is_down, self.cut_after = False, None
        for key in self._all_keys():
            self.client.delete_object(Bucket=BUCKET, Key=key)
        self.calls.clear()

    def _all_keys(self) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [each["Key"] for each in listed]

    def read(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def brought(self, kind: str = "sources") -> int:
        """Bytes of objects of that kind that went out."""
        return sum(c.sent for c in self.calls if c.method == "GET" and f"/{kind}/" in c.path)

    def answer(self, inner: Any, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        part = environ.get("HTTP_RANGE", "")
        call = Call(environ["REQUEST_METHOD"], environ["PATH_INFO"], part)
        self.calls.append(call)
        if self.is_down:
            start("503 Slow Down", [("Content-Length", "0")])
            return []
        return self._counted(call, inner(environ, start))

    def _counted(self, call: Call, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            if self.cut_after is not None and len(block) > self.cut_after:
                end, self.cut_after = self.cut_after, None
                call.sent += end
                yield block[:end]
                raise ConnectionAbortedError
            call.sent += len(block)
            yield block


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """Running, with an empty bucket, until the end."""
    store = ObjectStore()
    inner = DomainDispatcherApplication(create_backend_app)
    server = make_server(
        "127.0.0.1",
        0,
        lambda environ, start: store.answer(inner, environ, start),
        threaded=True,
        request_handler=_Quiet,
    )
    store.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        store.client.create_bucket(Bucket=BUCKET)
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
