"""HDR and wide colours, against the standards' own formulas; FFmpeg made none of these frames."""

from __future__ import annotations

import numpy as np
import pytest
from av.video.frame import VideoFrame

from snapshots.video.info import Color
from snapshots.video.probe import probe
from snapshots.video.render.filter_graph import FrameFilter
from snapshots.video.render.geometry import Size
from snapshots.video.render.renderer import Renderer, RenderSpec, to_image
from snapshots.video.render.tone_map import tones

from ..made import painted
from .test_filter_graph import first_frame

PQ, HLG = "smpte2084", "arib-std-b67"
NUMBERS = {PQ: 16, HLG: 18, "bt2020-10": 14, None: 2}
# Linear BT.709 to linear BT.2020 light: ITU-R BT.2087, the numbers with one more digit.
TO_2020 = np.array([
    [0.62740, 0.32928, 0.04331], [0.06910, 0.91954, 0.01136], [0.01639, 0.08801, 0.89560],
])  # fmt: skip
# The same to the primaries of P3 with D65 (SMPTE EG 432-1), from their chromaticities.
TO_P3 = np.array([
    [0.82246, 0.17754, 0.00000], [0.03319, 0.96681, 0.00000], [0.01708, 0.07240, 0.91052],
])  # fmt: skip
# Reflectances of skin, linear BT.709, from light to dark, and of a red and a blue thing.
SKIN = {
    "light": (0.62, 0.40, 0.31), "tan": (0.38, 0.20, 0.12), "brown": (0.17, 0.085, 0.05),
    "red": (0.45, 0.05, 0.04), "blue": (0.05, 0.09, 0.40),
}  # fmt: skip


def pq(nits):
    """Luminance to signal (SMPTE ST 2084)."""
    y = (np.asarray(nits, float) / 10_000) ** (2610 / 16384)
    a, b, c = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    return ((a + b * y) / (1 + c * y)) ** (2523 / 4096 * 128)


def hlg(nits):
    """Display light of a 1000 cd/m² screen to signal (ARIB STD-B67, BT.2100)."""
    light = np.asarray(nits, float) / 1000
    luminance = max(float(np.dot([0.2627, 0.6780, 0.0593], light)), 1e-9)
    scene = luminance ** (1 / 1.2 - 1) * light
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    logarithm = a * np.log(np.maximum(12 * scene - b, 1e-9)) + c
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), logarithm)


def linear(levels):
    """sRGB, 0–255, to light (IEC 61966-2-1)."""
    signal = np.asarray(levels) / 255
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)


def srgb(light):
    """Light to sRGB, 0–1."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


SIGNALS = {PQ: pq, HLG: hlg}


def patches(signals, transfer, *, primaries=9, width=16, matrix=(0.2627, 0.0593)):
    """A 10-bit 4:2:0 frame of upright stripes of these R'G'B' signals."""
    rgb = np.asarray(signals, float)
    kr, kb = matrix
    luma = rgb @ [kr, 1 - kr - kb, kb]
    cb, cr = (rgb[:, 2] - luma) / (2 * (1 - kb)), (rgb[:, 0] - luma) / (2 * (1 - kr))
    frame = VideoFrame(width * len(rgb), 64, "yuv420p10le")
    levels = (64 + 876 * luma, 512 + 896 * cb, 512 + 896 * cr)
    for plane, values, share in zip(frame.planes, levels, (1, 2, 2), strict=True):
        rows = np.zeros((plane.height, plane.line_size // 2), "<u2")
        rows[:, : plane.width] = np.rint(values).repeat(width // share)
        plane.update(rows.tobytes())
    frame.colorspace, frame.color_range, frame.color_primaries = 9, 1, primaries
    frame.color_trc = NUMBERS[transfer]
    return frame


def seen(frame, *, width=16, info=None, size=None):
    """The colours in the middle of the stripes, as integers."""
    info = info or painted.facts(frame.width, frame.height)
    size = Size(*(size or (frame.width, frame.height)))
    image = np.asarray(to_image(FrameFilter(info).picture(frame, size, alpha=False))).astype(int)
    step = width * size.width / frame.width
    middles = [int((number + 0.5) * step) for number in range(frame.width // width)]
    return image[image.shape[0] // 2, middles]


def grey(nits, transfer):
    return [SIGNALS[transfer]([level] * 3) for level in nits]


@pytest.mark.parametrize("transfer", [PQ, HLG])
@pytest.mark.parametrize("size", [None, (320, 32)])
def test_a_grey_card_is_mid_grey_and_white_is_bright(transfer, size):
    levels = [0, 26, 36.5, 38, 100, 203, 999]
    black, camera, card, graphics, brighter, white, peak = seen(
        patches(grey(levels, transfer), transfer), size=size
    )
    assert black.max() == 0
    for middle in (camera, card, graphics):
        assert abs(middle - 118).max() <= 15
    assert abs(card - 122).max() <= 2
    assert 165 <= brighter.min() <= brighter.max() <= 190
    assert 200 <= white.min() <= white.max() <= 220
    assert peak.min() >= 240


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_a_ramp_rises_without_steps_and_stays_grey(transfer):
    ramp = np.linspace(0, 1, 220)
    found = seen(patches([[signal] * 3 for signal in ramp], transfer, width=4), width=4)
    steps = np.diff(found, axis=0)
    assert steps.min() >= 0
    assert steps.max() <= 5
    assert (found.max(axis=1) - found.min(axis=1)).max() <= 1
    assert found[0].max() == 0
    assert found[-1].min() == 255
    peak = pq(4000) if transfer == PQ else 1
    assert found[ramp < 0.96 * peak].max() < 255  # nothing is clipped before


@pytest.mark.parametrize("transfer", [PQ, HLG])
@pytest.mark.parametrize("exposure", [1, 2, 4])
@pytest.mark.parametrize("name", list(SKIN))
def test_skin_is_neither_clipped_nor_of_another_hue(transfer, exposure, name):
    light = np.array(SKIN[name])
    signal = SIGNALS[transfer](TO_2020 @ light * 203 * exposure)
    (found,) = seen(patches([signal], transfer))
    assert found.max() < 250
    assert found.min() > 0
    shown = linear(found)
    # the same shares of the brightest channel: the same hue, and as saturated
    assert np.allclose(shown / shown.max(), light / light.max(), atol=0.02)


def test_what_is_darker_than_a_grey_card_is_not_touched():
    light = np.array([[0.15, 0.10, 0.05], [0.02, 0.10, 0.12], [0.01, 0.01, 0.01]])
    found = seen(patches(pq(light @ TO_2020.T * 185), PQ))
    assert abs(found - 255 * srgb(light)).max() <= 3


COLOURS = [
    (128, 128, 128), (255, 255, 255), (0, 0, 0), (200, 60, 60), (60, 180, 90), (40, 60, 200),
    (230, 190, 160), (20, 30, 25), (250, 240, 30), (255, 0, 0), (0, 255, 0), (0, 0, 255),
]  # fmt: skip


@pytest.mark.parametrize(("primaries", "matrix"), [(9, TO_2020), (12, TO_P3)])
@pytest.mark.parametrize("transfer", ["bt2020-10", None])
def test_wide_primaries_come_out_as_narrow_ones(primaries, matrix, transfer):
    wanted = np.array(COLOURS)
    signal = srgb(linear(wanted) @ matrix.T)
    off = abs(seen(patches(signal, transfer, primaries=primaries)) - wanted)
    assert off[:-3].max() <= 2
    # At the edge of what the screen can show ten bits are worth more than a level.
    assert off[-3:].max() <= 4


def test_what_the_narrow_ones_cannot_show_is_as_saturated_as_they_can():
    (found,) = seen(patches([(0, 1, 0)], "bt2020-10"))
    assert found.tolist() == [0, 255, 0]


@pytest.mark.parametrize("primaries", [1, 2, 5, 6])
def test_usual_primaries_change_nothing(primaries):
    wanted = np.array(COLOURS)
    found = seen(patches(wanted / 255, "bt2020-10", primaries=primaries))
    assert abs(found - wanted).max() <= 2


def test_tags_of_the_file_count_where_the_frame_has_none():
    frame = patches(grey([36.5, 203], PQ), PQ)
    tagged = seen(frame)
    frame.color_trc = frame.color_primaries = 2
    info = painted.facts(frame.width, 64, color=Color("bt2020nc", "tv", "bt2020", PQ))
    assert (seen(frame, info=info) == tagged).all()


@pytest.mark.parametrize(
    ("transfer", "primaries", "expected"),
    [
        (PQ, None, (PQ, "bt2020")),
        (HLG, "bt709", (HLG, "bt709")),
        (PQ, "film", (PQ, "bt2020")),
        ("bt709", "bt2020", (None, "bt2020")),
        (None, "smpte432", (None, "smpte432")),
        ("bt709", "bt709", None),
        (None, "smpte170m", None),
        (None, None, None),
    ],
)
def test_what_is_done_about_tags(transfer, primaries, expected):
    assert tones(transfer, primaries) == expected


@pytest.mark.parametrize("rotation", [0, 90])
def test_hdr_with_alpha_turned_on_a_canvas(rotation):
    rgba = np.zeros((48, 96, 4), "<u2")
    rgba[..., :3] = np.rint(pq(TO_2020 @ (0.15, 0.10, 0.05) * 185) * 65535)
    rgba[:, 48:, 3] = 65535
    frame = VideoFrame.from_ndarray(rgba, "rgba64le")
    frame.color_trc, frame.color_primaries = 16, 9
    size = (96, 48) if rotation == 0 else (48, 96)
    info = painted.facts(*size, stored_width=96, stored_height=48, rotation=rotation)
    image = Renderer(info).render(frame, RenderSpec("png"))
    assert (image.mode, image.size) == ("RGBA", size)
    ends = [image.getpixel((5, 5)), image.getpixel((size[0] - 6, size[1] - 6))]
    assert [pixel[3] for pixel in ends] == [0, 255]
    # in the seen part: 0.15, 0.10, 0.05 in sRGB
    assert painted.off_by(ends[1][:3], (108, 89, 63)) <= 2


def test_one_table_serves_every_size_and_every_frame():
    frames = FrameFilter(painted.facts(64, 64))
    dark, bright = (patches(grey([level] * 4, PQ), PQ) for level in (10, 150))
    pictures = [
        to_image(frames.picture(frame, Size(*size), alpha=False)).getpixel((20, 20))
        for size in ((64, 64), (128, 128))
        for frame in (dark, bright, dark)
    ]
    assert pictures[0] == pictures[2] == pictures[3] == pictures[5]
    assert pictures[1] == pictures[4] != pictures[0]
    assert len(frames._tables) == 1


def test_graphs_of_large_hdr_pictures_are_not_cached():
    frames = FrameFilter(painted.facts(64, 64))
    frame = patches(grey([100] * 4, PQ), PQ)
    for size, cached in ((Size(1920, 1080), 1), (Size(3840, 2160), 0), (Size(640, 360), 1)):
        assert frames.picture(frame, size, alpha=False).width == size.width
        assert len(frames._graphs) == cached


@pytest.mark.parametrize(("transfer", "name"), [(PQ, "smpte2084"), (HLG, "arib-std-b67")])
def test_a_file_is_tone_mapped(tmp_path, transfer, name):
    frames = [patches(grey([36.5] * 20, transfer), transfer) for _ in range(3)]
    tags = f"colorprim=bt2020:transfer={name}:colormatrix=bt2020nc"
    path = painted.write(
        tmp_path / "hdr.mp4",
        frames,
        codec="libx265",
        options={"x265-params": f"log-level=none:pools=none:crf=10:{tags}"},
    )
    assert probe(path).info.is_hdr
    info, decoded = first_frame(path)
    assert abs(seen(decoded, info=info) - 122).max() <= 3
