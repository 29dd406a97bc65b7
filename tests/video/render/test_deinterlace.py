"""Interlaced frames, woven from pictures that are known, must come out as those pictures."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from snapshots.video.info import Color, Crop
from snapshots.video.render.filter_graph import FrameFilter
from snapshots.video.render.geometry import Size
from snapshots.video.render.renderer import Renderer, RenderSpec, to_image

from ..made import painted

WIDTH, HEIGHT = 320, 240
SIZE = Size(WIDTH, HEIGHT)
STILL = slice(0, 90)  # columns that do not move
MOVING = slice(110, WIDTH)
INFO = painted.facts(WIDTH, HEIGHT, color=Color("bt709", "tv", None, None))
WANTED = 3  # the frame looked at; its first field is picture number 6


def picture(number):
    """One picture of a scene: on the left fine lines stand still, on the right colours move."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    wave = 110 + 50 * np.sin((x - 4 * number) / 9) + 40 * np.sin((y + 1.5 * number) / 8)
    bars = ((x - 5 * number) % 64 < 20) & (y > 120)
    disc = (x - 160 - 4 * number) ** 2 + (y - 60 - number) ** 2 < 30**2
    rgb = np.stack([wave, wave[::-1], 255 - wave], axis=-1)
    rgb[bars] = 225, 225, 225
    rgb[disc] = 30, 60, 200
    lines = np.where((x // 8 + y // 3) % 2 == 0, 40, 210)
    rgb[:, :100] = lines[:, :100, None]
    return np.clip(rgb, 0, 255).astype(np.uint8)


def flagged(frames, first):
    """The same frames, marked as interlaced with that field first: only a filter can do that."""
    graph = av.filter.Graph()
    source = graph.add_buffer(template=None, **described(frames[0]))
    graph.link_nodes(source, graph.add("setfield", mode=first), graph.add("buffersink")).configure()
    marked = []
    for frame in frames:
        graph.vpush(frame)
        marked.append(graph.vpull())
    assert all(frame.interlaced_frame for frame in marked)
    return marked


def described(frame):
    return {
        "width": frame.width,
        "height": frame.height,
        "format": frame.format,
        "time_base": Fraction(1, 25),
    }


def woven(first, layout="yuv444p"):
    """Frames of two fields each, from two pictures after one another."""
    frames = []
    for number in range(6):
        early, late = picture(2 * number), picture(2 * number + 1)
        early[first == "tff" :: 2] = late[first == "tff" :: 2]
        frames.append(painted.yuv_frame(early, layout=layout))
    return flagged(frames, first)


@pytest.fixture(scope="module", params=["tff", "bff"])
def frames(request):
    return woven(request.param)


@pytest.fixture(scope="module")
def truth():
    return picture(2 * WANTED).astype(int)


def shown(info, frame, before=None, after=None, size=SIZE):
    filters = FrameFilter(info)
    return np.asarray(
        to_image(filters.picture(frame, size, alpha=False, before=before, after=after))
    ).astype(int)


def combs(pixels):
    """The share of pixels that differ from the lines above and below, while these agree."""
    above, here, below = pixels[:-2], pixels[1:-1], pixels[2:]
    return ((abs(2 * here - above - below) > 60) & (abs(above - below) < 20)).mean()


def test_the_frames_do_show_combs(frames, truth):
    plain = np.asarray(frames[WANTED].to_image()).astype(int)
    assert combs(plain[:, MOVING]) > 0.1
    assert combs(truth[:, MOVING]) < 0.003


@pytest.mark.parametrize(
    ("before", "after", "maximum"), [(True, True, 1.2), (True, False, 1.2), (False, True, 1.5)]
)
def test_what_moves_shows_no_combs_and_what_stands_keeps_its_detail(
    frames, truth, before, after, maximum
):
    found = shown(
        INFO,
        frames[WANTED],
        frames[WANTED - 1] if before else None,
        frames[WANTED + 1] if after else None,
    )
    assert abs(found - truth)[:, MOVING].mean() < maximum
    assert combs(found[:, MOVING]) < 0.01
    assert abs(found - truth)[:, STILL].max() <= 2


def test_a_frame_on_its_own_shows_no_combs(frames, truth):
    found = shown(INFO, frames[WANTED])
    assert abs(found - truth)[:, MOVING].mean() < 1.2
    assert combs(found[:, MOVING]) < 0.005


@pytest.mark.parametrize("first", ["tff", "bff"])
def test_shared_colours_are_taken_apart_too(first, truth):
    # as interlaced 4:2:0 is stored: each field has its own lines of colour
    whole = [painted.yuv_frame(picture(number)) for number in range(4, 10)]
    frames = []
    for early, late in zip(whole[::2], whole[1::2], strict=True):
        for plane, other in zip(early.planes, late.planes, strict=True):
            rows, others = (
                np.frombuffer(p, np.uint8).reshape(p.height, -1).copy() for p in (plane, other)
            )
            rows[first == "tff" :: 2] = others[first == "tff" :: 2]
            plane.update(rows.tobytes())
        frames.append(early)
    before, frame, after = flagged(frames, first)
    found = shown(INFO, frame, before, after)
    assert abs(found - truth)[:, MOVING].mean() < 4  # of which 4:2:0 itself has 2.4
    assert combs(found[:, MOVING]) < 0.01


def test_the_picture_does_not_depend_on_earlier_ones(frames):
    def taken(filters, number, alone=False):
        near = (None, None) if alone else (frames[number - 1], frames[number + 1])
        before, after = near
        image = to_image(
            filters.picture(frames[number], SIZE, alpha=False, before=before, after=after)
        )
        return image.tobytes()

    one = FrameFilter(INFO)
    for number, alone in ((3, False), (1, False), (3, True), (4, False), (3, False), (1, True)):
        assert taken(one, number, alone) == taken(FrameFilter(INFO), number, alone)
    assert len(one._graphs) == 2


def test_neighbours_of_another_make_are_not_looked_at(frames):
    other = painted.yuv_frame(painted.flat(64, 48, painted.RED), layout="yuv444p")
    alone = shown(INFO, frames[WANTED])
    assert (shown(INFO, frames[WANTED], other, other) == alone).all()


def test_whole_frames_are_left_as_they_are(frames):
    frame = painted.yuv_frame(picture(6), layout="yuv444p")
    before, after = frames[2], frames[4]
    assert (shown(INFO, frame, before, after) == shown(INFO, frame)).all()
    assert abs(shown(INFO, frame) - picture(6)).max() <= 2


@pytest.mark.parametrize("layout", ["nv12", "yuv422p", "yuvj420p", "yuv420p10le", "yuv411p"])
def test_other_layouts_are_taken_apart_as_well(layout, truth):
    frames = flagged([frame.reformat(format=layout) for frame in woven("tff", "yuv444p")], "tff")
    range_ = "pc" if layout == "yuvj420p" else "tv"
    info = painted.facts(WIDTH, HEIGHT, color=Color("bt709", range_, None, None))
    found = shown(info, frames[3], frames[2], frames[4])
    assert combs(found[:, MOVING]) < 0.02


def test_a_crop_by_an_odd_number_of_lines_does_not_swap_the_fields(truth):
    before, frame, after = woven("tff")[2:5]
    info = painted.facts(
        WIDTH, HEIGHT - 1, stored_height=HEIGHT, color=INFO.color, crop=Crop(top=1)
    )
    found = shown(info, frame, before, after, Size(WIDTH, HEIGHT - 1))
    assert abs(found - truth[1:])[:, MOVING].mean() < 1.2
    assert abs(found - truth[1:])[:, STILL].max() <= 2


def test_a_tiny_frame_is_shown_as_it_is():
    frames = flagged(
        [painted.yuv_frame(painted.flat(2, 2, painted.WHITE)) for _ in range(3)], "tff"
    )
    image = shown(painted.facts(2, 2), frames[1], frames[0], frames[2], Size(2, 2))
    assert image.min() >= 253


def test_a_file_comes_out_without_combs(tmp_path, truth):
    """Through an encoder of interlaced video, its decoder's flags, and scaled to a canvas."""
    frames = [frame.reformat(format="yuv444p") for frame in woven("tff")]
    options = {"flags": "+ildct+ilme", "qp": "0", "preset": "ultrafast", "bf": "0"}
    path = painted.write(
        tmp_path / "fields.mkv", frames, codec="libx264", matrix="bt709", options=options
    )
    with av.open(path) as container:
        decoded = list(container.decode(video=0))
    assert decoded[WANTED].interlaced_frame
    spec = RenderSpec("png", WIDTH * 2, HEIGHT * 2)
    image = Renderer(INFO).render(
        decoded[WANTED], spec, before=decoded[WANTED - 1], after=decoded[WANTED + 1]
    )
    found = np.asarray(image.resize((WIDTH, HEIGHT), 4)).astype(int)
    assert combs(found[:, MOVING]) < 0.01
    assert abs(found - truth)[:, MOVING].mean() < 4
