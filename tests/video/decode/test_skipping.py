"""Frames that nothing needs are not decoded, and those that are come out the same to the bit."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from av.bitstream import BitStreamFilterContext

from snapshots.video.decode.packet_decoder import SKIPPING_CODECS
from snapshots.video.decode.reader import FrameReader
from snapshots.video.demux.packets import is_disposable
from snapshots.video.demux.source import open_source
from snapshots.video.demux.streams import SourceBounds
from snapshots.video.probe import probe

from ..conftest import Library
from ..oracle import planes_of

# The share of frames decoded, of those that decoding from each key frame on would take, when
# every frame of the file is read alone: as measured, and a tenth more. 1 where all are needed.
SHARES = {
    "h264": {
        "plain.mp4": 0.74,
        "pyramid.mkv": 0.63,
        "open-gop.mp4": 0.95,
        "h264-strict-pyramid.mkv": 0.47,
        "h264-pyramid.mp4": 0.47,
        "h264-no-pyramid.ts": 0.36,
        "h264-open-pyramid.mp4": 0.38,
        "h264-weighted.mp4": 0.62,
        "h264-slices.mp4": 0.62,
        "h264-cqm.mkv": 0.62,
        "h264-high10.mp4": 0.62,
        "h264-444.mp4": 0.62,
        "h264-cavlc.flv": 1,
        "vfr.mp4": 0.76,
        "no-b.mp4": 1,
    },
    "hevc": {
        "hevc.mp4": 0.64,
        "hevc-open.mkv": 0.57,
        "hevc-open.ts": 0.57,
        "hevc-closed.mp4": 0.53,
        "hevc-radl.mkv": 0.62,
        "hevc-temporal.mp4": 0.64,
        "hevc-temporal-open.ts": 0.64,
        "hevc-weighted.mkv": 0.64,
        "hevc-long.mp4": 0.29,
        "hevc-main10.mp4": 0.64,
        "hevc-422-10.mkv": 0.64,
        "hevc-no-b.mp4": 1,
    },
    "mpeg2video": {"mpeg2.ts": 0.54, "mpeg2.mkv": 0.57, "mpeg2-422.ts": 0.57, "mpeg2-no-b.mkv": 1},
    "mpeg4": {"mpeg4.mp4": 0.46, "mpeg4-quarter.mkv": 0.46, "mpeg4-four.mov": 0.46, "mpeg4.avi": 1},
    "av1": {
        "av1-pyramid-2.mkv": 0.16,
        "av1-pyramid-3.mp4": 0.18,
        "av1-pyramid-4.webm": 0.16,
        "av1-pyramid-5.mp4": 0.06,
        "av1-open-gop.mkv": 1,
        "av1-s-frames.mkv": 0.16,
        "av1-superres.mp4": 0.16,
        "av1-resized.mkv": 0.16,
        "av1-grain.mp4": 0.16,
        "av1-10-bit.mp4": 0.16,
        "av1-overlays.mkv": 0.16,
        "av1-low-delay-levels.mkv": 0.61,
        "av1-aom.mp4": 0.6,
        "av1-aom-far.webm": 0.7,
        "av1-aom-resilient.mp4": 0.77,
        "av1-aom-grain.webm": 0.66,
        "av1-aom-levels.mkv": 0.6,
        "av1-aom-low-delay.mkv": 1,
        "av1-rav1e.mkv": 0.41,
        "av1-temporal-layers.mp4": 1,
        "av1-spatial-layers.mkv": 1,
    },
}
ALL = sorted((codec, name) for codec, names in SHARES.items() for name in names)


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize(("codec", "name"), ALL)
def test_each_frame_alone_is_the_same_to_the_bit_and_costs_little(
    library: Library, codec: str, name: str, cores: int
) -> None:
    path, truth = library.path(name), library.truth(name)
    with open_source(path, bounds=SourceBounds(cores=cores)) as source:
        assert source.codec_name == codec
        reader = FrameReader(source, probe(path).info)
        for position, frame in enumerate(truth.frames):
            (result,) = reader.read([truth.time(position)])
            assert result.frame is not None, position
            assert planes_of(result.frame) == frame.planes, position
        more = 1.05 if cores > 1 else 1  # threads have some behind the last one under way
        assert reader.decoded_frames <= more * SHARES[codec][name] * decoded_plainly(path)


def decoded_plainly(path: Path) -> int:
    """Frames decoded for every frame alone, from its key frame up to its packet."""
    since_key = total = 0
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size:
                since_key = 1 if packet.is_keyframe else since_key + 1
                total += since_key
    return total


@pytest.mark.parametrize(("codec", "name"), [pair for pair in ALL if pair[0] in ("h264", "hevc")])
def test_disposable_packets_are_those_that_a_decoder_would_skip(
    library: Library, codec: str, name: str
) -> None:
    path = library.path(name)
    with open_source(path) as source:
        extradata = source.decoder.extradata or b""
        fed = [p.pts for p in source.packets() if not is_disposable(p, codec, extradata)]
    assert sorted(fed) == sorted(decoded_by_nonref(path))


@pytest.mark.parametrize(("codec", "name"), [pair for pair in ALL if pair[0] in ("h264", "hevc")])
def test_disposable_packets_are_those_that_ffmpegs_bitstream_filter_discards(
    library: Library, codec: str, name: str
) -> None:
    """By the filter they take 44–81 µs a packet, by the product's own parser 2–5."""
    path = library.path(name)
    with open_source(path) as source:
        extradata = source.decoder.extradata or b""
        disposable = [p.pts for p in source.packets() if is_disposable(p, codec, extradata)]
    assert disposable == discarded_by_filter(path)


def discarded_by_filter(path: Path) -> list[int | None]:
    """Times of the packets of which `filter_units` leaves nothing."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        units = BitStreamFilterContext("filter_units=discard=nonref", stream)
        packets = [(packet.pts, packet) for packet in container.demux(stream) if packet.size]
        return [pts for pts, packet in packets if not units.filter(packet)]


def decoded_by_nonref(path: Path) -> list[int | None]:
    """Times of the frames that FFmpeg shows when it is to skip those nothing refers to."""
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.skip_frame = "NONREF"
        return [frame.pts for frame in container.decode(video=0)]


def test_every_codec_that_may_skip_is_proved() -> None:
    assert set(SHARES) == SKIPPING_CODECS | {"av1"}
