"""The real SDKs, unmodified, and the running site that they speak to."""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from QcloudApi.common import request as qcloud_request
from QcloudApi.qcloudapi import QcloudApi
from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.vod.v20180717 import models
from tencentcloud.vod.v20180717.vod_client import VodClient

from tests.conftest import basic
from tests.support.file_server import LOOPBACK
from tests.support.live_site import LiveSite, live_site
from tests.video.made import numbered
from tests.video.made.looks import Look

PLAIN = Look()
MAX_TEMPLATES, MAX_PULLS = 6, 8  # by the site's settings; of the latter so many for each user
_numbers = count(1)
# Users beside the administrator, each with a key: by name, their group and whether they are active
_PEOPLE = """
import json
from django.contrib.auth.models import Group, User
from snapshots.services.security import access_keys
access_keys.seed_groups()
keys = {"admin": access_keys.create_key(user=User.objects.get(username="admin"))}
for name, group in {"nobody": "", "viewer": "Viewer", "hasty": "Editor", "gone": "Editor"}.items():
    user = User.objects.create_user(name, is_active=name != "gone")
    user.groups.set(Group.objects.filter(name=group))
    keys[name] = access_keys.create_key(user=user)
print(json.dumps({name: (made.key.secret_id, made.secret_key) for name, made in keys.items()}))
"""
Legacy = Callable[..., dict[str, Any]]


class Plain(HTTPConnection):
    """What the legacy SDK speaks through here: plain HTTP, as it knows nothing but TLS."""

    request_length = 0

    def __init__(self, host: str, port: Any = None, **_: Any) -> None:
        super().__init__(host, port, timeout=15)


@dataclass
class Running:
    """A site with one numbered video of two seconds, and keys for the SDKs."""

    site: LiveSite
    keys: dict[str, tuple[str, str]]
    file_id: str
    clip: Path

    def client(self, *, sign: str | None = None, method: str = "POST", who: str = "admin") -> Any:
        """A VodClient with the key of `who`."""
        return client_of(self.site.base, self.keys[who], sign=sign, method=method)

    def number(self, url: str) -> int:
        """The number of the frame that a picture shows, read from its pixels."""
        return PLAIN.number(Image.open(io.BytesIO(self.site.get(url))))


def client_of(
    base: str, key: tuple[str, str], *, sign: str | None = None, method: str = "POST"
) -> Any:
    """A VodClient. Not as that type: what the SDK says of types is not what it takes."""
    random.seed(time.time_ns())  # of nonces, which tests that begin alike would repeat
    host = base.removeprefix("http://")
    http = HttpProfile(protocol="http", endpoint=host, reqMethod=method, reqTimeout=15)
    profile = ClientProfile(httpProfile=http, signMethod=sign, language="en-US")
    return VodClient(credential.Credential(*key), "", profile)


@pytest.fixture(scope="package")
def plain() -> Iterator[None]:
    """Both SDKs without a proxy, the legacy one without TLS."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.delenv(name, raising=False)
        patch.setattr(qcloud_request, "MyHTTPSConnection", Plain)
        yield


@pytest.fixture(scope="package")
def running(plain: None, vod_site: Running) -> Running:
    return vod_site


@pytest.fixture(scope="session")
def vod_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("site")
    clip = numbered.make(data / "clip.mp4", frames=60)
    with live_site(
        data / "var",
        MEDIAHUB_ALLOW_PRIVATE=LOOPBACK,
        MEDIAHUB_LIMIT_PULL=f"{MAX_PULLS}/3600",
        MEDIAHUB_MAX_TEMPLATES=str(MAX_TEMPLATES),
        MEDIAHUB_PULLS="1",
        MEDIAHUB_PULL_WAITS="0.1",
    ) as site:
        keys = json.loads(site.run(_PEOPLE).splitlines()[-1])
        site._headers = {"Authorization": basic(*keys["admin"])}  # one command less to wait for
        yield Running(site, keys, site.upload(clip), clip)


@pytest.fixture
def legacy(running: Running) -> Legacy:
    """Calls of the legacy SDK; those with POST are signed by HmacSHA256."""

    def call(
        action: str, params: dict[str, Any], method: str = "GET", who: str = "admin"
    ) -> dict[str, Any]:
        return legacy_call(running.site.base, running.keys[who], action, params, method)

    return call


def legacy_call(
    base: str, key: tuple[str, str], action: str, params: dict[str, Any], method: str = "GET"
) -> dict[str, Any]:
    service = QcloudApi(
        "mediahub",
        {
            "secretId": key[0],
            "secretKey": key[1],
            "Region": "gz",
            "method": method,
            "endpoint": base.removeprefix("http://"),
            "SignatureMethod": "HmacSHA256" if method == "POST" else "HmacSHA1",
        },
    )
    # The SDK's own nonce is random, and so the same in tests that begin with the same seed
    return dict(json.loads(service.call(action, {"Nonce": time.time_ns(), **params})))


def request(kind: type, **values: Any) -> Any:
    asked = kind()
    asked.from_json_string(json.dumps(values))
    return asked


def said(client: Any, action: str, /, **values: Any) -> Any:
    """The answer to a call by the SDK's own method, told from all others by its SubAppId."""
    kind = getattr(models, f"{action}Request")
    return getattr(client, action)(request(kind, **{"SubAppId": next(_numbers), **values}))


def ended(client: Any, task_id: str) -> Any:
    """The task once it is done, asked for again and again."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        detail = client.DescribeTaskDetail(
            request(models.DescribeTaskDetailRequest, TaskId=task_id)
        )
        if detail.Status not in ("WAITING", "PROCESSING"):
            return detail
        time.sleep(0.2)
    raise AssertionError(f"still {detail.Status}")


def legacy_ended(legacy: Legacy, task_id: str, method: str = "GET") -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        info = legacy("GetTaskInfo", {"vodTaskId": task_id}, method)
        assert info["code"] == 0
        if info["status"] == "FINISHED":
            return info
        time.sleep(0.2)
    raise AssertionError(f"still {info['status']}")


def all_events(client: Any) -> list[Any]:
    """What waits now, confirmed."""
    found: list[Any] = []
    while said(client, "DescribeEventsState").CountOfEventsToPull:
        pulled = client.PullEvents(request(models.PullEventsRequest)).EventSet
        if not pulled:
            break
        found += pulled
        handles = [event.EventHandle for event in pulled]
        client.ConfirmEvents(request(models.ConfirmEventsRequest, EventHandles=handles))
    return found
