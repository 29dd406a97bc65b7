"""What kind of test each is, told by where it lies: `quick`, `slow`, or neither.

`slow` is what runs whole sites or servers, real or damaged videos by the hundred, or waits long by
its nature; `make test` leaves it to `make test-all`. `quick` needs no site, no browser and no video
that takes a moment to make or to decode: it is for the work in between.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
# The longest first: when a run ends, none of them should be waited for alone
SLOW = (
    "tests/features/soak/",
    "tests/features/production_servers/",
    "tests/features/test_up.py",
    "tests/worker/",
    "tests/features/browser/",
    "tests/features/hostile/test_mutations.py",
    "tests/deploy/test_data_folder.py::test_a_running_site",
    "tests/deploy/test_data_folder.py::test_a_site_runs",
    "tests/storage/test_site.py",
    "tests/web/tus/test_live.py",
    "tests/web/test_monitoring_live.py",
    "tests/api/test_idempotency_killed.py",
    "tests/video/real/",
)
_NOT_QUICK = (
    "tests/api/contract/",
    "tests/api/frames/",
    "tests/api/test_failed_tasks.py",
    "tests/api/test_idempotency.py",
    "tests/deploy/",
    "tests/features/",
    "tests/management/",
    "tests/queue/test_urls.py",
    "tests/services/test_covers.py",
    "tests/services/work/",
    "tests/storage/",
    "tests/test_bench.py",
    "tests/test_readmes.py",
    "tests/video/covers/",
    "tests/video/decode/",
    "tests/video/demo/",
    "tests/video/demux/",
    "tests/video/sandbox/",
    "tests/video/test_contract.py",
    "tests/video/test_moviepy_clip.py",
    "tests/video/test_probe.py",
    "tests/vod/test_sdk",
    "tests/web/test_staticfiles.py",
    "tests/web/tus/",
)


def mark(items: list[pytest.Item]) -> None:
    """Give each test the marker of its kind."""
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        elif not item.nodeid.startswith(_NOT_QUICK):
            item.add_marker(pytest.mark.quick)


def sort(items: list[pytest.Item]) -> None:
    """Begin with the longest kinds, in the order above; leave the others as they are."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    found = (rank for rank, start in enumerate(SLOW) if item.nodeid.startswith(start))
    return next(found, len(SLOW))


def is_left_out(path: Path, config: pytest.Config) -> bool:
    """Whether nothing in there is wanted: to import all tests takes longer than the quick ones."""
    if config.option.markexpr != "quick":
        return False
    name = path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else ""
    return f"{name}{'' if path.suffix else '/'}".startswith(SLOW + _NOT_QUICK)
