"""Making the tests' videos must not change the machine that the other tests run on."""

from __future__ import annotations

import os
from pathlib import Path

from .made import numbered


def test_making_av1_leaves_the_process_scheduled_as_it_was(tmp_path: Path) -> None:
    numbered.make(tmp_path / "clip.mp4", codec="libsvtav1", frames=4)
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
