from __future__ import annotations

import io
import itertools
from fractions import Fraction

import pytest
from PIL import Image

from snapshots.video import extract as extract_module
from snapshots.video.errors import VideoError
from snapshots.video.extract import Failure, Picture, extract
from snapshots.video.probe import probe
from snapshots.video.render.renderer import Renderer, RenderSpec
from snapshots.video.types import PointKey

from .made import painted
from .requests import request

PNG = RenderSpec("png")


@pytest.fixture(scope="module")
def numbered(tmp_path_factory):
    return painted.numbered_video(tmp_path_factory.mktemp("extract") / "numbered.mp4")


def at(*points, spec=PNG, mode="exact"):
    return [request(text, spec, point=number, mode=mode) for number, text in enumerate(points)]


def by_point(results):
    found = {}
    for result in results:
        assert result.key.point not in found
        found[result.key.point] = result
    return found


def number(picture):
    assert isinstance(picture, Picture), picture
    return painted.read_number(Image.open(io.BytesIO(picture.data)).convert("RGB"))


def test_every_form_of_time_gives_its_frame(numbered):
    points = ["0s", "100ms", "0.4s", "50%", "00:00:01.5", "00:01", "f59", "100%", "33.367ms"]
    found = by_point(extract(numbered, at(*points)))
    numbers = [number(found[key]) for key in range(len(points))]
    assert numbers == [0, 3, 12, 30, 45, 30, 59, 59, 1]


def test_a_picture_carries_its_receipt(numbered):
    (picture,) = extract(
        numbered, [request("133.4ms", RenderSpec("webp", 128, 0), operation=2, point=5)]
    )
    assert (picture.key, picture.at, picture.time_ms) == (PointKey(2, 5), "133.4ms", 133.4)
    assert picture.frame_time == 0.133333
    numerator, denominator = picture.time_base.split("/")
    assert Fraction(picture.pts * int(numerator), int(denominator)) == Fraction(4, 30)
    assert (picture.key_frame, picture.format) == (False, "webp")
    assert (picture.width, picture.height) == (128, 77)
    image = Image.open(io.BytesIO(picture.data))
    assert (image.format, image.size) == ("WEBP", (128, 77))


def test_time_ms_has_up_to_three_decimals(numbered):
    (picture,) = extract(numbered, at("33.3333333%"))
    assert picture.time_ms == 666.667


def test_one_result_for_each_request_doubles_included(numbered):
    requests = [
        request(text, spec, point=number, mode=mode)
        for number, (text, spec, mode, _) in enumerate(
            itertools.product(
                ["0.5s", "f15", "9s", "510ms"],
                [PNG, RenderSpec("jpg", 128, 128, fill="white")],
                ["exact", "keyframe"],
                range(2),
            )
        )
    ]
    found = by_point(extract(numbered, requests))
    assert set(found) == {each.key.point for each in requests}
    for each in requests:
        result = found[each.key.point]
        assert result.at == each.at.text
        if each.at.text == "9s":
            assert isinstance(result, Failure)
            assert result.code == "time_out_of_range"
            assert result.message
        else:
            assert result.pts * Fraction(result.time_base) == (
                Fraction(12 if each.mode == "keyframe" else 15, 30)
            )
            assert result.key_frame is (each.mode == "keyframe")


def test_the_frame_and_its_spec_are_rendered_and_encoded_once(numbered, monkeypatch):
    rendered, encoded = [], []
    render, encode = Renderer.render, extract_module.encode  # type: ignore[attr-defined]

    def counted_render(self, frame, spec, **neighbours):
        rendered.append(spec)
        return render(self, frame, spec, **neighbours)

    def counted_encode(image, format, quality):
        encoded.append(format)
        return encode(image, format, quality)

    monkeypatch.setattr(Renderer, "render", counted_render)
    monkeypatch.setattr(extract_module, "encode", counted_encode)
    points = at("0.5s", "510ms", "f15", "0.5s") + at("0.5s", spec=RenderSpec("jpg"))
    pictures = list(extract(numbered, points))
    assert [number(picture) for picture in pictures] == [15] * 5
    assert len({picture.data for picture in pictures}) == 2
    assert sorted(encoded) == ["jpg", "png"]
    assert len(rendered) == 2


def test_errors_of_one_point_leave_the_others_alone(numbered):
    requests = [
        *at("0.5s", "-1s", "12s", "101%", "f60"),
        request("0.5s", RenderSpec("png", 0, 4096), point=5),
        request("0.5s", RenderSpec("jpg", 4096, 0), point=6),
        request("0.5s", point=7, mode="nearest"),
    ]
    found = by_point(extract(numbered, requests))
    assert number(found[0]) == 15
    assert [found[key].code for key in range(1, 5)] == ["time_out_of_range"] * 4
    assert (found[5].width, found[5].height) == (6827, 4096)
    assert (found[6].width, found[6].height) == (4096, 2458)
    assert found[7].code == "invalid"


def test_a_canvas_too_large_fails_its_point_alone(tmp_path):
    wide = painted.write(tmp_path / "wide.mkv", [painted.yuv_frame(painted.corners(640, 128))])
    requests = [*at("0s", spec=RenderSpec("png", 0, 4096)), request("0s", point=1)]
    found = by_point(extract(wide, requests))
    assert found[0].code == "too_large"
    assert found[1].width == 640


def test_what_is_known_may_be_handed_in(numbered):
    known = probe(numbered)
    with_facts = by_point(extract(numbered, at("f7", "1s"), info=known.info, index=known.index))
    without = by_point(extract(numbered, at("f7", "1s")))
    assert with_facts == without
    assert number(with_facts[0]) == 7


def test_a_file_refused_as_a_whole_yields_nothing(tmp_path):
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"")
    results = extract(path, at("0s", "9s"))
    with pytest.raises(VideoError) as refused:
        next(results)
    assert refused.value.code == "unreadable"


def test_stopping_early_closes_the_file(numbered):
    results = extract(numbered, at("0s", "1s"))
    next(results)
    results.close()
    assert list(results) == []


def test_no_requests_no_results(numbered):
    assert list(extract(numbered, [])) == []


@pytest.mark.parametrize("format", ["jpg", "png", "webp", "avif"])
@pytest.mark.parametrize("fill", ["stretch", "black", "white", "gauss"])
def test_a_padded_picture_holds_the_right_frame(numbered, format, fill):
    spec = RenderSpec(format, 320, 320, fill=fill)
    (picture,) = extract(numbered, at("f37", spec=spec))
    assert (picture.width, picture.height) == (320, 320)
    image = Image.open(io.BytesIO(picture.data)).convert("RGB")
    box = (0, 0, 320, 320) if fill == "stretch" else (0, 64, 320, 256)
    assert painted.read_number(image.crop(box)) == 37


def test_alpha_of_a_file_reaches_the_picture(tmp_path):
    frames = [painted.rgb_frame(painted.see_through(64, 48)) for _ in range(2)]
    path = painted.write(tmp_path / "alpha.mov", frames, codec="png")
    found = by_point(extract(path, [*at("0s"), request("0s", RenderSpec(fill="white"), point=1)]))
    image = Image.open(io.BytesIO(found[0].data))
    assert image.getpixel((10, 40)) == (*painted.BLUE, 128)
    assert image.getpixel((50, 40))[3] == 0
    flat = Image.open(io.BytesIO(found[1].data))
    assert painted.off_by(flat.getpixel((50, 40)), painted.WHITE) <= 3
