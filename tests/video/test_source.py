"""The guard: what is refused, with which code, and that nothing else is ever opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from snapshots.video.errors import VideoError
from snapshots.video.probe import probe
from snapshots.video.source import SourceLimits, open_source

from . import numbered
from .conftest import Library


def refusal(path: Path | str, limits: SourceLimits | None = None) -> str:
    with pytest.raises(VideoError) as caught:
        open_source(path, limits=limits)
    assert caught.value.message
    return caught.value.code


def _text(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode(encoding))


def _noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(3).bytes(20_000))


def _truncated_head(path: Path) -> None:
    numbered.make(path, frames=20)
    path.write_bytes(path.read_bytes()[:60])


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty.mp4": (lambda path: path.touch(), "unreadable"),
    "noise.mp4": (_noise, "unreadable"),
    "zeros.mp4": (lambda path: path.write_bytes(bytes(5000)), "unreadable"),
    "no-moov.mp4": (_truncated_head, "unreadable"),
    "folder.mp4": (lambda path: path.mkdir(), "unreadable"),
    "missing.mp4": (lambda path: None, "unreadable"),
    "text.mp4": (_text("just words\n" * 9), "unsupported"),
    "utf16.mp4": (_text("just words\n" * 9, "utf-16"), "unsupported"),
    "page.mp4": (_text("<html><body>no"), "unsupported"),
    "drawing.mp4": (_text('\ufeff<?xml version="1.0"?><svg/>'), "unsupported"),
    "list.mp4": (_text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), "unsupported"),
    "dash.mp4": (_text("<MPD></MPD>"), "unsupported"),
    "picture.mp4": (lambda path: Image.new("RGB", (9, 9)).save(path, "PNG"), "unsupported"),
    "photo.mp4": (lambda path: Image.new("RGB", (9, 9)).save(path, "JPEG"), "unsupported"),
    "sound.m4a": (numbered.make_sound, "no_video"),
    "sound.mkv": (numbered.make_sound, "no_video"),
    "cover.mp4": (numbered.make_sound_with_cover, "no_video"),
    "song.mp3": (lambda path: path.write_bytes(b"ID3" + bytes(4000)), "no_video"),
    "wave.wav": (lambda path: path.write_bytes(b"RIFF\0\0\0\0WAVE" + bytes(99)), "no_video"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_refuses(tmp_path: Path, name: str) -> None:
    make, code = BAD[name]
    make(tmp_path / name)
    assert refusal(tmp_path / name) == code


@pytest.mark.parametrize("head", ["ffconcat version 1.0\nfile '{0}'\n", "#EXTM3U\n{0}\n"])
@pytest.mark.parametrize("padding", ["", "\n" * 600])
def test_a_playlist_never_leads_to_another_file(
    library: Library, tmp_path: Path, head: str, padding: str
) -> None:
    path = tmp_path / "mine.mp4"
    path.write_text(head.format(library.path("plain.mp4")) + padding)
    assert refusal(path) == "unsupported"


def test_a_playlist_behind_control_bytes_is_no_video(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "mine.mp4"
    path.write_bytes(b"ffconcat version 1.0\n#\x01\x02\nfile 'plain.mp4'\n")
    assert refusal(path) == "unreadable"


@pytest.mark.parametrize(
    "name", ["img%03d.mp4", "concat:a|b.mp4", "http:", "näme ☃.mp4", "-i.mp4", "a b;c'd.mp4", "%s"]
)
def test_names_are_only_names(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).write_bytes(library.path("plain.mp4").read_bytes())
    monkeypatch.chdir(tmp_path)
    with open_source(name) as source:
        assert source.codec_name == "h264"


@pytest.mark.parametrize("name", ["http://127.0.0.1:9/a.mp4", "pipe:0", "data:video/mp4;base64,AA"])
def test_protocols_are_not_followed(name: str) -> None:
    assert refusal(name) == "unreadable"


def test_limits(library: Library, tmp_path: Path) -> None:
    path = library.path("plain.mp4")
    assert refusal(path, SourceLimits(max_pixels=160 * 96 - 1)) == "too_large"
    assert refusal(library.path("long-sound.mp4"), SourceLimits(max_streams=1)) == "too_large"
    with open_source(path, limits=SourceLimits(max_pixels=160 * 96)) as source:
        assert source.stream.codec_context.width == 160


def test_cover_art_is_not_the_video(tmp_path: Path) -> None:
    path = tmp_path / "both.mp4"
    with av.open(str(path), "w") as output:
        cover = output.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        video = output.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        still = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
        output.mux(cover.encode(still.reformat(format="yuvj420p")))
        output.mux(cover.encode())
        for number in range(5):
            frame = av.VideoFrame.from_ndarray(numbered.picture(number), "rgb24")
            frame = frame.reformat(format="yuv420p")
            frame.pts = number
            output.mux(video.encode(frame))
        output.mux(video.encode())
    found = probe(path)
    assert (found.info.codec, len(found.index)) == ("h264", 5)
    assert any("cover art" in note for note in found.info.notes)


@pytest.mark.parametrize(("marked", "codec"), [(None, "h264"), (0, "h264"), (1, "mpeg4")])
def test_of_two_tracks_the_default_one(tmp_path: Path, marked: int | None, codec: str) -> None:
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as output:
        streams = [output.add_stream(name, rate=30) for name in ("libx264", "mpeg4")]
        for place, stream in enumerate(streams):
            stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
            default = av.stream.Disposition.default if place == marked else 0
            stream.disposition = default or av.stream.Disposition.dub
        for number in range(5):
            for stream in streams:
                frame = av.VideoFrame.from_ndarray(numbered.picture(number), "rgb24")
                frame = frame.reformat(format="yuv420p")
                frame.pts = number
                output.mux(stream.encode(frame))
        for stream in streams:
            output.mux(stream.encode())
    with open_source(path) as source:
        assert source.codec_name == codec


def test_a_file_with_a_foreign_codec_is_unsupported(tmp_path: Path) -> None:
    path = tmp_path / "huffyuv.avi"
    numbered.make(path, codec="huffyuv", frames=2, pix_fmt="yuv422p")
    assert refusal(path) == "unsupported"
