"""The upload page: files dropped, seen to arrive, gone on with, or refused with a reason."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support import large_files
from tests.support.file_server import origin
from tests.support.live_site import PASSWORD, LiveSite, free_port, live_site
from tests.support.processes import wait_for

ADD = "/admin/snapshots/media/add/"
MB = 2**20
Incoming = Callable[[], int]
ROWS = ".mh-uploads li"
PAGE = b"<!doctype html><title>No video</title>" + b" " * 600
REMEMBERED = "Object.keys(localStorage).filter(key => key.startsWith('tus::')).length"
DROP = """(files) => {
    const data = new DataTransfer();
    for (const { name, type, bytes } of files) {
        const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
        data.items.add(new File([raw], name, { type, lastModified: 1 }));
    }
    const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector("[data-part=drop]").dispatchEvent(drop);
}"""


@pytest.fixture
def incoming(site: LiveSite) -> Incoming:
    """How many bytes of unfinished uploads the site has."""
    folder = site.data / "incoming"
    return lambda: sum(path.stat().st_size for path in folder.iterdir())


def drop(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Let files fall on the page: name, media type, bytes."""
    given = [
        {"name": name, "type": kind, "bytes": base64.b64encode(data).decode()}
        for name, kind, data in files
    ]
    page.evaluate(DROP, given)


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


def test_addresses_arrive_as_media_with_covers(
    page: Page, videos: dict[str, Path], sign_in: Callable[..., Page]
) -> None:
    with origin(videos["constant"].read_bytes(), pause=threading.Event()) as there:
        page.goto(ADD)
        page.get_by_label("Addresses of videos").fill(there.url)
        page.get_by_role("button", name="Fetch").click()
        badge = row(page, "holiday one.mp4").locator(".mh-badge")
        expect(badge).to_have_text("Pulling", timeout=30_000)
        assert there.pause is not None
        there.pause.set()
        expect(badge).to_have_text("Ready", timeout=30_000)
        row(page, "holiday one.mp4").get_by_role("link").click()
        expect(page.locator("h1, h2").filter(has_text="holiday one.mp4").first).to_be_visible()
    window = sign_in(expecting="422")
    window.goto(ADD)
    window.get_by_label("Addresses of videos").fill("http://169.254.169.254/x")
    window.get_by_role("button", name="Fetch").click()
    refused = row(window, "169.254.169.254")
    expect(refused.locator(".mh-badge")).to_have_text("Not taken")
    expect(refused).to_contain_text("which is not on the internet")
    expect(window.get_by_label("Addresses of videos")).to_have_value("http://169.254.169.254/x")


@contextmanager
def unheard(browser: Browser, site: LiveSite) -> Iterator[Page]:
    """The page in a window whose console may call refused and broken calls errors."""
    context = browser.new_context(base_url=site.base, locale="en-GB")
    page = context.new_page()
    page.goto(f"/admin/login/?next={ADD}")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{ADD}")
    yield page
    context.close()


def slow_down(page: Page, bytes_a_second: int) -> None:
    conditions = {
        "offline": False,
        "latency": 0,
        "downloadThroughput": -1,
        "uploadThroughput": bytes_a_second,
    }
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", conditions)


def part_of(page: Page, name: str) -> float:
    """How much of a file has been sent, from 0 to 1."""
    return float(row(page, name).locator("progress").evaluate("bar => bar.value"))


def test_the_server_refuses_what_only_pretends_to_be_a_video(
    browser: Browser, site: LiveSite
) -> None:
    with unheard(browser, site) as page:
        drop(page, ("page.mp4", "video/mp4", PAGE))
        expect(row(page, "page.mp4")).to_contain_text("This is a document, picture or playlist")
        expect(row(page, "page.mp4").locator(".mh-badge")).to_have_text("Not taken")
    assert site.call("GET", "media/?search=page.mp4")["results"] == []


def test_an_upload_is_paused_gone_on_with_after_a_reload_and_given_up(
    page: Page, videos: dict[str, Path], tmp_path: Path, incoming: Incoming
) -> None:
    big = large_files.make(tmp_path / "big.mp4", videos["constant"], size=60 * MB)
    page.goto(ADD)
    slow_down(page, 20 * MB)
    page.set_input_files("#mh-upload-files", big)
    expect(row(page, "big.mp4")).to_contain_text(re.compile(r"MB a second · \d+ sec left"))
    assert wait_for(lambda: incoming() >= 16 * MB)
    row(page, "big.mp4").get_by_role("button", name="Pause").click()
    expect(row(page, "big.mp4")).to_contain_text("Paused at")
    page.wait_for_timeout(500)  # what was on its way has arrived
    held = incoming()
    page.wait_for_timeout(500)
    assert incoming() == held

    page.reload()
    expect(page.locator("[data-part=unfinished]")).to_contain_text("big.mp4")
    slow_down(page, 20 * MB)
    page.set_input_files("#mh-upload-files", big)
    assert wait_for(lambda: page.locator(ROWS).count() and part_of(page, "big.mp4") > 0)
    assert part_of(page, "big.mp4") * 60 * MB >= held  # not from the start
    row(page, "big.mp4").get_by_role("button", name="Cancel").click()
    expect(page.locator(ROWS)).to_have_count(0)
    assert wait_for(lambda: incoming() == 0)
    assert wait_for(lambda: not page.evaluate(REMEMBERED))
    page.reload()
    expect(page.locator("[data-part=unfinished]")).to_be_hidden()


def test_an_upload_of_200_mb_survives_the_servers_being_killed_in_the_middle(
    browser: Browser, videos: dict[str, Path], tmp_path: Path
) -> None:
    big = large_files.make(tmp_path / "big.mp4", videos["constant"], size=200 * MB)
    data, port = tmp_path / "data", free_port()
    with live_site(data, port=port) as first, unheard(browser, first) as page:
        slow_down(page, 50 * MB)
        page.set_input_files("#mh-upload-files", big)
        expect(page.locator(ROWS)).to_have_count(1)
        assert wait_for(lambda: part_of(page, "big.mp4") > 0.4, 60)
        first.kill()
        [part] = (data / "incoming").iterdir()
        held = part.stat().st_size
        assert 30 * MB < held < 190 * MB
        with live_site(data, port=port) as second:
            expect(row(page, "big.mp4").locator(".mh-badge")).to_have_text("Ready", timeout=60_000)
            expect(row(page, "big.mp4").locator("img")).to_be_visible()
            [media] = second.call("GET", "media/")["results"]
            assert media["size_bytes"] == 200 * MB
            assert media["sha256"] == hashlib.sha256(big.read_bytes()).hexdigest()
            sent = second.said.count("method=PATCH")
            assert sent <= 1 + (200 * MB - held) // (16 * MB)  # what was there was not sent again
            assert list((data / "incoming").iterdir()) == []
