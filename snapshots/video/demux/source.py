"""Opening video files: the only place that hands a path to FFmpeg, and the guard before it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import av.error
from av.codec.context import ThreadType
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from ...messages import Message
from ...messages import message as _
from ..bitstream.av1 import largest_size
from ..errors import VideoError
from .file_type import check_first_bytes
from .packets import resets

DEMUXERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpeg,avi,flv,ogg,asf"
VIDEO_DECODERS = (
    "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,libdav1d,av1,mpeg1video,mpeg2video,mpegvideo,mpeg4,"
    "msmpeg4v1,msmpeg4v2,msmpeg4,mjpeg,prores,theora,wmv1,wmv2,wmv3,vc1,flv,h263,vp6,vp6a,vp6f,"
    "png,qtrle,dnxhd,dvvideo,ffv1,rawvideo"
)
# Sound is never decoded, but FFmpeg may have to peek into it to learn what a file holds.
AUDIO_DECODERS = "aac,mp2,mp2float,mp3,mp3float,ac3,eac3,opus,vorbis,flac,alac,pcm_s16le,pcm_s16be"

# Codecs whose decoder needs nothing of the container but what `new_decoder` hands on.
_SELF_CONTAINED = frozenset(
    {"h264", "hevc", "vp8", "vp9", "av1", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "prores"}
)

# Decoders that give other pixels with several threads than with one, seen on real files.
_INEXACT_WITH_THREADS = frozenset({"theora"})

_MOST_CORES = 8
_HEAD_BYTES = 1 << 16
_PACKED = re.compile(rb"DivX\d+(?:b|Build)\d+p")  # user data that marks packed MPEG-4
_BEFORE_ALL = -(1 << 40)  # a timestamp before any real one
_BROKEN_READS = 16  # unreadable packets in a row after which the rest counts as lost
_NOT_A_VIDEO = Disposition.attached_pic | Disposition.timed_thumbnails
_FFMPEG_ERRORS = (av.error.FFmpegError, EOFError, ValueError, MemoryError)


@dataclass(frozen=True, slots=True)
class SourceLimits:
    """What a file may demand: declared pixels of a picture, streams, cores to decode on."""

    max_pixels: int = 36_000_000
    max_streams: int = 32
    cores: int = field(default_factory=lambda: min(_MOST_CORES, len(os.sched_getaffinity(0))))


class Source:
    """An open file and its video stream. Other streams are not read unless asked for.

    `decoder` is the codec context to decode with; it is the stream's own, but for VP8 and VP9
    with alpha, which only libvpx keeps. Not safe to share between threads.

    `counts_frames`: packet times tell nothing of the order shown, so that frames must be counted.
    AVI stores no presentation times, and FFmpeg makes them up, wrongly with the B-frames of H.264
    and of packed MPEG-4. Packets have their DTS for PTS then: the times of frames, by rank.
    """

    def __init__(self, path: Path, limits: SourceLimits) -> None:
        self.path = path
        self.limits = limits
        self.size_bytes = path.stat().st_size
        self.time_goes_back: bool | None = None  # not known before container.time_goes_back
        self.has_several_edits: bool | None = None  # the same
        self.end_byte = self.size_bytes  # what lies behind is another file's: container.end_byte
        self.last_packet_pts: int | None = None  # of the file's last packet, once it was met
        self._first: tuple[int | None, int] | None = None
        self._open()

    def _open(self) -> None:
        options = _options(self.limits)
        with translated(
            _("The file cannot be read as a video: it is damaged or in an unknown format.")
        ):
            self.container = av.open(
                f"file:{self.path}", "r", options=options, metadata_errors="replace"
            )
        try:
            with translated(_("The video's streams cannot be read.")):
                self._choose_stream()
        except BaseException:
            self.container.close()
            raise

    def _choose_stream(self) -> None:
        self.stream = _video_stream(self.container, self.limits)
        self.codec_name = self.stream.codec_context.codec.canonical_name
        self.has_alpha_track = _has_alpha_track(self.stream)
        self.time_base = self.stream.time_base or Fraction(1, av.time_base)
        self.decoder = self._open_decoder()
        self.only_video()
        self.counts_frames = self._must_count()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.container.close()

    def _must_count(self) -> bool:
        if self.container.format.name != "avi":
            return False
        return self.codec_name in ("h264", "hevc") or (
            self.codec_name == "mpeg4" and self._packs_frames()
        )

    def _packs_frames(self) -> bool:
        """Whether packets hold a P and a B picture, and empty ones follow: the writer says so."""
        with self.path.open("rb") as file:
            return _PACKED.search(file.read(_HEAD_BYTES)) is not None

    @property
    def seeks_exactly(self) -> bool:
        """Whether packets have the same times after a seek as when read from the start.

        Program streams time only some pictures; FFmpeg guesses the rest, differently each time. So
        it does with Ogg, where only Theora's rate is constant.
        """
        name = self.container.format.name
        return name != "mpeg" and (name != "ogg" or self.codec_name == "theora")

    def only_video(self) -> None:
        """Let the demuxer pass over everything but the video."""
        for stream in self.container.streams:
            wanted = stream.index == self.stream.index
            stream.discard = Discard.default if wanted else Discard.all

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """The video's packets in decoding order, from here to the end of what can be read.

        A packet that cannot be read is passed over; several in a row end the file.
        """
        failures, last = 0, None
        while failures < _BROKEN_READS:
            try:
                for packet in self.container.demux(self.stream):
                    if (packet.pos or 0) >= self.end_byte:
                        return
                    if self.counts_frames:
                        self._let_count(packet)
                    if packet.size:
                        failures = 0
                        last = packet.pts
                        yield packet
            except IndexError:
                return  # PyAV at the end of a file whose streams grew in number while it was read
            except _FFMPEG_ERRORS:
                failures += 1
            else:
                self.last_packet_pts = self.last_packet_pts if last is None else last
                return

    def _let_count(self, packet: Packet[VideoStream]) -> None:
        """Counting starts only where decoding starts and nothing is lost by that."""
        packet.pts = packet.dts
        if packet.is_keyframe:
            extradata = self.decoder.extradata or b""
            packet.is_keyframe = resets(packet, self.codec_name, extradata)

    def seek(self, place: int, *, is_byte: bool = False) -> bool:
        """Go to a key frame at or before a PTS, roughly, or to what follows a byte of the file.

        Returns whether the container could seek.
        """
        try:
            self.container.seek(place, stream=self.stream, unsupported_byte_offset=is_byte)
        except (av.error.FFmpegError, OverflowError):
            return False
        return True

    def rewind(self) -> None:
        """Go to the first packet of the file; at the worst by opening it anew.

        Not every demuxer finds back: where sound begins before the video and the index was cut
        off there is nothing to seek to, and of one packet nothing is left.
        """
        if self._first is None:
            self._first = self._next_packet()
        starts = (_BEFORE_ALL, 0, self.stream.start_time)
        for pts in dict.fromkeys(pts for pts in starts if pts is not None):
            if self.seek(pts) and self._next_packet() == self._first and self.seek(pts):
                return
        self.container.close()
        self._open()

    def _next_packet(self) -> tuple[int | None, int]:
        """Where the next packet lies, and its size."""
        packet = next(self.packets(), None)
        return (packet.pos, packet.size) if packet else (None, 0)

    @property
    def can_decode_side_by_side(self) -> bool:
        """Whether `new_decoder` gives decoders that do all that `decoder` does."""
        return self.codec_name in _SELF_CONTAINED

    def new_decoder(self, *, threads: int, strict: bool = False) -> VideoCodecContext:
        """A further decoder for the stream; `strict` raises where others paint over damage.

        It knows nothing of the container: its frames may lack what only that tells.
        """
        twin = _twin(self.decoder.codec.name, self.decoder, "explode" if strict else None)
        return _with_threads(twin, threads)

    def _open_decoder(self) -> VideoCodecContext:
        context = self.stream.codec_context
        if self.has_alpha_track:
            name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}[self.codec_name]
            context = _twin(name, context)
        return _with_threads(context, self.limits.cores)


def open_source(path: str | os.PathLike[str], *, limits: SourceLimits | None = None) -> Source:
    """Open a video on disk, guarded; close it by `close()` or a `with` block.

    Raises VideoError: `unsupported` for what is no video container (playlists, text, pictures),
    `unreadable` for what is damaged or missing, `no_video`, `too_large`.
    """
    limits = limits or SourceLimits()
    place = Path(os.path.abspath(path))  # an absolute path can never read as a protocol
    check_first_bytes(place)
    return Source(place, limits)


@contextmanager
def translated(message: Message) -> Iterator[None]:
    """Turn FFmpeg's exceptions into VideoError `unreadable` with `message`."""
    try:
        yield
    except (av.error.FFmpegError, EOFError, ValueError) as error:
        # FFmpeg's "out of memory" too: it is what damaged sizes in a header lead to
        raise VideoError("unreadable", message) from error
    except MemoryError as error:
        raise VideoError("out_of_memory", _("The video needs more memory than allowed.")) from error


def _options(limits: SourceLimits) -> dict[str, str]:
    return {
        "protocol_whitelist": "file",
        "format_whitelist": DEMUXERS,
        **_decoder_options(limits),
    }


def _decoder_options(limits: SourceLimits) -> dict[str, str]:
    return {
        "codec_whitelist": f"{VIDEO_DECODERS},{AUDIO_DECODERS}",
        "max_pixels": str(limits.max_pixels),
    }


def _video_stream(container: InputContainer, limits: SourceLimits) -> VideoStream:
    if len(container.streams) > limits.max_streams:
        raise VideoError(
            "too_large", _("The file has more than %(count)s streams.", count=limits.max_streams)
        )
    real = [s for s in container.streams.video if not s.disposition & _NOT_A_VIDEO]
    if not real:
        raise VideoError("no_video", _("The file contains no video."))
    marked = [s for s in real if s.disposition & Disposition.default]
    stream = (marked or real)[0]
    context = stream.codec_context
    if context is None:  # what PyAV gives where FFmpeg knows no decoder
        raise VideoError("unsupported", _("The video's codec is not supported."))
    if context.codec.name not in VIDEO_DECODERS.split(","):
        raise VideoError(
            "unsupported", _("The codec %(name)s is not supported.", name=context.codec.name)
        )
    sizes = [(context.width, context.height)]
    if context.codec.canonical_name == "av1":
        sizes.append(largest_size(context.extradata or b""))
    for width, height in sizes:
        if width * height > limits.max_pixels:
            size = f"{width} × {height}"
            raise VideoError("too_large", _("The frames are too large: %(size)s.", size=size))
    context.options = _decoder_options(limits)
    return stream


def _has_alpha_track(stream: VideoStream) -> bool:
    tags = {key.lower(): value for key, value in stream.metadata.items()}
    vpx = stream.codec_context.codec.canonical_name in ("vp8", "vp9")
    return vpx and tags.get("alpha_mode") == "1"


def _with_threads(context: VideoCodecContext, threads: int) -> VideoCodecContext:
    context.thread_type = ThreadType.AUTO
    context.thread_count = 1 if context.codec.name in _INEXACT_WITH_THREADS else threads
    return context


def _twin(name: str, own: VideoCodecContext, err_detect: str | None = None) -> VideoCodecContext:
    """A decoder for the same stream by another name, or of another strictness."""
    context: VideoCodecContext = av.codec.CodecContext.create(name, "r")  # type: ignore[assignment]
    context.extradata = own.extradata
    context.codec_tag = own.codec_tag  # MPEG-4 by its writer's quirks
    context.width, context.height = own.width, own.height
    context.color_range, context.colorspace = own.color_range, own.colorspace
    context.color_primaries, context.color_trc = own.color_primaries, own.color_trc
    context.options = own.options | ({"err_detect": err_detect} if err_detect else {})
    return context
