"""Results as text: lines while measuring, tables for bench/README.md."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import av

from ..footage import FILES
from .cells import POINTS, Cell
from .targets import Target, measured_text, target_text, targets, threshold_text

README = Path(__file__).parents[1] / "README.md"
_START, _END = "<!-- results -->\n", "<!-- end of results -->\n"


def cell_text(cell: Cell) -> str:
    """One line for each peer: its cost, and MediaHub's wall and CPU time as ratios to it."""
    lines = [f"\n{FILES[cell.video].what} · {POINTS[cell.points].title}"]
    for name, rounds in cell.rounds.items():
        if cost := cell.median(name):
            lines.append(
                f"  {name:18}{cost.wall_s:8.3f} s {cost.cpu_s:8.3f} s CPU"
                f" {cost.peak_mb:5.0f} MiB ×{len(rounds)}"
                f"   ours to it {_ratio(cell, name)}, CPU {_ratio(cell, name, 'cpu_s')}"
            )
    return "\n".join(lines)


def summary_text(cells: Sequence[Cell], starts: dict[str, float]) -> str:
    """The targets and the start-ups, for the end of a run."""
    lines = [target_text(each) for each in targets(cells)]
    lines += [f"  {1000 * seconds:6.0f} ms  {what}" for what, seconds in starts.items()]
    return "\n".join(["", *lines])


def write(cells: Sequence[Cell], starts: dict[str, float]) -> None:
    """Put the run's tables between the markers of bench/README.md."""
    text = README.read_text("utf-8")
    before, after = text[: text.index(_START)], text[text.index(_END) :]
    README.write_text(f"{before}{_START}\n{_markdown(cells, starts)}\n{after}", "utf-8")


def _markdown(cells: Sequence[Cell], starts: dict[str, float]) -> str:
    names = [name for name in POINTS if any(cell.points == name for cell in cells)]
    return "\n\n".join(
        [
            _machine(),
            "### Targets",
            _target_table(targets(cells)),
            *(_section(name, [cell for cell in cells if cell.points == name]) for name in names),
            "### Start-up times, not included above",
            _table(("", "ms"), ((what, f"{1000 * each:.0f}") for what, each in starts.items())),
        ]
    )


def _machine() -> str:
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text("utf-8"))
    output = subprocess.run(
        ["ffmpeg", "-version"], capture_output=True, encoding="utf-8", check=True
    )
    libraries = ", ".join(f"{name} {version(name)}" for name in ("moviepy", "Pillow"))
    return (
        f"Measured on {datetime.date.today().isoformat()} with {os.cpu_count()} cores"
        f" ({cpu[1] if cpu else 'unknown'}); PyAV {av.__version__} with"
        f" FFmpeg {av.ffmpeg_version_info}, {libraries};"
        f" the peers' ffmpeg is {output.stdout.split()[2]}."
    )


def _target_table(all_targets: Iterable[Target]) -> str:
    return _table(
        ("", "target (≤)", "measured", "met"),
        (
            (
                each.what,
                threshold_text(each),
                measured_text(each),
                "yes" if each.is_met else "**no**",
            )
            for each in all_targets
        ),
    )


def _section(name: str, cells: Sequence[Cell]) -> str:
    """MediaHub's own figures, then wall (and CPU) as ratios to each peer."""
    pairs = list(_pairs(POINTS[name].names))
    heads = ("", "MediaHub", "CPU", "peak", "320×180")
    table = _table(
        (*heads, *(f"{_short(ours)} / {peer}" for ours, peer in pairs)),
        (_row(cell, pairs) for cell in cells),
    )
    return f"### {POINTS[name].title.capitalize()}\n\n{table}"


def _pairs(names: Sequence[str]) -> Iterable[tuple[str, str]]:
    for peer in names:
        if not peer.startswith("mediahub"):
            yield _ours(peer), peer
            if peer == "limit":
                yield "mediahub small", peer


def _row(cell: Cell, pairs: Sequence[tuple[str, str]]) -> list[str]:
    large, small = cell.median("mediahub"), cell.median("mediahub small")
    return [
        FILES[cell.video].what,
        f"{large.wall_s:.3f} s" if large else "",
        f"{large.cpu_s:.3f} s" if large else "",
        f"{large.peak_mb:.0f} MiB" if large else "",
        f"{small.wall_s:.3f} s" if small else "",
        *(_wall_and_cpu(cell, peer, ours) for ours, peer in pairs),
    ]


def _wall_and_cpu(cell: Cell, peer: str, ours: str) -> str:
    wall = _ratio(cell, peer, ours=ours)
    return f"{wall} ({_ratio(cell, peer, 'cpu_s', ours)})" if wall else "–"


def _ours(peer: str) -> str:
    """The MediaHub figure that a peer is compared with."""
    return "mediahub small" if peer.endswith("small") else "mediahub"


def _short(ours: str) -> str:
    return "320×180" if ours == "mediahub small" else "full"


def _ratio(cell: Cell, peer: str, quantity: str = "wall_s", ours: str | None = None) -> str:
    ratio = cell.ratio(ours or _ours(peer), peer, quantity)
    return "" if ratio is None else f"{ratio:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
