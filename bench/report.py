"""Figures as text."""

from __future__ import annotations


from . import footage
from .cells import Cell


def cell_text(cell: Cell) -> str:
    """One line for each peer: what it took, and MediaHub's wall clock as a ratio to it."""
    lines = [f"\n{footage.FILES[cell.video].what} · {cell.points}"]
    for name, rounds in cell.rounds.items():
        taken = cell.median(name)
        if taken is None:
            continue
        small = "mediahub small" if name.endswith("small") else "mediahub"
        lines.append(
            f"  {name:15} {taken.wall_s:8.3f} s  cpu {taken.cpu_s:8.3f} s  {taken.peak_mb:6.0f} MiB"
            f"  ours to it {cell.ratio(small, name) or 0:5.2f}  ({len(rounds)} rounds)"
        )
    return "\n".join(lines)
