"""A real numbered video in a real library; work is done by calling the worker's own functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from snapshots.models import Media
from snapshots.services.library import media
from snapshots.services.work import pipeline


@pytest.fixture
def probing_media(presets: None, clip: Path) -> Media:
    return media.import_file(path=clip)


@pytest.fixture
def ready_media(probing_media: Media) -> Media:
    assert pipeline.probe_next()
    return media.get(file_id=probing_media.file_id)
