"""The page of a media item: it plays, its cover comes and goes, addresses are copied."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.live_site import LiveSite

from .page_contents import number


@pytest.fixture
def snapshots(site: LiveSite, library: dict[str, str]) -> list[dict[str, str]]:
    """Two pictures of the video at a constant rate: frames 20 and 70."""
    spec = {"template": 10, "at": ["f20", "f70"]}
    task = site.call("POST", "tasks/", {"media": library["constant"], "snapshots": [spec]})
    points = site.wait_for_task(task)["operations"][0]["points"]
    return [point["snapshot"] for point in points]


def open_media(page: Page, name: str) -> None:
    page.goto("/admin/snapshots/media/")
    page.locator("#result_list").get_by_role("link", name=name).click()
    page.wait_for_url("**/change/")


def test_the_player_plays_under_the_policy(page, library):
    open_media(page, "constant.mp4")
    play = page.locator("media-play-button")
    page.wait_for_function("() => document.querySelector('#mh-player video').readyState >= 2")
    play.click()
    page.wait_for_function("() => document.querySelector('#mh-player video').currentTime > 0.4")
    play.click()
    assert number(page.locator("#mh-player video")) >= 10
    bar = page.locator("media-control-bar").bounding_box()
    assert bar["width"] > 300  # laid out by its own styles, which the policy would not let in
    assert page.locator("media-play-button svg").first.evaluate("e => e.clientWidth") < 60


def test_the_source_comes_by_a_signed_address(page, library, browser, site):
    open_media(page, "constant.mp4")
    video = page.locator("#mh-player video")
    expect(video).to_have_attribute("src", re.compile("token="))
    address = video.get_attribute("src")
    stranger = browser.new_context(base_url=site.base)
    assert stranger.request.get(address).status == 200
    assert stranger.request.get(address.split("?")[0]).status == 401
    stranger.close()


def test_what_the_browser_cannot_play_says_so(page, library):
    open_media(page, "foreign.avi")
    expect(page.locator("#mh-player-note")).to_be_visible()
    expect(page.locator("media-control-bar")).to_be_hidden()
    page.get_by_role("link", name="Pick frames").click()
    page.wait_for_selector("[data-part=preview][data-frame='0']:visible")


def test_the_last_change_of_the_cover_is_undone(page, library, site, snapshots):
    first, second = snapshots
    cover = f"media/{library['constant']}/cover/"
    site.call("PUT", cover, {"snapshot": first["id"]})
    open_media(page, "constant.mp4")
    card = page.locator(".mh-card", has=page.locator(f"img[src='{second['url']}']"))
    card.get_by_role("button", name="Make cover").click()
    expect(page.locator(".mh-cover-picture")).to_have_attribute("src", second["url"])
    assert number(page.locator(".mh-cover-picture")) == 70
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".mh-cover-picture")).to_have_attribute("src", first["url"])
    expect(page.locator("#mh-player video")).to_have_attribute("poster", first["url"])
    assert number(page.locator(".mh-cover-picture")) == 20


def test_an_address_is_copied(page, library, snapshots):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_media(page, "constant.mp4")
    card = page.locator(".mh-card", has=page.locator(f"img[src='{snapshots[0]['url']}']"))
    card.get_by_role("button", name="Copy URL").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == snapshots[0]["url"]


def test_a_viewer_has_no_button_that_changes_the_cover(sign_in, library, snapshots, viewer):
    page = sign_in(viewer)
    open_media(page, "constant.mp4")
    expect(page.locator(".mh-card").first).to_be_visible()
    for name in ("Make cover", "Remove cover", "Undo", "Save", "Delete"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_role("link", name="Take snapshots…")).to_have_count(0)
    expect(page.get_by_role("link", name="Pick frames")).to_have_count(1)
