"""How long it takes from pressing *Take* to seeing the picture, on a file that is hard to seek."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.support.made_once import made_once
from tests.video.made import numbered
from tests.video.made.appearance import Appearance

from .page_contents import picture
from .picking import go_to, open_picker, settled

SIZE, GOP, FRAMES = (1920, 1080), 250, 300
ROOM = (1760, 1056)  # eleven times a numbered picture; the rest is edge
POINTS = (249, 40, 125, 180, 230, 80, 211)
PROMISED_S, WHEN_BUSY_S = 1.0, 3.0  # the tests share the machine with each other

_WATCH = """() => {
  const count = document.querySelectorAll(".mh-task").length + 1;
  window.taken = new Promise((resolve) => {
    const button = document.querySelector("[data-part=take]");
    button.addEventListener("click", () => { window.pressed = performance.now(); }, true);
    const observer = new MutationObserver(() => {
      const image = document.querySelector(`.mh-task:nth-last-child(${count}) img`);
      if (!image) return;
      observer.disconnect();
      image.decode().then(() => resolve(performance.now() - window.pressed));
    });
    const tasks = document.querySelector("[data-part=tasks]");
    observer.observe(tasks, { childList: true, subtree: true });
  });
}"""


class _Large(Sequence):
    """Numbered pictures of 1080p, drawn one by one: all together they fill the memory."""

    def __len__(self) -> int:
        return FRAMES

    def __getitem__(self, number):
        drawn = numbered.picture(number, ROOM)
        more = ((0, SIZE[1] - ROOM[1]), (0, SIZE[0] - ROOM[0]), (0, 0))
        return np.ascontiguousarray(np.pad(drawn, more, mode="edge"))


@pytest.fixture(scope="module")
def hard_to_seek(site, tmp_path_factory) -> str:
    return site.upload(_make(tmp_path_factory.mktemp("large") / "hard-to-seek.mp4"))


@made_once
def _make(path: Path) -> Path:
    quick = {"preset": "superfast", "sc_threshold": "0"}
    return numbered.make(
        path, pictures=_Large(), frames=FRAMES, gop=GOP, rate=25, size=SIZE, options=quick
    )


def test_from_pressing_take_to_seeing_the_picture(page, hard_to_seek, capsys):
    open_picker(page, "hard-to-seek.mp4")
    times = [_taken(page, index) for index in POINTS]
    median = statistics.median(times)
    with capsys.disabled():
        each = ", ".join(f"{time:.2f}" for time in sorted(times))
        print(  # noqa: T201 - a figure for people to read
            f"\nfrom Take to the picture, 1080p with {GOP}-frame GOPs: median {median:.2f} s "
            f"(promised: {PROMISED_S:.1f} s on an idle machine) of {each}"
        )
    assert median <= WHEN_BUSY_S


def _taken(page: Page, index: int) -> float:
    """Seconds; the picture seen is of the frame asked for."""
    go_to(page, f"f{index}")
    settled(page, index)
    page.evaluate(_WATCH)
    page.locator("[data-part=take]").click()
    seconds = page.evaluate("window.taken") / 1000
    shown = picture(page.locator(".mh-task").first.locator(".mh-card img"))
    assert Appearance(stored=SIZE, number_box=ROOM).number(shown) == index
    return float(seconds)
