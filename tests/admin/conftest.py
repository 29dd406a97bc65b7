"""Rows and users for the console's tests, made without decoding anything."""

from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from itertools import count

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from snapshots.messages import Message
from snapshots.models import Media, Snapshot
from snapshots.services.tasks import results
from snapshots.video.info import Extent
from tests.conftest import INFO as UPRIGHT
from tests.support import seeds

_numbers = count(1)

# As a phone makes it: stored lying, shown standing, at an uneven rate.
INFO = replace(
    UPRIGHT,
    width=1080,
    height=1920,
    stored_width=1920,
    stored_height=1080,
    rotation=90,
    fps=Fraction(30000, 1001),
    bitrate=1_000_000,
    has_audio=True,
    is_vfr=True,
    extent=Extent(Fraction(1, 90000), 0, 1120500, 1123503, 1123503),
    notes=(
        Message(
            "Pictures will be %(how)s, as the file specifies.",
            {"how": Message("rotated %(degrees)s° clockwise", {"degrees": 90})},
        ),
    ),
)


@pytest.fixture(autouse=True)
def _presets(db):
    seeds.presets()


@pytest.fixture
def admin(client, admin_user):
    """A client signed in as an administrator."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def sign_in(client):
    """Signs the client in as somebody who is staff and has just these permissions."""

    def as_user(*permissions, name="somebody"):
        user = User.objects.create_user(name, password="x", is_staff=True)
        rows = Permission.objects.filter(content_type__app_label="snapshots")
        user.user_permissions.set(rows.filter(codename__in=permissions))
        client.force_login(user)
        return client

    return as_user


@pytest.fixture
def viewer(sign_in):
    """A client that may see everything and do nothing."""
    names = Permission.objects.filter(
        content_type__app_label="snapshots", codename__startswith="view_"
    )
    return sign_in(*names.values_list("codename", flat=True), name="viewer")


@pytest.fixture
def make_media(db):
    def make(name="clip.mp4", **values):
        ready = {
            "status": Media.Status.READY,
            "container": "mp4",
            "codec": "h264",
            "duration_s": 12.483367,
            "width": 1080,
            "height": 1920,
            "probe": INFO.to_json(),
        }
        return Media.objects.create(name=name, **{**ready, **values})

    return make


@pytest.fixture
def make_probing(make_media):
    def make(name="new.mp4", **values):
        unknown = {"status": "probing", "probe": None, "width": None, "height": None}
        return make_media(name, **{**unknown, "duration_s": None, "codec": "", **values})

    return make


@pytest.fixture
def receipt():
    """Of a picture of the video that `INFO` describes."""
    return {
        "width": 1080,
        "height": 1920,
        "size_bytes": 4321,
        "pts": 90090,
        "time_base": "1/90000",
        "frame_time": 1.001,
    }


@pytest.fixture
def make_ended(make_task):
    """A finished task of one operation; of each point, whether it is `done` or `failed`."""

    def make(media, points, **values):
        now = timezone.now()
        task = make_task(
            media, at=[f"{n}s" for n in range(len(points))], status="finished", progress=100,
            started_at=now, finished_at=now, **values,
        )  # fmt: skip
        operation = task.operations.get()
        for index, point in enumerate(points):
            done = {"picture": f"t/{next(_numbers)}.jpg", "pts": 1, "time_base": "1/1"}
            result = done if point == "done" else {"error_code": "time_out_of_range"}
            Snapshot.objects.create(
                operation=operation, media=media, index=index, at=f"{index}s", definition=10,
                **result,
            )  # fmt: skip
        results.settle(operation)
        return task

    return make


class _Inline(HTMLParser):
    """Collects what a strict content security policy would not run or apply."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        is_data = names.get("type") == "application/json"  # which no browser runs
        if tag == "style" or (tag == "script" and "src" not in names and not is_data):
            self.found.append(self.get_starttag_text())
        if any(name == "style" or name.startswith("on") for name in names):
            self.found.append(self.get_starttag_text())


def inline_parts(response):
    """Inline scripts, styles and handlers of a page; empty for a good one."""
    parser = _Inline()
    parser.feed(response.content.decode())
    return parser.found


def queries_of(call):
    """How many queries the call makes."""
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


def texts(response):
    """The messages that a response shows or will show on the next page."""
    if response.context is not None and "messages" in response.context:
        return [str(message) for message in response.context["messages"]]
    return [str(message) for message in response.wsgi_request._messages]
