"""`make screenshots [ARGS="home task --only en-light-desktop"]`: every page of the console.

Starts a site with the demo library in a folder that goes again, and walks through it in Chromium:
in both languages, light and dark, on a desktop and on a phone. Pictures go to `var/screenshots`,
named `page.language-scheme-device.png`. Reports errors of the browser's console, and pages wider
than the window. Needs Debian's `chromium`, and a Chinese font.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright  # noqa: E402

from tests.support.live_site import PASSWORD, LiveSite, live_site  # noqa: E402

FOLDER = ROOT / "var" / "screenshots"
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
SCHEMES: dict[str, Literal["light", "dark"]] = {"light": "light", "dark": "dark"}
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2,
              "is_mobile": True, "has_touch": True},
}  # fmt: skip
_MORE = """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from snapshots.models import Media, Pull, Task
from snapshots.services import templates
from snapshots.services.security import access_keys
from snapshots.services.tasks import pulls
media = Media.objects.order_by("pk").first()
for day in range(1, 14):
    for n in range((day * 7) % 11 + 1):
        when = timezone.now() - timedelta(days=day)
        code = "timeout" if n % 5 == 4 else ""
        status = "failed" if code else "finished"
        Task.objects.create(media=media, file_id=media.file_id, interface="rest", progress=100,
                            started_at=when, finished_at=when, status=status, error_code=code)
templates.create(values={"name": "Card", "width": 640, "height": 360, "fill_type": "gauss"})
access_keys.create_key(user=User.objects.get(username="admin"), name="Importer")
Media.objects.create(name="holiday.mov", status="failed", error_code="no_video",
                     error_message="The file contains no video.", size_bytes=1234567)
coming = pulls.create(url="https://example.com/films/coast.mp4?token=1", interface="console")
later = timezone.now() + timedelta(days=1)
Task.objects.filter(pk=coming.pk).update(due_at=later, progress=37)
Pull.objects.filter(pk=coming.pk).update(
    received_bytes=18_000_000, total_bytes=48_600_000, tries=1,
    last_error="The server did not answer in time.")
"""
_PAGES = """
import json
from snapshots.models import AccessKey, Event, Media, Snapshot, SnapshotTemplate, Task
media = Media.objects.filter(status="ready").order_by("pk").first()
print(json.dumps({
    "login": "/admin/login/", "home": "/admin/", "not-found": "/admin/nothing/",
    "media-list": "/admin/snapshots/media/", "media": f"/admin/snapshots/media/{media.pk}/change/",
    "media-failed": "/admin/snapshots/media/%d/change/" % Media.objects.get(status="failed").pk,
    "media-coming": "/admin/snapshots/media/%d/change/" % Media.objects.get(status="pulling").pk,
    "task-pull": "/admin/snapshots/task/%d/change/" % Task.objects.get(kind="pull").pk,
    "media-add": "/admin/snapshots/media/add/",
    "media-delete": f"/admin/snapshots/media/{media.pk}/delete/",
    "picker": f"/admin/snapshots/media/{media.pk}/pick/",
    "take": f"/admin/snapshots/media/take-snapshots/?media={media.pk}",
    "snapshot-list": "/admin/snapshots/snapshot/",
    "snapshot": "/admin/snapshots/snapshot/%d/change/" % Snapshot.objects.done().first().pk,
    "template-list": "/admin/snapshots/snapshottemplate/",
    "template-preset": "/admin/snapshots/snapshottemplate/50/change/",
    "template": "/admin/snapshots/snapshottemplate/%d/change/"
    % SnapshotTemplate.objects.get(type="custom").pk,
    "template-add": "/admin/snapshots/snapshottemplate/add/",
    "task-list": "/admin/snapshots/task/",
    "task": "/admin/snapshots/task/%d/change/"
    % Task.objects.filter(operations__type="cover").first().pk,
    "task-partial": "/admin/snapshots/task/%d/change/"
    % Task.objects.filter(operations__status="partial").first().pk,
    "event-list": "/admin/snapshots/event/",
    "event": "/admin/snapshots/event/%d/change/" % Event.objects.first().pk,
    "event-config": "/admin/snapshots/eventconfig/",
    "key-list": "/admin/snapshots/accesskey/",
    "key": "/admin/snapshots/accesskey/%d/change/" % AccessKey.objects.first().pk,
    "user-list": "/admin/auth/user/", "group-add": "/admin/auth/group/add/",
    "search-none": "/admin/snapshots/media/?q=nothing", "docs": "/api/v1/docs/",
}))
"""


def main() -> int:
    words = _words()
    FOLDER.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="mediahub-screenshots-") as data,
        live_site(data, "--demo") as site,
        sync_playwright() as playwright,
    ):
        pages = _prepared(site)
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        selected = {name: pages[name] for name in words.pages or pages}
        for variant in words.only or map("-".join, product(LANGUAGES, SCHEMES, DEVICES)):
            problems += _walk(browser, site, selected, variant)
        browser.close()
    print("\n".join(problems) or f"Nothing wrong. Look at {FOLDER.relative_to(ROOT)}/.")
    return 1 if problems else 0


def _prepared(site: LiveSite) -> dict[str, str]:
    """Waits for the demo, adds what it has not, and says where each page is."""
    deadline = time.monotonic() + 180
    while len(_ended(site)) < 3 and time.monotonic() < deadline:
        time.sleep(0.5)
    media = site.call("GET", "media/")["results"][-1]["file_id"]
    for at in (["5%", "99:00"], ["1s"]):
        task = {"media": media, "snapshots": [{"template": 60, "at": at}]}
        site.wait_for_task(site.call("POST", "tasks/", task))
    site.manage("shell", "-c", _MORE)
    return dict(json.loads(site.manage("shell", "-v0", "-c", _PAGES)))


def _ended(site: LiveSite) -> list[object]:
    return [row for row in site.call("GET", "tasks/")["results"] if row["finished_at"]]


def _walk(browser: Browser, site: LiveSite, pages: dict[str, str], variant: str) -> Iterator[str]:
    language, scheme, device = variant.split("-")
    context = browser.new_context(
        base_url=site.base, locale=LANGUAGES[language], color_scheme=SCHEMES[scheme],
        **DEVICES[device],
    )  # fmt: skip
    page = context.new_page()
    logged: list[str] = []

    def log_error(message: ConsoleMessage) -> None:
        if message.type == "error":
            logged.append(message.text)

    page.on("console", log_error)
    page.on("pageerror", lambda error: logged.append(str(error)))
    for name, path in pages.items():
        page.goto(path)
        yield from (f"{name}.{variant}: {problem}" for problem in _capture(page, name, variant))
        if name == "login":
            _sign_in(page)
    yield from (f"{variant}: {words}" for words in logged if "404" not in words)
    context.close()


def _sign_in(page: Page) -> None:
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def _capture(page: Page, name: str, variant: str) -> Iterator[str]:
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.{variant}.png", full_page=name != "docs")
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    if wide > 0:
        yield f"{wide} pixels wider than the window"


def _words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="screenshots")
    parser.add_argument("pages", nargs="*", help="login and further pages; all if none is named")
    parser.add_argument("--only", action="append", metavar="LOOK", help="as en-light-desktop")
    words = parser.parse_args()
    words.pages = ["login", *words.pages] if words.pages else []
    return words


if __name__ == "__main__":
    sys.exit(main())
