"""The numbered videos that the tests are run over, by name, and how each is made."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

from . import numbered, tracks

MS = Fraction(1, 1000)
JITTER_MS = list(accumulate(random.Random(7).choices((20, 33, 34, 50, 117), k=79), initial=0))
PAUSES_MS = [n * 40 + (n // 20) * 1500 for n in range(80)]
HOURS_MS = [number * 120_000 + number % 3 * 11 for number in range(61)]
FAST_START = {"movflags": "faststart"}
WRAP_S = Fraction(1 << 33, 90000)  # MPEG's 33 bits of time are used up
OPEN_GOP = {"x264-params": "open-gop=1:bframes=3:b-adapt=0:b-pyramid=2"}
OPEN_HEVC = {"x265-params": "log-level=none:pools=none:open-gop=1:bframes=4:b-adapt=0:keyint=25"}

# name of the file -> how it is made
VIDEOS: dict[str, dict[str, Any]] = {
    "plain.mp4": {"frames": 90},
    "pyramid.mkv": {"frames": 100, "b_frames": 3, "gop": 48, "options": {"refs": "4"}},
    "open-gop.mkv": {"frames": 100, "gop": 25, "options": OPEN_GOP},
    "open-gop.mp4": {"frames": 100, "gop": 25, "options": OPEN_GOP},
    "open-gop.ts": {"frames": 100, "gop": 25, "options": OPEN_GOP},
    "no-b.mp4": {"frames": 50, "b_frames": 0},
    "all-key.mp4": {"frames": 40, "gop": 1},
    "long-gop.mp4": {"frames": 260, "gop": 250},
    "longer-gop.mkv": {"frames": 610, "gop": 600},
    "hevc.mp4": {"codec": "libx265", "frames": 70},
    "hevc.mkv": {"codec": "libx265", "frames": 70, "start_s": 6},
    "hevc.ts": {"codec": "libx265", "frames": 70},
    "vp8.webm": {
        "codec": "libvpx",
        "frames": 70,
        "options": {
            "deadline": "good",
            "auto-alt-ref": "1",
            "lag-in-frames": "16",
            "arnr-strength": "3",
        },
    },
    "vp9.webm": {"codec": "libvpx-vp9", "frames": 70},
    "vp9-altref.webm": {
        "codec": "libvpx-vp9",
        "frames": 50,
        "options": {"deadline": "good", "auto-alt-ref": "1", "lag-in-frames": "16"},
    },
    "av1.mp4": {"codec": "libsvtav1", "frames": 70},
    "av1.mkv": {"codec": "libsvtav1", "frames": 70},
    "mpeg4.mp4": {"codec": "mpeg4", "frames": 70},
    "mpeg4.avi": {"codec": "mpeg4", "frames": 70, "b_frames": 0},
    "mpeg4-b.avi": {"codec": "mpeg4", "frames": 70},
    "mpeg2.ts": {"codec": "mpeg2video", "frames": 70, "gop": 12},
    "mpeg2.mpg": {"codec": "mpeg2video", "frames": 70, "gop": 12},
    "mjpeg.mov": {"codec": "mjpeg", "frames": 30, "pix_fmt": "yuvj420p"},
    "prores.mov": {"codec": "prores_ks", "frames": 12, "pix_fmt": "yuv422p10le"},
    "wmv2.wmv": {"codec": "wmv2", "frames": 50},
    "sorenson.flv": {"codec": "flv", "frames": 50},
    "h264.flv": {"frames": 70},
    "fragmented.mp4": {"frames": 90, "container": {"movflags": "frag_keyframe+empty_moov"}},
    "late.ts": {"frames": 90, "start_s": Fraction("11.4")},
    "late.mkv": {"frames": 90, "start_s": 6},
    "empty-edit.mp4": {"frames": 60, "start_s": 2},
    "vfr.mp4": {"pts": JITTER_MS, "time_base": MS, "gop": 25},
    "vfr.mkv": {"pts": JITTER_MS, "time_base": MS, "gop": 25},
    "pauses.mp4": {"pts": PAUSES_MS, "time_base": MS, "gop": 25},
    "vfr.webm": {"codec": "libvpx-vp9", "pts": JITTER_MS, "time_base": MS},
    "film.mp4": {"frames": 60, "rate": Fraction(24000, 1001)},
    "film.mkv": {"frames": 60, "rate": Fraction(24000, 1001)},
    "smooth.mp4": {"frames": 90, "rate": Fraction(60000, 1001)},
    "long-sound.mp4": {"frames": 45, "audio_s": 4},
    "long-sound.mkv": {"frames": 45, "audio_s": 4},
    "moov-first.mp4": {"frames": 90, "container": FAST_START},
    "fragments.mov": {"frames": 70, "container": {"movflags": "frag_every_frame+empty_moov"}},
    "dash.mp4": {"frames": 70, "container": {"movflags": "dash+frag_keyframe+delay_moov"}},
    "no-edits.mp4": {"frames": 60, "container": {"use_editlist": "0"}},
    "negative.mp4": {"frames": 60, "container": {"movflags": "negative_cts_offsets"}},
    "live.mkv": {"frames": 70, "container": {"live": "1"}},
    "live.webm": {"codec": "libvpx", "frames": 50, "container": {"live": "1"}},
    "no-cues.mkv": {"frames": 70, "container": {"write_crc32": "0", "cues_to_front": "0"}},
    "wrap.ts": {"frames": 90, "start_s": WRAP_S - 3},
    "wrap-hevc.ts": {"codec": "libx265", "frames": 70, "start_s": WRAP_S - 3},
    "wrap-mpeg2.ts": {"codec": "mpeg2video", "frames": 70, "gop": 12, "start_s": WRAP_S - 3},
    "film.ts": {"frames": 60, "rate": Fraction(24000, 1001)},
    "film.webm": {"codec": "libvpx-vp9", "frames": 60, "rate": Fraction(24000, 1001)},
    "film.avi": {"codec": "mpeg4", "frames": 60, "b_frames": 0, "rate": Fraction(24000, 1001)},
    "smooth.mkv": {"frames": 90, "rate": Fraction(60000, 1001)},
    "smooth.ts": {"codec": "libx265", "frames": 90, "rate": Fraction(60000, 1001)},
    "smooth.flv": {"frames": 90, "rate": Fraction(60000, 1001)},
    "pauses.mkv": {"codec": "libx265", "pts": PAUSES_MS, "time_base": MS, "gop": 25},
    "vfr.flv": {"pts": JITTER_MS, "time_base": MS, "gop": 25},
    "vfr.ts": {"pts": JITTER_MS, "time_base": MS, "gop": 25},
    "vfr-hevc.mp4": {"codec": "libx265", "pts": JITTER_MS, "time_base": MS, "gop": 25},
    "sound.ts": {"frames": 60, "audio_s": 3},
    "sound-late.mkv": {"frames": 60, "start_s": 1, "audio_s": 3},
    "fast.mp4": {"frames": 90, "rate": 240},
    "fast.mkv": {"codec": "libx265", "frames": 90, "rate": 240},
    "slow.mp4": {"frames": 20, "rate": 1, "gop": 6},
    "hours.mkv": {"pts": HOURS_MS, "time_base": MS, "gop": 25},
    "hours.mp4": {"pts": HOURS_MS, "time_base": MS, "gop": 25},
    "disc.m2ts": {"frames": 90, "audio_s": 3, "container": {"mpegts_m2ts_mode": "1"}},
    "phone.3g2": {"codec": "mpeg4", "frames": 40},
    "itunes.m4v": {"frames": 60, "audio_s": 2},
    "timecode.mov": {"frames": 60, "tags": {"timecode": "01:00:00:00"}},
    "one.ts": {"frames": 1},
    "one.avi": {"codec": "mjpeg", "frames": 1, "pix_fmt": "yuvj420p"},
    "one.mp4": {"frames": 1},
    "one.webm": {"codec": "libvpx-vp9", "frames": 1},
    "two.mkv": {"frames": 2},
}
# name -> base video, and what is then done to it
CHANGED: dict[str, tuple[dict[str, Any], Callable[[Path], object]]] = {
    "trimmed.mp4": ({"frames": 90}, lambda path: numbered.move_edit(path, 512 * 10)),
    "trimmed-far.mp4": ({"frames": 90}, lambda path: numbered.move_edit(path, 512 * 45)),
    "gap.ts": ({"frames": 120, "gop": 30}, lambda path: numbered.lose(path, range(30, 60))),
    "gap.mkv": ({"frames": 120, "gop": 30}, lambda path: numbered.lose(path, range(60, 90))),
    "gap.mp4": ({"frames": 120, "gop": 30}, lambda path: numbered.lose(path, range(30, 60))),
    "no-run-up.mkv": ({"frames": 100, "gop": 27, "options": OPEN_GOP}, numbered.lose_first_run),
    "no-run-up.ts": ({"frames": 100, "gop": 27, "options": OPEN_GOP}, numbered.lose_first_run),
    "no-run-up-hevc.mkv": (
        {"codec": "libx265", "frames": 100, "options": OPEN_HEVC},
        numbered.lose_first_run,
    ),
    "no-run-up-hevc.mp4": (
        {"codec": "libx265", "frames": 100, "options": OPEN_HEVC},
        numbered.lose_first_run,
    ),
    "trimmed-behind-keys.mp4": ({"frames": 70}, lambda path: numbered.move_edit(path, 512 * 65)),
    "trimmed-hevc.mp4": (
        {"codec": "libx265", "frames": 90},
        lambda path: numbered.move_edit(path, 512 * 17),
    ),
    "trimmed-open.mov": (
        {"frames": 100, "gop": 25, "options": OPEN_GOP},
        lambda path: numbered.move_edit(path, 512 * 24),
    ),
    "headless.mkv": ({"frames": 90, "gop": 30}, lambda path: numbered.lose(path, range(7))),
    "headless-hevc.ts": (
        {"codec": "libx265", "frames": 90, "gop": 30},
        lambda path: numbered.cut_head(path, 0.2),
    ),
    "headless-mpeg2.ts": (
        {"codec": "mpeg2video", "frames": 90, "gop": 30},
        lambda path: numbered.cut_head(path, 0.2),
    ),
    "cut.ts": ({"frames": 90}, lambda path: numbered.cut(path, 0.6)),
    "cut.flv": ({"frames": 90}, lambda path: numbered.cut(path, 0.6)),
    "cut.mpg": ({"codec": "mpeg2video", "frames": 90}, lambda path: numbered.cut(path, 0.6)),
    "two-tracks.mkv": ({"frames": 40}, lambda path: tracks.add_another(path, None)),
    "second-default.mkv": ({"frames": 40}, lambda path: tracks.add_another(path, 1)),
    "second-default.mp4": ({"frames": 40}, lambda path: tracks.add_another(path, 1)),
    "two-tracks.ts": ({"frames": 40}, lambda path: tracks.add_another(path, None)),
    "cover.mp4": ({"frames": 40}, tracks.add_cover),
    "cover.mkv": ({"frames": 40}, tracks.add_cover),
    "headless.ts": (
        {"frames": 120, "gop": 40},
        lambda path: numbered.cut_head(path, 0.2),
    ),
}
CUT = {
    "cut.mp4": {"frames": 120, "container": FAST_START},
    "cut.mkv": {"frames": 120},
    "cut.avi": {"frames": 120, "codec": "mpeg4", "b_frames": 0},
}
# name -> which of its tracks is the video
TRACKS = {"second-default.mkv": 1, "second-default.mp4": 1}
