"""Time points: what is read, what is refused, and where they lie in a video."""

from __future__ import annotations

from fractions import Fraction

import pytest

from snapshots.video.errors import VideoError
from snapshots.video.info import Extent, FrameIndex
from snapshots.video.timepoints import limit_pts, parse

# Ten frames of 1001/30000 s that start at 5 s on the container's clock.
NTSC = Fraction(1, 30000)
START = 150_000
WHOLE = Extent(NTSC, START, START + 9 * 1001, START + 10 * 1001, START + 10 * 1001)
SHORT = Extent(NTSC, START, START + 4 * 1001, START + 5 * 1001, START + 10 * 1001)
INDEX = FrameIndex(NTSC, [START + n * 1001 for n in range(10)], [n == 0 for n in range(10)])


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("3.5s", "seconds", "7/2"),
        ("3.5S", "seconds", "7/2"),
        (" 3 s ", "seconds", "3"),
        (".5s", "seconds", "1/2"),
        ("-1s", "seconds", "-1"),
        ("3500ms", "seconds", "7/2"),
        ("33.367Ms", "seconds", "33367/1000000"),
        ("10%", "percent", "10"),
        ("99.95%", "percent", "9995/100"),
        ("150%", "percent", "150"),
        ("00:01:02.500", "seconds", "125/2"),
        ("01:02.5", "seconds", "125/2"),
        ("90:00", "seconds", "5400"),
        ("100:00:00", "seconds", "360000"),
        ("f0", "frame", "0"),
        ("F120", "frame", "120"),
        ("f-1", "frame", "-1"),
    ],
)
def test_reads(text: str, kind: str, value: str) -> None:
    point = parse(text)
    assert (point.text, point.kind, point.value) == (text.strip(), kind, Fraction(value))


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "3.5", "120", "-4", "3,5s", "1e3s", "3.s", "s", "ms", "%", "f", "f1.5", "+3s"),
        *("01:60", "00:60:00", "1:2:3:4", "1:", ":5", "inf s", "nan%", "٣s", "3 sec", "10%%"),
        *("1" * 70 + "s", "3s\n4s", "0x10s", "1_000s", "3\ns", "3ſ"),
    ],
)
def test_refuses_and_tells_what_to_write(text: str) -> None:
    with pytest.raises(VideoError) as caught:
        parse(text)
    assert caught.value.code == "invalid_time_point"
    assert str(caught.value.message).endswith(".")


def test_a_bare_number_is_told_its_unit() -> None:
    with pytest.raises(VideoError, match=r"write 3\.5s or 3\.5ms"):
        parse("3.5")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", Fraction(0)),
        ("0.1s", Fraction(1, 10)),
        ("0%", Fraction(0)),
        ("50%", Fraction(5005, 30000)),
        ("100%", Fraction(10010, 30000)),
        ("f0", Fraction(0)),
        ("f9", Fraction(9009, 30000)),
        ("00:00:00.2", Fraction(1, 5)),
        ("0.333s", Fraction(333, 1000)),
        ("0.36s", Fraction(36, 100)),  # past the end by less than a frame
    ],
)
def test_resolves(text: str, seconds: Fraction) -> None:
    assert parse(text).resolve(WHOLE, INDEX) == seconds


@pytest.mark.parametrize("text", ["-0.001s", "0.368s", "9s", "-1%", "100.1%", "f10", "f-1"])
def test_outside_the_video(text: str) -> None:
    with pytest.raises(VideoError) as caught:
        parse(text).resolve(WHOLE, INDEX)
    assert caught.value.code == "time_out_of_range"


def test_the_sentence_says_how_long_the_video_is() -> None:
    with pytest.raises(VideoError, match=r"9 s is past the end: the video is 0\.334 s long"):
        parse("9s").resolve(WHOLE, INDEX)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0.17s", "frame_unavailable"),
        ("100%", "frame_unavailable"),
        ("f12", "frame_unavailable"),
        ("2s", "time_out_of_range"),
    ],
)
def test_a_file_cut_short(text: str, code: str) -> None:
    with pytest.raises(VideoError) as caught:
        parse(text).resolve(SHORT, FrameIndex(NTSC, INDEX.pts[:5], INDEX.key_frames[:5]))
    assert caught.value.code == code


def test_frame_numbers_need_the_index() -> None:
    with pytest.raises(VideoError) as caught:
        parse("f1").resolve(WHOLE, None)
    assert caught.value.code == "frame_unavailable"


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("0s", 0),
        ("33.366ms", 1),  # early by 0.7 µs, less than half a tick
        ("33.367ms", 1),
        ("33.351ms", 1),
        ("33.35ms", 0),  # early by just half a tick
        ("66.733ms", 2),
        ("0.1s", 2),
        ("100.1ms", 3),
    ],
)
def test_finite_decimals_do_not_lose_to_rounding(text: str, frame: int) -> None:
    limit = limit_pts(parse(text).value, WHOLE)
    assert INDEX.at_or_before(limit) == frame


@pytest.mark.parametrize(
    ("text", "frame"), [("39.6ms", 1), ("39.4ms", 0), ("40ms", 1), ("79.51ms", 2)]
)
def test_a_coarse_clock_forgives_less_than_half_a_millisecond(text: str, frame: int) -> None:
    tick = Fraction(1, 25)
    extent = Extent(tick, 0, 9, 10, 10)
    index = FrameIndex(tick, list(range(10)), [True] * 10)
    assert index.at_or_before(limit_pts(parse(text).value, extent)) == frame
