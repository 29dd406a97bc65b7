"""What a run of the tests says at its end about real videos that could not be fetched."""

from __future__ import annotations

from collections import Counter

import pytest

_HERE = "tests/video/real/"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason why tests were left out, with how many."""
    left_out = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.stats.get("skipped", [])
        if _HERE in report.nodeid and isinstance(report.longrepr, tuple)
    )
    if left_out:
        terminalreporter.section("left out: tests of real videos", yellow=True)
        for reason, count in left_out.items():
            terminalreporter.line(f"{count} tests: {reason}")
