"""A whole site with a few videos, and people at it: each in a browser window of their own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from tests.support.file_server import LOOPBACK
from tests.support.live_site import PASSWORD, LiveSite, live_site
from tests.video.made import numbered

CHROMIUM = "/usr/bin/chromium"
MISSING = "Chromium is not installed (Debian package chromium)"
SIZE = (640, 384)  # four times the numbered pictures, so that blocks are sharp on a screen
FRAMES = 100
VARIABLE_MS = [n * 40 + (n // 3) * 17 + (n % 7) * 3 for n in range(FRAMES)]

SignIn = Callable[..., Page]


@pytest.fixture(scope="session", autouse=True)
def _browser_is_there() -> None:
    if shutil.which(CHROMIUM) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{MISSING}.")


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By name: at a constant and at a variable rate, and one that no browser decodes."""
    folder = tmp_path_factory.mktemp("videos")
    look = {"frames": FRAMES, "size": SIZE}
    return {
        "constant": numbered.make(folder / "constant.mp4", rate=25, gop=50, **look),
        "variable": numbered.make(
            folder / "variable.mp4", pts=VARIABLE_MS, time_base=Fraction(1, 1000), gop=50, **look
        ),
        "foreign": numbered.make(folder / "foreign.avi", codec="mpeg4", rate=25, **look),
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSite]:
    with live_site(tmp_path_factory.mktemp("site"), MEDIAHUB_ALLOW_PRIVATE=LOOPBACK) as site:
        yield site


@pytest.fixture(scope="session")
def library(site: LiveSite, videos: dict[str, Path]) -> dict[str, str]:
    """The file ids of `videos`, uploaded and ready."""
    return {name: site.upload(path) for name, path in videos.items()}


@pytest.fixture(scope="module")  # while one runs, Django takes this thread for an async one
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Of who has signed in before, by name: a password takes its time to check."""
    return {}


@pytest.fixture
def sign_in(site: LiveSite, browser: Browser, sessions: dict[str, Any]) -> Iterator[SignIn]:
    """Opens a window and signs in: `sign_in("admin", locale="en-GB", color_scheme="dark")`.

    A test fails on whatever its windows' consoles call an error, a breach of the content
    security policy too; but not on refusals of the statuses in `expecting`, such as "400|422".
    """
    windows, errors = [], []

    def as_user(
        name: str = "admin", password: str = PASSWORD, *, expecting: str = "", **options: object
    ) -> Page:
        window = {"locale": "en-GB", "viewport": {"width": 1280, "height": 900}, **options}
        known = sessions.get(name)
        context = browser.new_context(base_url=site.base, storage_state=known, **window)
        windows.append(context)
        page = context.new_page()
        _listen(page, errors, expecting)
        page.goto("/admin/")
        if "/login/" in page.url:
            _sign_in(page, name, password)
            sessions[name] = context.storage_state()
        return page

    yield as_user
    for context in windows:
        context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def page(sign_in: SignIn) -> Page:
    """A window of the administrator's."""
    return sign_in()


@pytest.fixture(scope="session")
def viewer(site: LiveSite) -> str:
    """The name of somebody who may see everything and change nothing; the usual password."""
    make = (
        "from django.contrib.auth.models import Group, User; "
        f"user = User.objects.create_user('viewer', password={PASSWORD!r}, is_staff=True); "
        "user.groups.add(Group.objects.get(name='Viewer'))"
    )
    site.run(make)
    return "viewer"


def _sign_in(page: Page, name: str, password: str) -> None:
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/admin/")


def _listen(page: Page, errors: list[str], expecting: str) -> None:
    refused = re.compile(rf"responded with a status of ({expecting}) ") if expecting else None

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not (refused and refused.search(message.text)):
            errors.append(f"{page.url}: {message.text} ({message.location.get('url', '')})")

    def answered(response: Response) -> None:
        if response.status >= 500:
            errors.append(f"{response.status} {response.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.on("response", answered)
