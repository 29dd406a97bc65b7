"""Chroma subsampling: where samples lie, and frames padded to whole samples."""

from __future__ import annotations

from typing import cast

import av
import numpy as np

from ..info import VideoInfo
from .geometry import Size
from .graph_key import GraphKey, graph_key

# Codecs whose chroma samples are centred between pixels; in the others they are at the left.
# FFmpeg's scaler has to be told, or colours shift by half a pixel.
_CENTERED_CHROMA = frozenset({"mjpeg", "mpeg1video", "h263", "flv1", "theora"})


def padded_size(key: GraphKey) -> tuple[int, int]:
    """(width, height) of the frame, rounded up to multiples of its chroma subsampling.

    For an odd size the scaler would stretch the chroma planes as if they covered fewer pixels, so
    it must be given the padded frame.
    """
    across, down = chroma_subsampling(key)
    return -(-key.width // across) * across, -(-key.height // down) * down


def padded(frame: av.VideoFrame) -> av.VideoFrame:
    """The frame, or a copy padded to a size that its chroma subsampling divides.

    The content of the padding does not matter: it is cropped again.
    """
    size = padded_size(graph_key(frame, Size(0, 0), alpha=False))
    if size == (frame.width, frame.height):
        return frame
    whole = av.VideoFrame(*size, frame.format.name)
    for source, target in zip(frame.planes, whole.planes, strict=True):
        rows = np.zeros((target.height, target.line_size), np.uint8)
        stored = np.frombuffer(cast(bytes, source), np.uint8).reshape(source.height, -1)
        length = min(source.line_size, target.line_size)
        rows[: source.height, :length] = stored[:, :length]
        target.update(rows.tobytes())
    whole.colorspace, whole.color_range = frame.colorspace, frame.color_range
    return whole


def chroma_subsampling(key: GraphKey) -> tuple[int, int]:
    """How many pixels share a chroma sample, horizontally and vertically."""
    described = av.VideoFormat(key.pixel_format)
    return 16 // described.chroma_width(16), 16 // described.chroma_height(16)


def full_chroma_format(pixel_format: str) -> str:
    """The planar 4:4:4 format of the same depth, with alpha if there was any."""
    described = av.VideoFormat(pixel_format)
    depth = max(part.bits for part in described.components)
    alpha = any(part.is_alpha for part in described.components)
    return ("yuva444p" if alpha else "yuv444p") + (f"{depth}le" if depth > 8 else "")


def chroma_location(info: VideoInfo) -> str:
    """FFmpeg's name for the position of chroma samples in the codec's frames."""
    return "center" if info.codec in _CENTERED_CHROMA else "left"
