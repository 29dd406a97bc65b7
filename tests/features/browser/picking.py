"""Hands and eyes at the frame picker."""

from __future__ import annotations

from playwright.sync_api import Page

from .page_contents import number


def open_picker(page: Page, name: str) -> Page:
    """From the list to the picker of the video named, until its first frame is there."""
    page.goto("/admin/snapshots/media/")
    row = page.locator("#result_list tr", has_text=name)
    row.get_by_role("link", name="Pick frames").click()
    settled(page, 0)
    return page


def settled(page: Page, index: int) -> None:
    """Wait until frame `index` is the one counted and the server's picture of it is shown."""
    page.wait_for_selector(f"#mh-picker[data-frame='{index}']")
    page.wait_for_selector(f"[data-part=preview][data-frame='{index}']:visible")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go_to(page: Page, point: str) -> None:
    """By the box that takes a time in any form."""
    page.get_by_label("Go to", exact=True).fill(point)
    page.keyboard.press("Enter")


def counted(page: Page) -> int:
    return int(page.locator("#mh-picker").get_attribute("data-frame") or -1)


def preview_shows(page: Page) -> int:
    """The number in the server's picture."""
    return number(page.locator("[data-part=preview]"))


def video_shows(page: Page) -> int:
    """The number in the video's picture, once a seek has come to its end."""
    page.wait_for_function("() => !document.querySelector('#mh-picker video').seeking")
    page.wait_for_timeout(100)  # to paint
    return number(page.locator("[data-part=video]"))
