"""Pages that move by themselves, and a template's preview while its form is filled."""

import re

import pytest
from playwright.sync_api import expect

PREVIEW = "#mh-template-preview"
COUNT = 30  # of tasks: the last one waits for seconds, even where pages open slowly


@pytest.fixture
def tasks(site, library):
    """Enough tasks that the last one still waits when its page is opened."""
    points = [f"f{n}" for n in range(0, 100, 2)]
    body = {"media": library["variable"], "snapshots": [{"template": 30, "at": points}]}
    return [site.call("POST", "tasks/", body) for _ in range(COUNT)]


def _mark(page):
    """What a reload of the page would wipe."""
    page.evaluate("window.isTheSamePage = true")


def _is_marked(page):
    return page.evaluate("window.isTheSamePage === true")


def _open_task(page, task):
    page.goto(f"/admin/snapshots/task/?q={task['task_id']}")
    page.click("#result_list tbody th a")


def test_the_list_of_tasks_moves_until_all_have_ended(page, tasks):
    page.goto("/admin/snapshots/task/")
    _mark(page)
    assert page.locator("[data-moving]").count() > 0
    expect(page.locator("[data-moving]")).to_have_count(0, timeout=60_000)
    states = page.locator("#result_list .field-state").all_inner_texts()
    assert set(states[:COUNT]) == {"Finished"}
    assert page.locator("#result_list .field-took").first.inner_text() != "—"
    assert _is_marked(page)


def test_the_page_of_a_task_moves_to_its_pictures(page, tasks):
    _open_task(page, tasks[-1])
    _mark(page)
    assert page.locator("[data-moving]").count() == 1
    expect(page.locator("[data-moving]")).to_have_count(0, timeout=60_000)
    assert page.locator("[data-live=operations] img").count() == 50
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    expect(page.get_by_role("button", name="Abort")).to_have_count(0)
    assert _is_marked(page)


def test_nothing_is_asked_for_while_nobody_looks(page, tasks):
    page.add_init_script("Object.defineProperty(document, 'hidden', {get: () => !window.isSeen});")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/admin/snapshots/task/")
    page.wait_for_timeout(1500)
    before = len(asked)
    page.wait_for_timeout(1500)
    assert len(asked) == before
    page.evaluate("window.isSeen = true; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-moving]")).to_have_count(0, timeout=60_000)
    assert len(asked) > before


def test_a_template_is_seen_before_it_is_saved(page, site, library):
    before = site.call("GET", "templates/")
    page.goto("/admin/snapshots/snapshottemplate/add/")
    page.select_option("#mh-preview-media", label="constant.mp4")
    status = page.locator(f"{PREVIEW} [data-part=status]")
    expect(status).to_have_text(re.compile(r"^640 × 384 · JPG · [0-9.]+ kB$"))
    page.fill("#id_width", "320")
    page.fill("#id_height", "320")
    page.select_option("#id_fill_type", "white")
    page.select_option("#id_format", "png")
    expect(status).to_have_text(re.compile(r"^320 × 320 · PNG"))
    picture = page.locator(f"{PREVIEW} img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    assert site.call("GET", "templates/") == before


def test_the_preview_says_what_is_wrong(sign_in, library):
    page = sign_in(expecting="400|422")
    page.goto("/admin/snapshots/snapshottemplate/add/")
    status = page.locator(f"{PREVIEW} [data-part=status]")
    page.fill("#mh-preview-at", "f100000")
    page.select_option("#mh-preview-media", label="constant.mp4")
    expect(status).to_have_text("The video's frames are f0 to f99; f100000 is not one.")
    page.fill("#mh-preview-at", "f1")
    page.fill("#id_quality", "0")
    expect(status).to_contain_text("greater than or equal to 1")


def test_a_preset_is_seen_too(page, library):
    page.goto("/admin/snapshots/snapshottemplate/60/change/")
    page.select_option("#mh-preview-media", label="constant.mp4")
    status = page.locator(f"{PREVIEW} [data-part=status]")
    expect(status).to_have_text(re.compile(r"^360 × 480 · JPG"))
