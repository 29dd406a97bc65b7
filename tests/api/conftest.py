"""Videos that are really there, for calls that look into one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from snapshots.models import Media
from snapshots.services.library import media as media_service
from snapshots.services.work import pipeline


@pytest.fixture
def make_probed(presets: None) -> Callable[[Path], Media]:
    """A video used where it lies, and probed."""

    def make(path: Path) -> Media:
        row = media_service.import_file(path=path, link=True)
        assert pipeline.probe_next()
        return media_service.get(file_id=row.file_id)

    return make


@pytest.fixture
def shown(make_probed: Callable[[Path], Media], clip: Path) -> Media:
    """The clip of 60 numbered frames at 30 a second."""
    return make_probed(clip)


@pytest.fixture
def clip_being_probed(presets: None, clip: Path) -> Media:
    return media_service.import_file(path=clip, link=True)
