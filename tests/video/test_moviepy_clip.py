from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from moviepy.video.VideoClip import VideoClip

from snapshots.video.errors import VideoError
from snapshots.video.moviepy_clip import MediaClip, open_clip
from snapshots.video.probe import probe
from snapshots.video.render.spec import RenderSpec

from .made import painted

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def numbered(tmp_path_factory):
    return painted.numbered_video(tmp_path_factory.mktemp("clip") / "numbered.mp4")


@pytest.fixture(scope="module")
def with_alpha(tmp_path_factory):
    frames = [painted.rgb_frame(painted.see_through(64, 48)) for _ in range(3)]
    return painted.write(tmp_path_factory.mktemp("clip") / "alpha.mov", frames, codec="png")


def test_it_is_a_moviepy_clip_with_its_attributes(numbered):
    with open_clip(numbered) as clip:
        assert isinstance(clip, MediaClip)
        assert isinstance(clip, VideoClip)
        assert tuple(clip.size) == (clip.w, clip.h) == (160, 96)
        assert clip.duration == clip.end == pytest.approx(2.0)
        assert clip.fps == pytest.approx(30)
        assert clip.n_frames == 60
        assert (clip.rotation, clip.mask, clip.audio) == (0, None, None)
        assert clip.filename == str(numbered)


def test_get_frame_is_the_frame_on_screen(numbered):
    with open_clip(numbered) as clip:
        for t, number in [(0, 0), (0.1, 3), (1 / 3, 10), (0.49, 14), (1.999, 59), (0.0333333, 1)]:
            frame = clip.get_frame(t)
            assert frame.shape == (96, 160, 3)
            assert frame.dtype == np.uint8
            assert painted.read_number(frame) == number


def test_times_within_the_duration_and_past_it_have_a_frame(numbered):
    with open_clip(numbered) as clip:
        assert painted.read_number(clip.get_frame(clip.duration)) == 59
        assert painted.read_number(clip.get_frame(clip.duration + 5)) == 59
        assert painted.read_number(clip.get_frame(-0.01)) == 0
        assert painted.read_number(clip.get_frame("00:00:01")) == 30


def test_a_frame_may_be_drawn_on_without_harm_to_the_next(numbered):
    with open_clip(numbered) as clip:
        clip.get_frame(0.5)[:] = 0
        assert painted.read_number(clip.get_frame(0.5)) == 15


@pytest.mark.parametrize(
    ("target", "size"),
    [((80, None), (80, 48)), ((None, 48), (80, 48)), ((100, 100), (100, 100)), (None, (160, 96))],
)
def test_target_resolution_means_what_it_means_to_moviepy(numbered, target, size):
    with open_clip(numbered, target_resolution=target) as clip:
        assert tuple(clip.size) == size
        frame = clip.get_frame(0.2)
        assert frame.shape == (size[1], size[0], 3)
        assert painted.read_number(frame) == 6


def test_moviepys_verbs_work_on_it(numbered):
    with open_clip(numbered) as clip:
        part = clip.subclipped(0.5, 1.0)
        assert part.duration == pytest.approx(0.5)
        assert painted.read_number(part.get_frame(0)) == 15
        small = part.resized(width=80).with_fps(10)
        numbers = [painted.read_number(frame) for frame in small.iter_frames()]
        assert numbers == [15, 18, 21, 24, 27]
        assert painted.read_number(clip.get_frame(0)) == 0  # the first clip is as it was


def test_playing_decodes_each_frame_once(numbered):
    with open_clip(numbered) as clip:
        numbers = [painted.read_number(frame) for frame in clip.iter_frames(fps=15)]
        assert numbers == list(range(0, 60, 2))
        assert clip._reader.decoded_frames <= 100  # a GOP anew for each of them would be 200


def test_jumping_about_while_playing_gives_the_right_frames(numbered):
    times = [0, 0.1, 0.2, 1.5, 0.3, 0.4, 0.5, 0.6, 0.6, 0.05, 0.7, 1.7, 1.8, 1.9, 2.0, 2.1, 0]
    with open_clip(numbered) as clip:
        shown = []
        for t in times:
            shown.append(painted.read_number(clip.get_frame(t)))
            if t == 0.5:  # another pass over the file in between
                list(clip.pictures([(Fraction(0), RenderSpec()), (Fraction(1), RenderSpec())]))
            if t == 1.7:
                assert len(clip.frame_index()) == 60
    assert shown == [0, 3, 6, 45, 9, 12, 15, 18, 18, 1, 21, 51, 54, 57, 59, 59, 0]


def test_copies_share_the_open_file(numbered):
    with open_clip(numbered) as clip:
        for twin in (copy.copy(clip), copy.deepcopy(clip)):
            assert painted.read_number(twin.get_frame(1)) == 30


def test_the_mask_is_the_alpha(with_alpha):
    with open_clip(with_alpha, has_mask=True) as clip:
        frame, mask = clip.get_frame(0), clip.mask.get_frame(0)
        assert clip.mask.is_mask
        assert clip.mask.size == clip.size
        assert clip.mask.duration == clip.duration
        assert (mask.shape, frame.shape) == ((48, 64), (48, 64, 3))
        assert mask[10, 10] == 1
        assert mask[40, 10] == pytest.approx(128 / 255)
        assert mask[40, 60] == 0
        assert tuple(frame[10, 10]) == painted.RED
        assert clip.resized(0.5).mask.get_frame(0).shape == (24, 32)


def test_pictures_come_rendered_with_their_receipts(numbered):
    wanted = [
        (Fraction(3, 2), RenderSpec("png", 256, 0)),
        (Fraction(1, 10), RenderSpec("png", 128, 128, fill="stretch")),
        (Fraction(3, 2), RenderSpec("jpg")),
    ]
    with open_clip(numbered) as clip:
        found = {}
        for rendering in clip.pictures(wanted):
            found[rendering.index] = (rendering.image(), rendering.receipt)
    assert sorted(found) == [0, 1, 2]
    assert [found[position][0].size for position in range(3)] == [(256, 154), (128, 128), (160, 96)]
    assert [painted.read_number(found[position][0]) for position in range(3)] == [45, 3, 45]
    receipt = found[0][1]
    assert receipt.frame_time == Fraction(3, 2)
    assert receipt.pts * receipt.time_base == Fraction(3, 2)
    assert not receipt.key_frame


def test_pictures_of_key_frames(numbered):
    with open_clip(numbered) as clip:
        (rendering,) = clip.pictures([(Fraction(1), RenderSpec())], mode="keyframe")
        assert painted.read_number(rendering.image()) == 24
        assert rendering.receipt.key_frame


def test_a_moment_without_a_frame_says_so_and_spares_the_others(numbered):
    with open_clip(numbered) as clip:
        good, bad = sorted(
            clip.pictures([(Fraction(99), RenderSpec()), (Fraction(0), RenderSpec())]),
            key=lambda rendering: rendering.error is not None,
        )
        assert painted.read_number(good.image()) == 0
        with pytest.raises(VideoError) as refused:
            bad.image()
    assert (bad.index, refused.value.code) == (0, "time_out_of_range")


def test_what_is_known_is_not_looked_up_again(numbered):
    known = probe(numbered)
    with open_clip(numbered, info=known.info, index=known.index) as clip:
        assert clip.info is known.info
        assert clip.frame_index() is known.index
    with open_clip(numbered) as clip:
        assert clip.frame_index() == known.index
        assert painted.read_number(clip.get_frame(1)) == 30  # reading on after the scan


def test_a_clip_may_be_closed_twice(numbered):
    clip = open_clip(numbered)
    clip.close()
    clip.close()


def test_a_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "text.mp4"
    path.write_text("not a video, whatever its name says\n" * 20)
    with pytest.raises(VideoError):
        open_clip(path)


WATCH = """
import json, os, sys
seen = []
watched = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.fork", "os.system", "os.spawn")
def watch(event, arguments):
    if event in watched or (event == "open" and str(arguments[0]).endswith(".env")):
        seen.append(event)
sys.addaudithook(watch)
before = dict(os.environ)
from snapshots.video.moviepy_clip import open_clip
with open_clip(sys.argv[1]) as clip:
    part = clip.subclipped(0, 1.1).resized(0.5).with_fps(5)
    frames = len(list(part.iter_frames()))
print(json.dumps({"seen": seen, "same": dict(os.environ) == before, "frames": frames}))
"""


def test_importing_and_decoding_start_no_process_and_read_no_env_file(numbered, tmp_path):
    (tmp_path / ".env").write_text("FFMPEG_BINARY=/bin/false\nPLANTED=1\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCH, str(numbered)],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"seen": [], "same": True, "frames": 5}
