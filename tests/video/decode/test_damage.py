"""Files with something lost in the middle: frame for frame what decoding everything gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from snapshots.video.decode.reader import FrameReader
from snapshots.video.demux.packets import is_undamaged
from snapshots.video.demux.source import Source, open_source
from snapshots.video.probe import probe

from ..made import numbered

H264 = {"codec": "libx264", "b_frames": 3, "options": {"refs": "4"}}
SLICES = {"codec": "libx264", "b_frames": 3, "options": {"refs": "4", "slices": "4"}}
CODECS: dict[str, dict[str, Any]] = {
    "h264": H264,
    "h264-slices": SLICES,
    "hevc": {"codec": "libx265"},
    "mpeg4": {"codec": "mpeg4"},
    "mpeg2": {"codec": "mpeg2video"},
}


def lost(*numbers: int) -> Callable[[Path], Path]:
    return lambda path: numbered.lose(path, numbers)


def hole(start: float, end: float) -> Callable[[Path], Path]:
    return lambda path: numbered.cut_out(path, start, end)


DAMAGE: dict[str, Callable[[Path], Path]] = {
    "one.mkv": lost(33),
    "some.mkv": lost(5, 6, 7, 8, 50),
    "one.mp4": lost(9),
    "some.mp4": lost(61, 62, 63, 64, 65, 66, 67),
    "some.ts": lost(4, 30, 31, 32),
    "hole.ts": hole(0.22, 0.3),
    "small-hole.ts": hole(0.3, 0.301),
}


def sequential(source: Source) -> dict[int | None, np.ndarray]:
    """All frames by PTS, decoded as one stream with nothing skipped."""
    source.rewind()
    frames = [frame for packet in source.packets() for frame in source.decoder.decode(packet)]
    frames += source.decoder.decode(None)
    return {frame.pts: frame.to_ndarray() for frame in frames}


@pytest.mark.parametrize("damage", sorted(DAMAGE))
@pytest.mark.parametrize("codec", sorted(CODECS))
def test_each_frame_alone_is_what_decoding_everything_gives(
    tmp_path: Path, codec: str, damage: str
) -> None:
    path = numbered.make(tmp_path / damage, frames=80, gop=40, **CODECS[codec])
    DAMAGE[damage](path)
    found = probe(path)
    with open_source(path) as source:
        truth = sequential(source)
        for number, pts in enumerate(found.index.pts):
            reader = FrameReader(source, found.info)
            (result,) = reader.read([found.index.seconds(number)])
            if pts not in truth:  # what it refers to was lost
                assert result.frame is None
                continue
            assert result.frame is not None, number
            assert result.receipt is not None
            assert result.receipt.pts == pts
            assert np.array_equal(result.frame.to_ndarray(), truth[pts]), number


@pytest.mark.parametrize("name", ["whole.mkv", "whole.mp4", "whole.ts"])
@pytest.mark.parametrize("codec", ["h264", "h264-slices", "hevc"])
def test_intact_runs_are_recognised(tmp_path: Path, codec: str, name: str) -> None:
    path = numbered.make(tmp_path / name, frames=40, gop=40, **CODECS[codec])
    with open_source(path) as source:
        packets, extradata = list(source.packets()), source.decoder.extradata
        assert is_undamaged(packets, source.codec_name, extradata or b"")
        if source.codec_name == "h264":  # the fourth is a P frame or another that is referred to
            assert not is_undamaged(packets[:1] + packets[5:], source.codec_name, extradata or b"")


OPEN_GOP = {"options": {"x264-params": "open-gop=1:bframes=3:b-adapt=0:b-pyramid=2"}}
NO_ADAPT = {"b_frames": 3, "options": {"x264-params": "b-adapt=0:b-pyramid=2"}}


@pytest.mark.parametrize(
    ("name", "recipe", "share", "last"),
    [
        ("i.ts", {"codec": "mpeg4", "frames": 60, "gop": 15}, 0.5, 28),
        ("b.ts", {"frames": 80, "gop": 27, **OPEN_GOP}, 0.37, 25),
    ],
)
def test_of_a_picture_cut_in_the_middle_nothing_is_shown(
    tmp_path: Path, name: str, recipe: dict[str, Any], share: float, last: int
) -> None:
    path = numbered.cut(numbered.make(tmp_path / name, **recipe), share)
    found = probe(path)
    assert len(found.index) == last + 1  # its packet is there
    moments = [found.index.seconds(number) for number in range(last + 1)]
    with open_source(path) as source:
        reader = FrameReader(source, found.info)
        results = sorted(reader.read(moments), key=lambda result: result.index)
        (alone,) = FrameReader(source, found.info).read(moments[-1:])
        (key,) = FrameReader(source, found.info).read(moments[-1:], mode="keyframe")
    assert [result.frame and numbered.number_of(result.frame) for result in results[:-1]] == list(
        range(last)
    )
    for result in (results[-1], alone):
        assert result.frame is None
        assert result.error is not None
        assert result.error.code == "frame_unavailable"
    assert key.frame is not None
    assert numbered.number_of(key.frame) in (0, 15)


def test_a_file_cut_short_early_gives_the_few_frames_it_holds(tmp_path: Path) -> None:
    faststart = {"movflags": "faststart"}
    recipe = {"frames": 70, "gop": 25, "container": faststart, **NO_ADAPT}
    path = numbered.cut(numbered.make(tmp_path / "short.mp4", **recipe), 0.2)
    found = probe(path)
    with open_source(path) as source:
        reader = FrameReader(source, found.info)
        results = list(reader.read([found.index.seconds(number) for number in (0, 1)]))
    assert [result.frame and numbered.number_of(result.frame) for result in results] == [0, 4]
