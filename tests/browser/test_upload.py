"""The upload page: files dropped, seen to arrive, gone on with, or refused with a reason."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.live import PASSWORD, LiveSite

ADD = "/admin/snapshots/media/add/"
ROWS = ".mh-uploads li"
PAGE = b"<!doctype html><title>No video</title>" + b" " * 600
DROP = """(files) => {
    const data = new DataTransfer();
    for (const { name, type, bytes } of files) {
        const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
        data.items.add(new File([raw], name, { type, lastModified: 1 }));
    }
    const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector("[data-part=drop]").dispatchEvent(drop);
}"""


def drop(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Let files fall on the page: name, media type, bytes."""
    told = [
        {"name": name, "type": kind, "bytes": base64.b64encode(data).decode()}
        for name, kind, data in files
    ]
    page.evaluate(DROP, told)


def row(page: Page, name: str) -> Locator:
    return page.locator(ROWS).filter(has_text=name)


def as_video(path: Path, name: str) -> tuple[str, str, bytes]:
    return name, "video/mp4", path.read_bytes()


def test_dropped_files_arrive_as_media_with_covers(
    page: Page, videos: dict[str, Path], site: LiveSite
) -> None:
    page.goto(ADD)
    expect(page.locator("#mh-upload-plain")).to_be_hidden()
    drop(page, as_video(videos["constant"], "one.mp4"), as_video(videos["variable"], "two.mp4"))
    for name in ("one.mp4", "two.mp4"):
        expect(row(page, name).locator(".mh-badge")).to_have_text("Ready", timeout=30_000)
        cover = row(page, name).locator("img")
        expect(cover).to_have_js_property("complete", True)
        assert cover.evaluate("picture => picture.naturalWidth") > 0
    expect(page.locator("[data-part=sum]")).to_have_text("2 of 2 uploaded")

    row(page, "one.mp4").get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/admin/snapshots/media/\d+/change/"))
    expect(page.locator("h1, h2").filter(has_text="one.mp4").first).to_be_visible()
    found = site.call("GET", "media/?search=two.mp4")["results"]
    assert [media["source_type"] for media in found] == ["upload"]
    assert found[0]["size_bytes"] == videos["variable"].stat().st_size


def test_what_is_no_video_is_refused_with_its_reason(page: Page, site: LiveSite) -> None:
    page.goto(ADD)
    drop(page, ("empty.mp4", "video/mp4", b""), ("notes.txt", "text/plain", b"x" * 600))
    expect(row(page, "empty.mp4")).to_contain_text("The file is empty.")
    expect(row(page, "notes.txt")).to_contain_text("This is no video, but text/plain.")
    for name in ("empty.mp4", "notes.txt"):
        expect(row(page, name).locator(".mh-badge")).to_have_text("Not taken")
        expect(row(page, name).get_by_role("button")).to_have_count(0)


def test_the_server_refuses_what_only_pretends_to_be_a_video(
    browser: Browser, site: LiveSite
) -> None:
    """In a window that is not listened to: a refused call is an error on its console."""
    context = browser.new_context(base_url=site.base, locale="en-GB")
    page = context.new_page()
    page.goto(f"/admin/login/?next={ADD}")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{ADD}")
    drop(page, ("page.mp4", "video/mp4", PAGE))
    expect(row(page, "page.mp4")).to_contain_text("This is a document, picture or playlist")
    expect(row(page, "page.mp4").locator(".mh-badge")).to_have_text("Not taken")
    assert site.call("GET", "media/?search=page.mp4")["results"] == []
    context.close()
