"""Files that are refused as a whole: how each is made, and the code it ends in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from . import numbered


def _text(content: str, encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content.encode(encoding))


def _noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(3).bytes(20_000))


def _truncated_head(path: Path) -> None:
    numbered.make(path, frames=20)
    path.write_bytes(path.read_bytes()[:60])


def _huge_promise(path: Path) -> None:
    """Its sequence header allows frames of 16384 × 8704; what follows is small."""
    params = "lp=1:enable-tf=0:sframe-dist=8:sframe-mode=1"
    options = {"preset": "6", "crf": "16", "svtav1-params": params}
    numbered.make(path, codec="libsvtav1", frames=20, options=options)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty.mp4": (lambda path: path.touch(), "unreadable"),
    "noise.mp4": (_noise, "unreadable"),
    "zeros.mp4": (lambda path: path.write_bytes(bytes(5000)), "unreadable"),
    "no-moov.mp4": (_truncated_head, "unreadable"),
    "large-frames-promised.mkv": (_huge_promise, "too_large"),
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
