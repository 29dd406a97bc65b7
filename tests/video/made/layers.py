"""Rewrites AV1 streams as scalable ones: the same frames, with layer ids.

No encoder at hand makes layers, but they are only a few bits: an extension of each OBU's header
(AV1 specification, 5.3.3), and which layers the first operating point has (5.5.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av

_SEQUENCE_HEADER = 1
_IN_A_LAYER = (3, 4, 6, 7)  # frame headers, tile groups, frames


def temporal(path: Path) -> Path:
    """Every other frame in a second temporal layer."""
    return _rewrite(path, [(0, 0), (1, 0)], together=1)


def spatial(path: Path) -> Path:
    """Each two frames become one temporal unit of two spatial layers; the second is shown."""
    return _rewrite(path, [(0, 0), (0, 1)], together=2)


def both(path: Path) -> Path:
    """Two spatial layers, and two temporal ones."""
    return _rewrite(path, [(0, 0), (0, 1), (1, 0), (1, 1)], together=2)


def _rewrite(path: Path, layers: Sequence[tuple[int, int]], *, together: int) -> Path:
    plain = path.rename(path.with_stem(path.stem + "-plain"))
    point = sum({1 << time for time, _ in layers} | {256 << space for _, space in layers})
    with av.open(str(plain)) as source, av.open(str(path), "w") as output:
        track = source.streams.video[0]
        stream = output.add_stream_from_template(track, opaque=True)
        head = track.codec_context.extradata or b""
        stream.codec_context.extradata = head[:4] + _laid(head[4:], (0, 0), point)
        packets = [packet for packet in source.demux(track) if packet.size]
        for number in range(0, len(packets), together):
            unit = packets[number : number + together]
            data = b"".join(
                _laid(bytes(packet), layers[(number + position) % len(layers)], point)
                for position, packet in enumerate(unit)
            )
            written = av.Packet(data)
            written.pts = written.dts = unit[0].pts
            written.duration = sum(packet.duration or 0 for packet in unit)
            written.time_base, written.is_keyframe = unit[0].time_base, unit[0].is_keyframe
            written.stream = stream
            output.mux(written)
    return path


def _laid(data: bytes, layer: tuple[int, int], point: int) -> bytes:
    """The same OBUs, in that (temporal, spatial) layer of that operating point."""
    return b"".join(_obu(*obu, layer, point) for obu in _obus(data))


def _obu(kind: int, size: bytes, body: bytes, layer: tuple[int, int], point: int) -> bytes:
    has_size = 0b10
    if kind in _IN_A_LAYER:
        head = bytes([kind << 3 | 0b100 | has_size, layer[0] << 5 | layer[1] << 3])
        return head + size + body
    if kind == _SEQUENCE_HEADER:
        assert not body[0] & 0b100, "timing information moves the operating point"
        body = bytes([body[0], body[1] & 0xF0 | point >> 8, point & 0xFF]) + body[3:]
    return bytes([kind << 3 | has_size]) + size + body


def _obus(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Kind, size as written (leb128), and body of each OBU."""
    position = 0
    while position < len(data):
        kind = data[position] >> 3 & 15
        start = position = position + 1
        while data[position] & 0x80:
            position += 1
        position += 1
        length = sum((byte & 0x7F) << 7 * k for k, byte in enumerate(data[start:position]))
        yield kind, data[start:position], data[position : position + length]
        position += length
