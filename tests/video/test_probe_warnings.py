"""What `probe` says in words must be what the extractor does."""

from __future__ import annotations

from pathlib import Path

from snapshots.video.probe import probe

from .made import numbered


def test_high_dynamic_range_is_said_to_be_tone_mapped(tmp_path: Path) -> None:
    tags = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    path = numbered.make(tmp_path / "hdr.mp4", frames=5, options={"x264-params": tags})
    info = probe(path).info
    assert info.is_hdr
    assert any("will be tone-mapped" in str(note) for note in info.notes)


def test_an_interlaced_video_is_said_to_be_deinterlaced(tmp_path: Path) -> None:
    path = numbered.make(tmp_path / "fields.mp4", frames=5, options={"flags": "+ildct+ilme"})
    info = probe(path).info
    assert info.is_interlaced
    assert any("will be deinterlaced" in str(note) for note in info.notes)
