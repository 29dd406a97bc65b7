"""A real numbered video in a real library; work is done by calling the worker's own functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from snapshots.models import Media
from snapshots.services import media, pipeline, templates
from tests.video import numbered


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 numbered frames at 30 a second, 160×96, a key frame every 30."""
    return numbered.make(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture
def presets(db: None) -> None:
    templates.seed()


@pytest.fixture
def probing_media(presets: None, clip: Path) -> Media:
    return media.import_file(path=clip)


@pytest.fixture
def ready_media(probing_media: Media) -> Media:
    assert pipeline.probe_next()
    return media.get(file_id=probing_media.file_id)
