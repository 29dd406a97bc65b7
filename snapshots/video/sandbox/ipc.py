"""Interprocess messages of the sandbox: a JSON head and a binary payload, over a socket.

The child reads untrusted files, so nothing that it sends is ever unpickled.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTHS = struct.Struct(">IQ")  # bytes of JSON, bytes of payload
MAX_HEAD = 1 << 20
MAX_PAYLOAD = 512 << 20


class Closed(Exception):
    """The other side is gone."""


def send(sock: socket.socket, head: dict[str, Any], payload: bytes = b"") -> None:
    """Send one message. Raises `Closed`."""
    text = json.dumps(head).encode()
    try:
        sock.sendall(_LENGTHS.pack(len(text), len(payload)) + text)
        if payload:
            sock.sendall(payload)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise Closed from error


def receive(sock: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Receive one message. Raises `Closed` at the end, `ValueError` for an invalid message."""
    head_length, payload_length = _LENGTHS.unpack(_exactly(sock, _LENGTHS.size))
    if head_length > MAX_HEAD or payload_length > MAX_PAYLOAD:
        raise ValueError("message too large")
    head = json.loads(_exactly(sock, head_length))
    if not isinstance(head, dict):
        raise ValueError("not a message")  # noqa: TRY004  as for any invalid message
    return head, _exactly(sock, payload_length)


def _exactly(sock: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        try:
            block = sock.recv(min(1 << 20, count - len(data)))
        except ConnectionResetError as error:
            raise Closed from error
        if not block:
            raise Closed
        data += block
    return bytes(data)
