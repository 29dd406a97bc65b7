"""A summary of tests that were skipped because this machine lacks something."""

from __future__ import annotations

from collections import Counter

import pytest

_PLACES = {
    "tests/video/real/": "tests of real videos",
    "tests/features/production_servers/": "tests with PostgreSQL and Redis",
    "tests/features/browser/": "tests in a browser",
    "tests/deploy/": "tests with nginx",
    "tests/js/": "tests of the scripts",
    "tests/features/hostile/": "tests of damaged real videos",
    "tests/video/sandbox/test_confinement.py": "tests of what the kernel holds",
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason why tests were left out, with how many."""
    skipped = terminalreporter.stats.get("skipped", [])
    for place, title in _PLACES.items():
        left_out = Counter(
            report.longrepr[2].removeprefix("Skipped: ")
            for report in skipped
            if place in report.nodeid and isinstance(report.longrepr, tuple)
        )
        if left_out:
            terminalreporter.section(f"left out: {title}", yellow=True)
            for reason, count in left_out.items():
                terminalreporter.line(f"{count} tests: {reason}")
