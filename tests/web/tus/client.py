"""Requests of tus, as a client makes them."""

from __future__ import annotations

import base64
import hashlib

from snapshots import storage

UPLOADS = "/api/v1/uploads/"
DATA = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 16
SIZE = len(DATA)
PIECE = "application/offset+octet-stream"


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def ask(client, method, path, data=b"", kind=PIECE, **headers):
    """One request of tus; `upload_offset=3` becomes the header Upload-Offset."""
    headers = {"tus_resumable": "1.0.0", **headers}
    named = {name.replace("_", "-"): str(text) for name, text in headers.items() if text != ""}
    return client.generic(method, path, data, kind, headers=named)


METADATA = f"filename {b64('Holiday é.mp4')}"


def begin(client, length=SIZE, metadata=METADATA, **headers):
    return ask(client, "POST", UPLOADS, upload_length=length, upload_metadata=metadata, **headers)


def send(client, path, data, at, **headers):
    return ask(client, "PATCH", path, data, upload_offset=at, **headers)


def offset(client, path):
    response = ask(client, "HEAD", path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return int(response["Upload-Offset"])


def is_gone(client, path):
    return ask(client, "HEAD", path).status_code == 404


def checksum(data, algorithm="sha1"):
    return f"{algorithm} {b64(hashlib.new(algorithm, data).digest())}"


def incoming():
    return {path.name for path in storage.incoming_path("x").parent.iterdir()}


def part_of(path):
    return storage.incoming_path(path.split("/")[-2])
