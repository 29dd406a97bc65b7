"""A bar chart as coordinates, which the template draws as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 560, 180
_LEFT, _TOP, _BOTTOM = 36, 10, 24
_GAP = 0.3  # share of a bar's slot


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    short: str
    good: int
    bad: int


def of(bars: Sequence[Bar]) -> dict[str, Any]:
    """Stacked bars, the good part below, and lines at round numbers, in whole pixels."""
    top = _round_up(max((bar.good + bar.bad for bar in bars), default=0))
    plot = HEIGHT - _TOP - _BOTTOM
    place = (WIDTH - _LEFT) / max(1, len(bars))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": _LEFT,
        "base": HEIGHT - _BOTTOM,
        "is_empty": not any(bar.good or bar.bad for bar in bars),
        "lines": [_line(value, top, plot) for value in sorted({0, top // 2, top})],
        "bars": [
            _bar_shape(
                bar, round(_LEFT + place * n), round(place), plot / top, n % 2 == len(bars) % 2
            )
            for n, bar in enumerate(bars)
        ],
    }


def _round_up(value: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100, …, half of which is a whole number too."""
    step = 1
    while True:
        for digit in (2, 4, 10):
            if value <= digit * step:
                return digit * step
        step *= 10


def _line(value: int, top: int, plot: int) -> dict[str, int]:
    return {"value": value, "y": _TOP + plot - round(plot * value / top)}


def _bar_shape(bar: Bar, x: int, place: int, unit: float, is_named: bool) -> dict[str, Any]:
    """Heights are rounded up, so that one of thousands is visible."""
    base = HEIGHT - _BOTTOM
    good, bad = -int(-bar.good * unit // 1), -int(-bar.bad * unit // 1)
    gap = round(place * _GAP / 2)
    return {
        "bar": bar,
        "x": x + gap,
        "width": place - 2 * gap,
        "middle": x + place // 2,
        "good_y": base - good,
        "good_height": good,
        "bad_y": base - good - bad,
        "bad_height": bad,
        "is_named": is_named,
    }
