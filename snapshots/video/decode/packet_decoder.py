"""Packet decoder: packets in, frames out, with frames skipped where that is safe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

import av.error
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from ..demux.packets import is_disposable
from ..demux.source import Source
from .gop_run import VideoPacket

# Codecs whose other frames were seen to come out bit-identical when non-reference frames are not
# decoded. VP9 ignores skip_frame; libdav1d loses frames when it changes midway. That holds for
# intact streams only: where something is lost or damaged, decoders conceal it with whatever they
# decoded before. So frames are skipped only by a strict decoder, and in runs without a gap.
SKIPPING_CODECS = frozenset({"h264", "hevc", "mpeg2video", "mpeg4"})
_DECODE_ERRORS = (av.error.FFmpegError, EOFError, ValueError, MemoryError)


class DamagedError(Exception):
    """Something did not decode while frames were being skipped: the results are not reliable."""


class PacketDecoder:
    """The codec contexts of one thread, a tolerant and a strict one, with `threads` threads each.

    `decoded_frames` counts all frames that came out. `lost_at_drain`: frames may have been lost
    when the decoder was drained, which does not happen with one thread.
    """

    def __init__(self, source: Source, *, threads: int) -> None:
        self.decoded_frames = 0
        self.lost_at_drain = False
        self._source = source
        self._threads = threads
        self._decoders: dict[bool, VideoCodecContext] = {}

    def use_one_thread(self) -> None:
        self.lost_at_drain = False
        if self._threads > 1:
            self._threads = 1
            self._decoders.clear()

    def frames(
        self, packets: Iterable[VideoPacket], needed: Collection[int] | None, *, strict: bool
    ) -> Iterator[VideoFrame]:
        """Frames in display order. With `needed`, other non-reference frames are skipped.

        A packet that does not decode is passed over; when `strict` it raises DamagedError.
        """
        decoder = self._decoder(strict)
        decoder.flush_buffers()
        try:
            for packet in chain(packets, (None,)):  # None drains the decoder
                if needed is not None:
                    wanted = packet is None or packet.pts in needed
                    if not wanted and self._is_disposable(packet):
                        continue
                    decoder.skip_frame = "DEFAULT" if wanted else "NONREF"
                yield from self._decoded(decoder, packet, strict=strict)
        finally:
            if needed is not None:
                decoder.skip_frame = "DEFAULT"

    def _is_disposable(self, packet: VideoPacket | None) -> bool:
        """Whether to withhold the packet: a decoder that skips it still occupies a thread."""
        if packet is None:
            return False
        extradata = self._source.decoder.extradata or b""
        return is_disposable(packet, self._source.codec_name, extradata)

    def _decoder(self, strict: bool) -> VideoCodecContext:
        if not (strict or self._source.can_decode_in_parallel):
            return self._source.decoder
        if strict not in self._decoders:
            new = self._source.new_decoder(threads=self._threads, strict=strict)
            self._decoders[strict] = new
        return self._decoders[strict]

    def _decoded(
        self, decoder: VideoCodecContext, packet: VideoPacket | None, *, strict: bool
    ) -> list[VideoFrame]:
        try:
            frames = decoder.decode(packet)
        except _DECODE_ERRORS as error:
            if strict:
                raise DamagedError from error
            # with it PyAV loses the frames that other threads had ready when draining
            self.lost_at_drain |= packet is None and self._threads > 1
            return []
        if strict and any(frame.is_corrupt for frame in frames):
            raise DamagedError
        self.decoded_frames += len(frames)
        return frames
