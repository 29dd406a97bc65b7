"""What lets people in is found in no dump of the database, no line of the log, no history."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from snapshots.models import Media
from snapshots.services.events import config as event_config
from snapshots.services.security import access_keys, signed_urls
from tests.conftest import basic

API = "/api/v1/"
JSON = "application/json"
PASSWORD = "a password nobody guesses"
SIGN_KEY = "SIGNKEY0123456789"


def dumped() -> str:
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    return out.getvalue()


@pytest.fixture
def log(capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """All that was written to the log since the test began."""

    def read() -> str:
        out, err = capfd.readouterr()
        return out + err

    return read


@pytest.fixture
def secrets(presets: None, ready_media: Media, settings: Any) -> list[str]:
    """Those of a site at which each was used, rightly and wrongly."""
    settings.MEDIAHUB_METRICS_TOKEN = metrics = "METRICSTOKEN0123456789"
    user = User.objects.create_superuser("root", password=PASSWORD)
    new = access_keys.create_key(user=user, name="Program")
    made = event_config.configure(url="https://example.com/hook", sign_key=SIGN_KEY)
    assert made.new_secret
    rotated = event_config.rotate_secret()
    assert rotated.new_secret
    link = signed_urls.url(file_id=ready_media.file_id)
    token = link.partition("token=")[2]
    client = Client()
    login = {"username": "root", "password": PASSWORD}
    assert client.post("/admin/login/", login).status_code == 302
    client.post("/admin/login/", {"username": PASSWORD, "password": PASSWORD[::-1]})
    by_key = {"Authorization": basic(new.key.secret_id, new.secret_key)}
    assert client.post(f"{API}templates/", {"name": "One"}, JSON, headers=by_key).status_code == 201
    turned = {"Authorization": basic(new.key.secret_id, new.secret_key[::-1])}
    assert Client().get(f"{API}media/", headers=turned).status_code == 401
    place = f"{API}media/{ready_media.file_id}/file/"
    assert Client().get(place, {"token": token}).status_code == 404  # let in; no file is there
    Client().get("/metrics", headers={"Authorization": f"Bearer {metrics}"})
    address = {"url": "https://films.invalid/one.mp4?token=ADDRESSTOKEN01"}
    assert client.post(f"{API}media/", address, JSON, headers=by_key).status_code == 202
    return [
        PASSWORD, PASSWORD[::-1], SIGN_KEY, made.new_secret, rotated.new_secret, token,
        new.secret_key, new.secret_key[::-1], metrics,
    ]  # fmt: skip


def test_a_dump_holds_none_of_them(secrets: list[str]) -> None:
    text = dumped()
    assert "snapshots.accesskey" in text
    assert [secret for secret in secrets if secret in text] == []


def test_the_log_holds_none_of_them(log: Callable[[], str], secrets: list[str]) -> None:
    text = log()
    assert text.count("/api/v1/media/") >= 3
    assert [secret for secret in [*secrets, "ADDRESSTOKEN01"] if secret in text] == []


def test_the_history_holds_none_of_them(secrets: list[str]) -> None:
    text = " ".join(map(str, LogEntry.objects.values_list()))
    assert "Added (API)" in text
    assert [secret for secret in [*secrets, "ADDRESSTOKEN01"] if secret in text] == []
