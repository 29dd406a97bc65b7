"""Opening video files: the only `av.open`, and the checks before it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import av.error
from av.packet import Packet
from av.stream import Discard
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from ...messages import message as _
from .file_type import check_first_bytes
from .packets import starts_closed_gop
from .streams import (
    SourceBounds,
    has_alpha_track,
    must_count_frames,
    new_context,
    open_options,
    select_stream,
    translated,
    with_threads,
)

# Codecs whose decoder needs nothing from the container but what `new_decoder` copies.
_SELF_CONTAINED = frozenset(
    {"h264", "hevc", "vp8", "vp9", "av1", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "prores"}
)

_BEFORE_ALL = -(1 << 40)  # a PTS before any real one
_MAX_BROKEN_READS = 16  # unreadable packets in a row; then the rest counts as lost
_FFMPEG_ERRORS = (av.error.FFmpegError, EOFError, ValueError, MemoryError)


class Source:
    """An open file and its video stream; other streams are discarded by the demuxer.

    `decoder` is the codec context to decode with: the stream's own, except for VP8 and VP9 with
    alpha, which only libvpx decodes. Not safe to share between threads.

    `counts_frames`: packet times do not give the display order, so frames are placed by counting.
    AVI stores no PTS, and those that FFmpeg makes up are wrong with the B-frames of H.264 and of
    packed MPEG-4. Packets then have their DTS as PTS: sorted, they are the times of the frames.
    """

    def __init__(self, path: Path, bounds: SourceBounds) -> None:
        self.path = path
        self.bounds = bounds
        self.size_bytes = path.stat().st_size
        self.time_goes_back: bool | None = None  # unknown until container.time_goes_back
        self.has_several_edits: bool | None = None  # unknown until container.has_several_edits
        self.end_byte = self.size_bytes  # container.end_byte: another file may follow
        self.last_packet_pts: int | None = None  # known once the last packet was read
        self._first: tuple[int | None, int] | None = None
        self._open()

    def _open(self) -> None:
        options = open_options(self.bounds)
        with translated(
            _("The file cannot be read as a video: it is damaged or in an unknown format.")
        ):
            self.container = av.open(
                f"file:{self.path}", "r", options=options, metadata_errors="replace"
            )
        try:
            with translated(_("The video's streams cannot be read.")):
                self._select_stream()
        except BaseException:
            self.container.close()
            raise

    def _select_stream(self) -> None:
        self.stream = select_stream(self.container, self.bounds)
        self.codec_name = self.stream.codec_context.codec.canonical_name
        self.has_alpha_track = has_alpha_track(self.stream)
        self.time_base = self.stream.time_base or Fraction(1, av.time_base)
        self.decoder = self._open_decoder()
        self.discard_other_streams()
        self.counts_frames = must_count_frames(
            self.path, self.container.format.name, self.codec_name
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self.container.close()

    @property
    def seeks_exactly(self) -> bool:
        """Whether packets have the same times after a seek as when read from the start.

        Program streams store times of only some pictures, and FFmpeg's guess for the others
        depends on where reading starts. The same is true of Ogg, except for Theora's constant rate.
        """
        name = self.container.format.name
        return name != "mpeg" and (name != "ogg" or self.codec_name == "theora")

    def discard_other_streams(self) -> None:
        """Have the demuxer discard everything but the video stream."""
        for stream in self.container.streams:
            wanted = stream.index == self.stream.index
            stream.discard = Discard.default if wanted else Discard.all

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """The video's packets in decoding order, from the current position on.

        An unreadable packet is skipped; several in a row end the file.
        """
        failures, last = 0, None
        while failures < _MAX_BROKEN_READS:
            try:
                for packet in self.container.demux(self.stream):
                    if (packet.pos or 0) >= self.end_byte:
                        return
                    if self.counts_frames:
                        self._use_dts(packet)
                    if packet.size:
                        failures = 0
                        last = packet.pts
                        yield packet
            except IndexError:
                return  # PyAV at the end of a file that gained streams while it was read
            except _FFMPEG_ERRORS:
                failures += 1
            else:
                self.last_packet_pts = self.last_packet_pts if last is None else last
                return

    def _use_dts(self, packet: Packet[VideoStream]) -> None:
        """Prepare a packet for counting, which may start only at a closed GOP."""
        packet.pts = packet.dts
        if packet.is_keyframe:
            extradata = self.decoder.extradata or b""
            packet.is_keyframe = starts_closed_gop(packet, self.codec_name, extradata)

    def seek(self, target: int, *, is_byte: bool = False) -> bool:
        """Go roughly to the last key frame at or before a PTS, or to a byte offset of the file.

        Returns whether the container could seek.
        """
        try:
            self.container.seek(target, stream=self.stream, unsupported_byte_offset=is_byte)
        except (av.error.FFmpegError, OverflowError):
            return False
        return True

    def rewind(self) -> None:
        """Go to the first packet of the file, reopening it if there is no other way.

        Not every demuxer can seek there: if audio starts before the video and the index was cut
        off, there is no seek point, and a single packet may already be consumed.
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
        """Byte position and size of the next packet."""
        packet = next(self.packets(), None)
        return (packet.pos, packet.size) if packet else (None, 0)

    @property
    def can_decode_in_parallel(self) -> bool:
        """Whether decoders made by `new_decoder` are equivalent to `decoder`."""
        return self.codec_name in _SELF_CONTAINED

    def new_decoder(self, *, threads: int, strict: bool = False) -> VideoCodecContext:
        """Another decoder for the stream; with `strict` it raises instead of concealing damage.

        It has no access to the container: its frames may lack side data that only that provides.
        """
        context = new_context(self.decoder.codec.name, self.decoder, strict=strict)
        return with_threads(context, threads)

    def _open_decoder(self) -> VideoCodecContext:
        context = self.stream.codec_context
        if self.has_alpha_track:
            name = {"vp8": "libvpx", "vp9": "libvpx-vp9"}[self.codec_name]
            context = new_context(name, context)
        return with_threads(context, self.bounds.cores)


def open_source(path: str | os.PathLike[str], *, bounds: SourceBounds | None = None) -> Source:
    """Open a video on disk after checking its type; close it by `close()` or a `with` block.

    Raises VideoError: `unsupported` for anything but a video container (playlists, text,
    pictures), `unreadable` for damaged or missing files, `no_video`, `too_large`.
    """
    absolute = Path(os.path.abspath(path))  # an absolute path is never read as a protocol
    check_first_bytes(absolute)
    return Source(absolute, bounds or SourceBounds())
