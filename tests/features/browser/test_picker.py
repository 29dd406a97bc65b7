"""The frame picker, by keyboard: the frame counted, the frame seen and the frame made are one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import VARIABLE_MS
from .page_contents import number, number_in
from .picking import counted, go_to, open_picker, press, preview_shows, settled, video_shows


@pytest.mark.parametrize("name", ["constant.mp4", "variable.mp4"])
def test_three_steps_are_three_frames(page, library, name):
    open_picker(page, name)
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    settled(page, 3)
    assert preview_shows(page) == video_shows(page) == 3
    press(page, "End", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    settled(page, 96)
    assert preview_shows(page) == video_shows(page) == 96
    press(page, "Home")
    settled(page, 0)
    assert preview_shows(page) == video_shows(page) == 0


def test_a_second_is_a_second_of_the_real_times(page, library):
    open_picker(page, "variable.mp4")
    index = 0
    for _ in range(3):
        press(page, "Shift+ArrowRight")
        second = VARIABLE_MS[index] + 1000
        index = max(n for n, time in enumerate(VARIABLE_MS) if time <= second)
        settled(page, index)
        assert preview_shows(page) == video_shows(page) == index
    press(page, "Home", "Shift+ArrowLeft")
    settled(page, 0)


def test_after_playing_it_stands_on_the_frame_seen(page, library):
    open_picker(page, "variable.mp4")
    press(page, "Space")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.7")
    press(page, "Space")
    page.wait_for_selector("#mh-picker:not([data-frame='0'])")
    index = counted(page)
    settled(page, index)
    assert index > 5
    assert preview_shows(page) == video_shows(page) == index


def test_what_the_browser_cannot_play_comes_from_the_server(page, library):
    open_picker(page, "foreign.avi")
    assert page.locator("[data-part=video]").is_hidden()
    expect(page.locator("[data-part=pictures-note]")).to_contain_text("cannot play")
    press(page, "ArrowRight", "ArrowRight", "ArrowRight")
    page.wait_for_selector("[data-part=picture][data-frame='3']:visible")
    assert number(page.locator("[data-part=picture]")) == 3
    press(page, "Shift+ArrowRight")
    page.wait_for_selector("[data-part=picture][data-frame='28']:visible")
    assert number(page.locator("[data-part=picture]")) == 28


@pytest.mark.parametrize(
    ("point", "index"),
    [
        ("f42", 42), ("F7", 7), ("1s", 25), ("1.5s", 37), ("1500ms", 37), ("1500 MS", 37),
        ("50%", 50), ("00:00:02.000", 50), ("00:02", 50), ("100%", 99),
    ],
)  # fmt: skip
def test_the_box_takes_a_time_in_every_form(page, library, point, index):
    open_picker(page, "constant.mp4")
    go_to(page, point)
    settled(page, index)
    assert preview_shows(page) == index


def test_the_box_says_what_is_wrong(sign_in, library):
    page = sign_in(expecting="400|422")
    open_picker(page, "constant.mp4")
    go_to(page, "3.5")
    expect(page.locator("[data-part=message]")).to_contain_text("3.5 has no unit")
    go_to(page, "99s")
    expect(page.locator("[data-part=message]")).not_to_be_empty()
    assert counted(page) == 0


def test_a_click_on_the_timeline_goes_there(page, library):
    open_picker(page, "constant.mp4")
    box = page.locator("[data-part=timeline]").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#mh-picker:not([data-frame='0'])")
    index = counted(page)
    assert 49 <= index <= 51
    settled(page, index)
    assert preview_shows(page) == index


def test_of_many_requests_the_last_one_is_shown(page, library):
    open_picker(page, "constant.mp4")
    press(page, *["ArrowRight"] * 40)
    settled(page, 40)
    page.wait_for_timeout(500)
    assert preview_shows(page) == video_shows(page) == 40


def test_the_preview_has_the_look_of_the_template(page, library):
    open_picker(page, "constant.mp4")
    for text, size in (("640 × 360", (640, 360)), ("Source size", (640, 384))):
        option = page.locator("#mh-template option", has_text=text).first
        page.select_option("#mh-template", option.get_attribute("value"))
        expect(page.locator("[data-part=preview-status]")).to_contain_text("{} × {}".format(*size))
        shown = page.locator("[data-part=preview]")
        assert tuple(shown.evaluate("e => [e.naturalWidth, e.naturalHeight]")) == size


def test_keys_step_again_after_a_template_was_selected_by_hand(page, library):
    open_picker(page, "constant.mp4")
    choice = page.locator("[data-part=template]")
    choice.dispatch_event("pointerdown")
    choice.select_option("10")
    press(page, "ArrowRight")
    settled(page, 1)
    choice.focus()
    choice.press("Home")  # by keys it keeps them
    press(page, "ArrowRight")
    assert choice.evaluate("field => document.activeElement === field")
    assert counted(page) == 1


def test_marked_frames_are_taken_with_receipts(page, library, site):
    open_picker(page, "variable.mp4")
    for index in (7, 30, 61):
        go_to(page, f"f{index}")
        settled(page, index)
        press(page, "m")
    expect(page.locator(".mh-marks li")).to_have_count(3)
    expect(page.locator(".mh-timeline-marks i")).to_have_count(3)
    press(page, "m")
    expect(page.locator(".mh-marks li")).to_have_count(2)
    press(page, "m")
    page.get_by_role("button", name="Take 3 snapshots").click()
    page.wait_for_selector(".mh-task[data-status=finished]")
    cards = page.locator(".mh-task .mh-card")
    expect(cards).to_have_count(3)
    for card, index in zip(cards.all(), (7, 30, 61), strict=True):
        assert number_in(site.get(card.locator("img").get_attribute("src"))) == index
        assert f"{VARIABLE_MS[index] / 1000:g} s" in card.locator(".mh-receipt").inner_text()
    expect(page.locator(".mh-marks li")).to_have_count(0)


def test_pictures_stand_in_the_order_asked_for(page, library, site):
    """However they come: here the last one first."""
    open_picker(page, "variable.mp4")
    for index in (61, 7, 30):
        go_to(page, f"f{index}")
        settled(page, index)
        press(page, "m")
    titles = []

    def last_one_first(route):
        task = route.fetch().json()
        points = task["operations"][0]["points"]
        if task["finished_at"] and not titles:
            titles.append([point["at"] for point in points])
            task |= {"finished_at": None, "status": "processing"}
            for point in points[:2]:
                point |= {"snapshot": None, "status": "waiting"}
        route.fulfill(json=task)

    page.route(re.compile(r"/tasks/[^/]+/$"), last_one_first)
    page.get_by_role("button", name="Take 3 snapshots").click()
    page.wait_for_selector(".mh-task[data-status=finished]")
    shown = page.locator(".mh-task .mh-card .mh-card-title").all_inner_texts()
    assert [shown] == titles
    assert len(shown) == 3


def test_a_snapshot_becomes_the_cover_in_one_click(page, library, site):
    open_picker(page, "constant.mp4")
    go_to(page, "f13")
    settled(page, 13)
    press(page, "s")
    page.locator(".mh-task .mh-card").get_by_role("button", name="Make cover").click()
    expect(page.locator("[data-part=message]")).to_have_text("The cover was set.")
    cover = site.call("GET", f"media/{library['constant']}/")["cover"]
    assert (cover["at"], cover["set_by"]) == ("f13", "user")
    assert number_in(site.get(cover["url"])) == 13
    expect(page.locator("[data-part=cover]")).to_have_attribute("src", cover["url"])


@pytest.mark.parametrize("name", ["constant", "variable"])
def test_the_cover_made_is_the_frame_seen(page, site, library, name):
    open_picker(page, f"{name}.mp4")
    press(page, "Shift+ArrowRight")
    page.wait_for_selector("#mh-picker:not([data-frame='0'])")
    press(page, "ArrowRight", "ArrowRight")
    page.wait_for_timeout(300)
    index = counted(page)
    settled(page, index)
    assert video_shows(page) == index
    press(page, "c")
    page.wait_for_selector(".mh-task[data-status=finished] img")
    cover = site.call("GET", f"media/{library[name]}/")["cover"]
    assert cover["at"] == f"f{index}"
    assert number_in(site.get(cover["url"])) == index
    expect(page.locator("[data-part=cover]")).to_have_attribute("src", cover["url"])
    page.goto("/admin/snapshots/media/")
    listed = page.locator("#result_list tr", has_text=f"{name}.mp4").locator("img")
    expect(listed).to_have_attribute("src", cover["url"])
    page.locator("#result_list").get_by_role("link", name=f"{name}.mp4").click()
    expect(page.locator("#mh-player video")).to_have_attribute("poster", cover["url"])


def test_a_suggestion_becomes_the_cover_in_one_click(page, library, site):
    open_picker(page, "variable.mp4")
    page.get_by_role("button", name="Suggest frames").click()
    page.wait_for_function("() => document.querySelectorAll('.mh-suggestions li').length === 6")
    found = page.locator(".mh-suggestions li")
    indexes = [int(item.get_attribute("data-frame")) for item in found.all()]
    assert indexes == sorted(set(indexes))
    found.nth(2).get_by_role("button", name="Make cover").click()
    page.wait_for_selector(".mh-task[data-status=finished] img")
    cover = site.call("GET", f"media/{library['variable']}/")["cover"]
    assert number_in(site.get(cover["url"])) == indexes[2]


def test_a_viewer_looks_and_changes_nothing(sign_in, library, viewer):
    page = sign_in(viewer, expecting="403")
    open_picker(page, "constant.mp4")
    press(page, "ArrowRight")
    settled(page, 1)
    assert preview_shows(page) == 1
    for name in ("Take", "cover"):
        expect(page.get_by_role("button", name=re.compile(name))).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    press(page, "s", "c")
    page.wait_for_timeout(300)
    assert "POST" not in asked
    _refused(page, library["constant"])


def _refused(page: Page, file_id: str) -> None:
    """What the buttons would have done is refused at their addresses too."""
    asked = """async ([url, method, body]) => {
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      const headers = {"X-CSRFToken": token, "Content-Type": "application/json"};
      return (await fetch(url, {method, headers, body: JSON.stringify(body)})).status;
    }"""
    spec = {"template": 10, "at": ["f1"]}
    media = page.url.split("/")[-3]
    for url, method, body in [
        ("/api/v1/tasks/", "POST", {"media": file_id, "snapshots": [spec]}),
        (f"/api/v1/media/{file_id}/cover/", "PUT", {"snapshot": 1}),
        (f"/api/v1/media/{file_id}/cover/", "DELETE", {}),
        (f"/admin/snapshots/media/{media}/cover/undo/", "POST", {}),
        (f"/admin/snapshots/media/{media}/cover/remove/", "POST", {}),
        (f"/admin/snapshots/media/{media}/cover/", "POST", {}),
    ]:
        assert page.evaluate(asked, [url, method, body]) == 403, url
