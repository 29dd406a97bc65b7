"""The guard: what is refused, with which code, and that nothing else is ever opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from snapshots.video.demux.source import open_source
from snapshots.video.demux.streams import SourceBounds
from snapshots.video.errors import VideoError

from ..conftest import Library
from ..made import numbered


def refusal(path: Path | str, bounds: SourceBounds | None = None) -> str:
    with pytest.raises(VideoError) as caught:
        open_source(path, bounds=bounds)
    assert caught.value.message
    return caught.value.code


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


def test_source_bounds(library: Library, tmp_path: Path) -> None:
    path = library.path("plain.mp4")
    assert refusal(path, SourceBounds(max_pixels=160 * 96 - 1)) == "too_large"
    assert refusal(library.path("long-sound.mp4"), SourceBounds(max_streams=1)) == "too_large"
    with open_source(path, bounds=SourceBounds(max_pixels=160 * 96)) as source:
        assert source.stream.codec_context.width == 160


def test_a_file_with_a_foreign_codec_is_unsupported(tmp_path: Path) -> None:
    path = tmp_path / "huffyuv.avi"
    numbered.make(path, codec="huffyuv", frames=2, pix_fmt="yuv422p")
    assert refusal(path) == "unsupported"
