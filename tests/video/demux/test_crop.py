"""What the container crops is not in the picture, and what a hostile file says crops nothing."""

from __future__ import annotations

import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from snapshots.video.demux.crop import crop
from snapshots.video.demux.source import open_source
from snapshots.video.extract import Picture, Request, extract
from snapshots.video.info import Color, Crop, VideoInfo
from snapshots.video.probe import probe
from snapshots.video.render.filter_graph import FrameFilter
from snapshots.video.render.geometry import Size
from snapshots.video.render.renderer import RenderSpec, to_image

from ..made import cropped, painted

WIDTH, HEIGHT = 160, 96
CUT = Crop(left=16, top=12, right=24, bottom=8)
CLAP = (120, 1, 76, 1, -4, 1, 2, 1)  # the same: 120 × 76, 4 left of the middle and 2 below


def framed():
    """Four quarters inside of what `CUT` leaves; all that is cut off is grey."""
    pixels = painted.flat(WIDTH, HEIGHT, (90, 90, 90))
    inside = painted.corners(120, 76)
    pixels[12:88, 16:136] = inside
    return pixels


def mp4(path, *, clap=CLAP, pixels=None, layout="yuv420p", container_options=None, **changes):
    """An MP4 with a clean aperture of these eight numbers, written into what PyAV wrote."""
    pixels = framed() if pixels is None else pixels
    frames = [painted.yuv_frame(pixels, matrix="smpte170m", layout=layout) for _ in range(3)]
    painted.write(path, frames, codec="libx264", options={"crf": "4"}, **changes)
    return cropped.set_aperture(path, clap)


def mkv(path, **changes):
    """The same in Matroska: FFmpeg writes the clean aperture as PixelCrop."""
    source = mp4(path.with_suffix(".mp4"), **changes)
    cropped.to_matroska(source, path)
    assert b"\x54\xcc\x81\x10" in path.read_bytes()  # PixelCropLeft, of one byte: 16
    return path


MAKERS = {"clap.mp4": mp4, "clap.mov": mp4, "crop.mkv": mkv}


def shown(path, spec=None):
    (picture,) = extract(path, [Request("a", "0s", spec or RenderSpec("png"))])
    assert isinstance(picture, Picture), picture
    return Image.open(io.BytesIO(picture.data)).convert("RGB")


@pytest.mark.parametrize("name", list(MAKERS))
def test_a_file_is_shown_without_what_its_container_cuts_off(tmp_path, name):
    path = MAKERS[name](tmp_path / name)
    info = probe(path).info
    assert (info.crop, info.width, info.height) == (CUT, 120, 76)
    assert (info.stored_width, info.stored_height) == (WIDTH, HEIGHT)
    assert VideoInfo.from_json(info.to_json()) == info
    assert any("crops the picture of 160 × 96 to 120 × 76" in str(note) for note in info.notes)
    image = shown(path)
    assert image.size == (120, 76)
    assert painted.seen_corners(image) == {place: place for place in painted.CORNERS}
    for x, y in ((1, 1), (118, 1), (1, 74), (118, 74)):
        assert min(image.getpixel((x, y))) < 30 or min(image.getpixel((x, y))) > 225  # no grey
    scaled = shown(path, RenderSpec("png", 240, 0))
    assert scaled.size == (240, 152)
    assert painted.seen_corners(scaled) == {place: place for place in painted.CORNERS}


def test_pixels_are_stretched_and_turned_after_the_crop(tmp_path):
    path = mp4(tmp_path / "all.mp4", sar=Fraction(4, 3), clockwise=90)
    info = probe(path).info
    assert (info.crop, info.width, info.height, info.rotation) == (CUT, 76, 160, 90)
    image = shown(path)
    assert image.size == (76, 160)
    assert painted.seen_corners(image) == {
        "top left": "bottom left",
        "top right": "top left",
        "bottom left": "bottom right",
        "bottom right": "top right",
    }


@pytest.mark.parametrize("name", ["plain.mp4", "plain.mkv"])
def test_a_file_that_says_nothing_is_shown_whole(tmp_path, name):
    frame = painted.yuv_frame(framed(), matrix="smpte170m")
    path = painted.write(tmp_path / name, [frame], codec="libx264")
    info = probe(path).info
    assert (info.crop, info.width, info.height) == (Crop(), WIDTH, HEIGHT)


def test_the_video_taken_is_the_one_whose_crop_counts(tmp_path):
    """Of two tracks the second is marked: its own crop is applied, not that of the first."""
    cropped, plain = (
        mp4(tmp_path / "a.mp4"),
        mp4(tmp_path / "b.mp4", clap=(160, 1, 96, 1, 0, 1, 0, 1)),
    )
    for name, order in (("two.mkv", (plain, cropped)), ("other.mkv", (cropped, plain))):
        path = tmp_path / name
        with av.open(str(path), "w") as output:
            inputs = [av.open(str(file)) for file in order]
            streams = [output.add_stream_from_template(i.streams.video[0]) for i in inputs]
            streams[0].disposition = av.stream.Disposition(0)
            streams[1].disposition = av.stream.Disposition.default
            for stream, opened in zip(streams, inputs, strict=True):
                for packet in opened.demux(video=0):
                    if packet.size:
                        packet.stream = stream
                        output.mux(packet)
                opened.close()
        assert probe(path).info.crop == (CUT if order[1] is cropped else Crop())


@pytest.mark.parametrize(
    ("clap", "expected"),
    [
        ((158, 1, 94, 1, 0, 1, 0, 1), Crop(1, 1, 1, 1)),
        ((159, 1, 96, 1, 1, 2, 0, 1), Crop(1, 0, 0, 0)),
        ((1272, 8, 96, 1, 1, 2, 0, 1), Crop(1, 0, 0, 0)),
        ((160, 0, 96, 1, 0, 1, 0, 1), Crop()),  # nothing can be divided by 0
        ((0, 1, 0, 1, 0, 1, 0, 1), Crop()),  # nothing would be left
        ((320, 1, 96, 1, 0, 1, 0, 1), Crop()),  # wider than what is stored
        ((120, 1, 76, 1, 4000, 1, 0, 1), Crop()),  # beside the picture
        ((-1, 1, 76, 1, 0, 1, 0, 1), Crop()),
    ],
)
def test_what_a_clean_aperture_means(tmp_path, clap, expected):
    assert probe(mp4(tmp_path / "clap.mp4", clap=clap)).info.crop == expected


def test_boxes_that_lie_about_their_size_crop_nothing(tmp_path):
    whole = mp4(tmp_path / "whole.mp4").read_bytes()
    with open_source(tmp_path / "whole.mp4") as source:
        for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1", b"clap"):
            place = whole.rindex(name) - 4
            for size in (0, 1, 7, 9, 2**31, 2**32 - 1):
                data = bytearray(whole)
                struct.pack_into(">I", data, place, size)
                source.path.write_bytes(data)
                assert crop(source, WIDTH, HEIGHT) in (CUT, Crop())


def test_bytes_of_any_kind_end_in_some_crop(tmp_path):
    """Neither errors nor more than a moment's work, whatever stands in the headers."""
    random = np.random.default_rng(11)
    for name in ("clap.mp4", "crop.mkv"):
        path = MAKERS[name](tmp_path / name)
        whole = path.read_bytes()
        start = whole.rindex(b"moov") if name == "clap.mp4" else 0
        with open_source(path) as source:
            for _ in range(300):
                data = bytearray(whole)
                for place in random.integers(start, min(start + 900, len(data)), 4):
                    data[place] = random.integers(256)
                path.write_bytes(data)
                found = crop(source, WIDTH, HEIGHT)
                assert found.left + found.right < WIDTH
                assert found.top + found.bottom < HEIGHT
            for length in (0, 1, 4, 5, 11, 40, 64, 300):
                path.write_bytes(whole[:length])
                assert crop(source, WIDTH, HEIGHT) == Crop()


def test_a_file_of_nothing_but_headers_is_given_up(tmp_path):
    path = mp4(tmp_path / "many.mp4")
    with open_source(path) as source:
        whole = path.read_bytes()
        path.write_bytes(struct.pack(">I4s", 8, b"free") * 50_000 + whole)
        source.size_bytes = path.stat().st_size
        assert crop(source, WIDTH, HEIGHT) == Crop()
        path.write_bytes(struct.pack(">I4s", 8, b"free") * 50 + whole)
        source.size_bytes = path.stat().st_size
        assert crop(source, WIDTH, HEIGHT) == CUT


# --- in the filter graph ----------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["yuv420p", "yuv444p", "nv12", "yuv422p10le", "rgb24", "gray"])
@pytest.mark.parametrize(
    "cut", [Crop(1, 1, 1, 1), Crop(3, 0, 0, 5), Crop(0, 7, 2, 0), Crop(4, 6, 1, 3)]
)
def test_odd_numbers_of_pixels_are_cut_off_and_colours_stay_in_place(layout, cut):
    """The same as cutting from the whole picture, to what rounding and resampling leave."""
    ys, xs = np.mgrid[:64, :96]
    pixels = np.stack([xs * 2 + 30, ys * 3 + 20, 250 - xs - ys], axis=-1).astype(np.uint8)
    pixels[20:40, 30:60] = painted.RED
    frame = painted.yuv_frame(pixels, matrix="bt709", layout="yuv444p").reformat(format=layout)
    color = Color("gbr" if layout == "rgb24" else "bt709", "tv", None, None)
    whole = painted.facts(96, 64, color=color)
    size = Size(96 - cut.left - cut.right, 64 - cut.top - cut.bottom)
    info = painted.facts(*size, stored_width=96, stored_height=64, color=color, crop=cut)
    found = np.asarray(to_image(FrameFilter(info).picture(frame, size, alpha=False)))
    expected = np.asarray(to_image(FrameFilter(whole).picture(frame, Size(96, 64), alpha=False)))
    expected = expected[cut.top : 64 - cut.bottom, cut.left : 96 - cut.right]
    assert found.shape == expected.shape
    off = abs(found.astype(int) - expected)
    inside = off[2:-2, 2:-2]  # at the edge colours come from a neighbour that was cut off
    assert inside.max() <= 3
    assert off.mean() < 0.6


def test_a_stream_that_changes_its_size_is_not_cropped_by_another_ones_numbers():
    frame = painted.yuv_frame(painted.corners(80, 48), matrix="smpte170m")
    info = painted.facts(120, 76, stored_width=WIDTH, stored_height=HEIGHT, crop=CUT)
    image = to_image(FrameFilter(info).picture(frame, Size(120, 76), alpha=False))
    assert painted.seen_corners(image) == {place: place for place in painted.CORNERS}
