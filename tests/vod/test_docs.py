"""The page about the dialect is in step with the code."""

from __future__ import annotations

from pathlib import Path

from snapshots.vod.compatibility import tables

DOC = Path(__file__).parents[2] / "docs" / "vod-api.md"


def test_the_tables_are_those_of_the_schemas() -> None:
    assert tables() in DOC.read_text(), "make schema"
