"""The frame picker, by keyboard: the frame counted, the frame seen and the frame made are one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.live import LiveSite

from .seen import number, number_in

Open = Callable[..., Page]


@pytest.fixture
def pick(page: Page, site: LiveSite, library: dict[str, str]) -> Open:
    """Opens the picker of a video by its name, and waits for its first frame."""

    def open_picker(name: str, page: Page = page) -> Page:
        page.goto("/admin/snapshots/media/")
        row = page.locator("#result_list tr", has_text=name)
        row.get_by_role("link", name="Pick frames").click()
        settled(page, 0)
        return page

    return open_picker


def settled(page: Page, index: int) -> None:
    """Wait until frame `index` is the one counted and the server's picture of it is shown."""
    page.wait_for_selector(f"#mh-picker[data-frame='{index}']")
    page.wait_for_selector(f"[data-part=preview][data-frame='{index}']:visible")


def video_shows(page: Page, index: int) -> None:
    """Wait for the end of the seek; the number is then what it is."""
    page.wait_for_function("() => !document.querySelector('video').seeking")
    page.wait_for_timeout(100)  # to paint
    assert number(page.locator("[data-part=video]")) == index


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("name", ["constant", "variable"])
def test_three_steps_are_three_frames(pick, name):
    page = pick(f"{name}.mp4")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    settled(page, 3)
    assert number(page.locator("[data-part=preview]")) == 3
    video_shows(page, 3)
    press(page, "End", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    settled(page, 96)
    assert number(page.locator("[data-part=preview]")) == 96
    video_shows(page, 96)


def test_what_the_browser_cannot_play_comes_from_the_server(pick):
    page = pick("foreign.avi")
    assert page.locator("[data-part=video]").is_hidden()
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    page.wait_for_selector("[data-part=picture][data-frame='3']:visible")
    assert number(page.locator("[data-part=picture]")) == 3


@pytest.mark.parametrize("name", ["constant", "variable"])
def test_the_cover_chosen_is_the_frame_seen(pick, site, library, name):
    page = pick(f"{name}.mp4")
    press(page, "Shift+ArrowRight", "ArrowRight", "ArrowRight")
    page.wait_for_timeout(300)
    index = int(page.locator("#mh-picker").get_attribute("data-frame"))
    settled(page, index)
    video_shows(page, index)
    press(page, "c")
    page.wait_for_selector(".mh-order[data-status=finished]")
    page.wait_for_selector(".mh-order img")
    cover = site.call("GET", f"media/{library[name]}/")["cover"]
    assert cover["at"] == f"f{index}"
    assert number_in(site.get(cover["url"])) == index
    assert page.locator("[data-part=cover]").get_attribute("src") == cover["url"]
