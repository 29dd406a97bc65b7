"""Stream selection and decoders: which stream of a file is decoded, by which decoder.

Everything that FFmpeg may use is on an allow-list here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import av
import av.error
from av.codec.context import ThreadType
from av.container import InputContainer
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from ...messages import Message
from ...messages import message as _
from ..bitstream.av1 import max_frame_size
from ..errors import VideoError

DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,ogg,asf"
VIDEO_DECODERS = (
    "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,libdav1d,av1,mpeg1video,mpeg2video,mpegvideo,mpeg4,"
    "msmpeg4v1,msmpeg4v2,msmpeg4,mjpeg,prores,theora,wmv1,wmv2,wmv3,vc1,flv,h263,vp6,vp6a,vp6f,"
    "png,qtrle,dnxhd,dvvideo,ffv1,rawvideo"
)
# Audio is never decoded, but FFmpeg may have to probe it to identify a file.
AUDIO_DECODERS = "aac,mp2,mp2float,mp3,mp3float,ac3,eac3,opus,vorbis,flac,alac,pcm_s16le,pcm_s16be"

# Decoders whose pixels differ with several threads, seen on real files.
_INEXACT_WITH_THREADS = frozenset({"theora"})

_MAX_CORES = 8
_HEAD_BYTES = 1 << 16
_PACKED = re.compile(rb"DivX\d+(?:b|Build)\d+p")  # user data of packed MPEG-4
_NOT_A_VIDEO = Disposition.attached_pic | Disposition.timed_thumbnails


@dataclass(frozen=True, slots=True)
class SourceBounds:
    """What a file may demand: declared pixels of a picture, streams, cores to decode on."""

    max_pixels: int = 36_000_000
    max_streams: int = 32
    cores: int = field(default_factory=lambda: min(_MAX_CORES, len(os.sched_getaffinity(0))))


@contextmanager
def translated(message: Message) -> Iterator[None]:
    """Turn FFmpeg's exceptions into VideoError `unreadable` with `message`."""
    try:
        yield
    except (av.error.FFmpegError, EOFError, ValueError) as error:
        # Includes FFmpeg's "out of memory": damaged sizes in a header lead to it
        raise VideoError("unreadable", message) from error
    except MemoryError as error:
        raise VideoError("out_of_memory", _("The video needs more memory than allowed.")) from error


def open_options(bounds: SourceBounds) -> dict[str, str]:
    return {
        "protocol_whitelist": "file",
        "format_whitelist": DEMUXERS,
        **_decoder_options(bounds),
    }


def _decoder_options(bounds: SourceBounds) -> dict[str, str]:
    return {
        "codec_whitelist": f"{VIDEO_DECODERS},{AUDIO_DECODERS}",
        "max_pixels": str(bounds.max_pixels),
    }


def select_stream(container: InputContainer, bounds: SourceBounds) -> VideoStream:
    """The stream marked as default, else the first one that is not cover art. Raises VideoError."""
    if len(container.streams) > bounds.max_streams:
        raise VideoError(
            "too_large", _("The file has more than %(count)s streams.", count=bounds.max_streams)
        )
    videos = [s for s in container.streams.video if not s.disposition & _NOT_A_VIDEO]
    if not videos:
        raise VideoError("no_video", _("The file contains no video."))
    default = [s for s in videos if s.disposition & Disposition.default]
    stream = (default or videos)[0]
    context = stream.codec_context
    if context is None:  # PyAV's value where FFmpeg knows no decoder
        raise VideoError("unsupported", _("The video's codec is not supported."))
    if context.codec.name not in VIDEO_DECODERS.split(","):
        raise VideoError(
            "unsupported", _("The codec %(name)s is not supported.", name=context.codec.name)
        )
    sizes = [(context.width, context.height)]
    if context.codec.canonical_name == "av1":
        sizes.append(max_frame_size(context.extradata or b""))
    for width, height in sizes:
        if width * height > bounds.max_pixels:
            raise VideoError(
                "too_large",
                _("The frames are too large: %(size)s.", size=f"{width} × {height}"),
            )
    context.options = _decoder_options(bounds)
    return stream


def has_alpha_track(stream: VideoStream) -> bool:
    """Whether a VP8 or VP9 track in Matroska declares alpha."""
    tags = {key.lower(): value for key, value in stream.metadata.items()}
    vpx = stream.codec_context.codec.canonical_name in ("vp8", "vp9")
    return vpx and tags.get("alpha_mode") == "1"


def must_count_frames(path: Path, container: str, codec: str) -> bool:
    """Whether packet times do not give the display order: H.264, HEVC and packed MPEG-4 in AVI."""
    if container != "avi":
        return False
    return codec in ("h264", "hevc") or (codec == "mpeg4" and _packs_frames(path))


def _packs_frames(path: Path) -> bool:
    """Whether packets hold a P and a B picture, by the encoder's user data."""
    with path.open("rb") as file:
        return _PACKED.search(file.read(_HEAD_BYTES)) is not None


def with_threads(context: VideoCodecContext, threads: int) -> VideoCodecContext:
    """The context, set to that many threads where its pixels do not depend on them."""
    context.thread_type = ThreadType.AUTO
    context.thread_count = 1 if context.codec.name in _INEXACT_WITH_THREADS else threads
    return context


def new_context(
    name: str, template: VideoCodecContext, *, strict: bool = False
) -> VideoCodecContext:
    """Another decoder for the same stream, by name; `strict` raises on damage."""
    context: VideoCodecContext = av.codec.CodecContext.create(name, "r")  # type: ignore[assignment]
    context.extradata = template.extradata
    context.codec_tag = template.codec_tag  # MPEG-4 decoders go by the encoder's quirks
    context.width, context.height = template.width, template.height
    context.color_range, context.colorspace = template.color_range, template.colorspace
    context.color_primaries, context.color_trc = template.color_primaries, template.color_trc
    context.options = template.options | ({"err_detect": "explode"} if strict else {})
    return context
