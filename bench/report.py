"""Figures as text: lines while they are measured, tables for bench/README.md."""

from __future__ import annotations

import datetime
import os
import re
import subprocess
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import av

from .cells import POINTS, Cell
from .footage import FILES
from .targets import Target, targets

README = Path(__file__).parent / "README.md"
_START, _END = "<!-- results -->\n", "<!-- end of results -->\n"


def cell_text(cell: Cell) -> str:
    """One line for each peer: what it took, and MediaHub's wall and CPU as ratios to it."""
    lines = [f"\n{FILES[cell.video].what} · {POINTS[cell.points].title}"]
    for name, rounds in cell.rounds.items():
        if taken := cell.median(name):
            lines.append(
                f"  {name:18}{taken.wall_s:8.3f} s {taken.cpu_s:8.3f} s CPU"
                f" {taken.peak_mb:5.0f} MiB ×{len(rounds)}"
                f"   ours to it {_ratio(cell, name)}, CPU {_ratio(cell, name, 'cpu_s')}"
            )
    return "\n".join(lines)


def summary_text(cells: Sequence[Cell], starts: dict[str, float]) -> str:
    """The targets and the start-ups, for the end of a run."""
    lines = [target_text(each) for each in targets(cells)]
    lines += [f"  {1000 * seconds:6.0f} ms  {what}" for what, seconds in starts.items()]
    return "\n".join(["", *lines])


def target_text(target: Target) -> str:
    """One line: whether it is met, what was found, what it is to be at most."""
    met = "met" if target.is_met else "NOT MET"
    return f"  {met:8}{_found(target):>9} (≤ {_most(target)})  {target.what}"


def write(cells: Sequence[Cell], starts: dict[str, float]) -> None:
    """Put the run's tables between the markers of bench/README.md."""
    text = README.read_text()
    before, after = text[: text.index(_START)], text[text.index(_END) :]
    README.write_text(f"{before}{_START}\n{_markdown(cells, starts)}\n{after}")


def _markdown(cells: Sequence[Cell], starts: dict[str, float]) -> str:
    kinds = [kind for kind in POINTS if any(cell.points == kind for cell in cells)]
    return "\n\n".join(
        [
            _machine(),
            "### Targets",
            _target_table(targets(cells)),
            *(_section(kind, [cell for cell in cells if cell.points == kind]) for kind in kinds),
            "### Start-up times, not included above",
            _table(("", "ms"), ((what, f"{1000 * each:.0f}") for what, each in starts.items())),
        ]
    )


def _machine() -> str:
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    said = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True)
    libraries = ", ".join(f"{name} {version(name)}" for name in ("moviepy", "Pillow"))
    return (
        f"Measured on {datetime.date.today().isoformat()} with {os.cpu_count()} cores"
        f" ({cpu[1] if cpu else 'unknown'}); PyAV {av.__version__} with"
        f" FFmpeg {av.ffmpeg_version_info}, {libraries};"
        f" the peers' ffmpeg is {said.stdout.split()[2]}."
    )


def _target_table(found: Iterable[Target]) -> str:
    return _table(
        ("", "target (≤)", "measured", "met"),
        (
            (each.what, _most(each), _found(each), "yes" if each.is_met else "**no**")
            for each in found
        ),
    )


def _section(kind: str, cells: Sequence[Cell]) -> str:
    """MediaHub's own figures, then wall (and CPU) as ratios to each peer."""
    pairs = list(_pairs(POINTS[kind].names))
    heads = ("", "MediaHub", "CPU", "peak", "320×180")
    table = _table(
        (*heads, *(f"{_short(ours)} / {peer}" for ours, peer in pairs)),
        (_row(cell, pairs) for cell in cells),
    )
    return f"### {POINTS[kind].title.capitalize()}\n\n{table}"


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
    """What of MediaHub a peer is to be held against."""
    return "mediahub small" if peer.endswith("small") else "mediahub"


def _short(ours: str) -> str:
    return "320×180" if ours == "mediahub small" else "full"


def _ratio(cell: Cell, peer: str, quantity: str = "wall_s", ours: str | None = None) -> str:
    ratio = cell.ratio(ours or _ours(peer), peer, quantity)
    return "" if ratio is None else f"{ratio:.2f}"


def _found(target: Target) -> str:
    return f"{target.found:.0f}{target.unit}" if target.unit else f"{target.found:.2f}"


def _most(target: Target) -> str:
    return f"{target.most:.0f}{target.unit}" if target.unit else f"{target.most:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
