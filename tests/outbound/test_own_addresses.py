"""Addresses of this machine and of the site, and ports: refused like private networks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from mediahub.settings import _ports
from snapshots import outbound
from snapshots.messages import Message
from snapshots.outbound import addresses, own_addresses

PUBLIC = "93.184.216.34"


@pytest.fixture(autouse=True)
def _nothing_is_known() -> Iterator[None]:
    own_addresses._known.clear()
    yield
    own_addresses._known.clear()


def refusal(*found: str, url: str = "http://hooks.example/", **how: Any) -> outbound.OutboundError:
    with pytest.raises(outbound.OutboundError) as caught:
        outbound.post(url, body=b"", headers={}, resolver=lambda *_: found, **how)
    return caught.value


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address of this machine that no table denies."""
    monkeypatch.setattr(addresses, "_DENIED", ())
    return "127.0.0.1"


def test_an_address_of_an_interface_is_refused(own: str) -> None:
    for url in (f"http://{own}/", "http://hooks.example/"):
        error = refusal(own, url=url)
        assert (error.code, error.permanent) == ("forbidden_url", True)
        assert f"it resolves to {own}, which is this server" in str(error)
    assert refusal("::1").code == "forbidden_url"
    with pytest.raises(outbound.OutboundError):
        outbound.check_url(f"http://{own}/")
    with pytest.raises(outbound.OutboundError), outbound.fetch(f"http://{own}/", whole_s=3):
        pass


def test_one_of_our_own_among_others_forbids_the_name(own: str) -> None:
    assert refusal(PUBLIC, own).code == "forbidden_url"


def test_it_is_allowed_as_private_ones_are(own: str) -> None:
    assert addresses.check([own], [ip_network("127.0.0.0/8")]) == [own]


def test_where_foreign_addresses_can_be_bound_only_our_own_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own_addresses, "_can_bind", lambda *_: True)  # ip_nonlocal_bind
    assert own_addresses.is_own(ip_address("127.0.0.1"), lambda _: [])
    assert not own_addresses.is_own(ip_address(PUBLIC), lambda _: [])


def test_a_public_address_of_an_interface_is_refused() -> None:
    """In a network namespace of its own, whose loopback interface has one."""
    code = (
        "import django; django.setup(); from snapshots.outbound import check_url\n"
        f"try: check_url('http://{PUBLIC}/')\n"
        "except Exception as error: print(error)\n"
        "check_url('http://93.184.216.35/'); print('passed')"
    )
    command = f'ip addr add {PUBLIC}/32 dev lo && ip link set lo up && "$0" -c "$1"'
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", command, sys.executable, code],
        capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )  # fmt: skip
    if done.returncode:
        missing = f"no network namespaces here (Debian's iproute2): {done.stderr.strip()}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    assert f"it resolves to {PUBLIC}, which is this server" in done.stdout
    assert done.stdout.endswith("passed\n")


def test_the_addresses_of_the_base_url_are_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIAHUB_BASE_URL = "https://media.example"
    asked = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", (PUBLIC, 80))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    for _ in range(2):
        assert f"{PUBLIC}, which is this server" in str(refusal(PUBLIC))
    assert asked == ["media.example"]
    assert addresses.check(["93.184.216.35"], []) == ["93.184.216.35"]


def test_a_base_url_by_address_is_refused_too(settings: Any) -> None:
    settings.MEDIAHUB_BASE_URL = f"https://{PUBLIC}:8443"
    assert refusal(PUBLIC).code == "forbidden_url"


def test_a_resolver_that_is_away_forgets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_addresses, "_KEEP_S", 0.0)

    def away(_: str) -> list[str]:
        raise outbound.OutboundError("timeout", Message("away"))

    assert own_addresses.is_own(ip_address(PUBLIC), lambda _: [PUBLIC])
    assert own_addresses.is_own(ip_address(PUBLIC), away)


@pytest.mark.parametrize(
    "url", ["http://{}:22/", "https://{}:8443/", "http://{}:81/", "http://{}:65535/"]
)
def test_other_ports_are_refused(settings: Any, url: str) -> None:
    settings.MEDIAHUB_OUTBOUND_PORTS = [_ports("80"), _ports("443")]
    target = url.format("hooks.example")
    error = refusal(PUBLIC, url=target)
    assert (error.code, error.permanent) == ("forbidden_url", True)
    assert "is not in MEDIAHUB_OUTBOUND_PORTS" in str(error)
    with pytest.raises(outbound.OutboundError):
        outbound.check_url(target)
    with pytest.raises(outbound.OutboundError), outbound.fetch(target, whole_s=3):
        pass


def test_ports_can_be_opened(settings: Any) -> None:
    settings.MEDIAHUB_OUTBOUND_PORTS = [_ports("80"), _ports("8000-8100")]
    for url in ("http://a.example", "http://a.example:80/", "http://a.example:8050/"):
        outbound.check_url(url)
    with pytest.raises(outbound.OutboundError):
        outbound.check_url("https://a.example/")


def test_the_default_is_80_and_443() -> None:
    env = {name: text for name, text in os.environ.items() if name != "MEDIAHUB_OUTBOUND_PORTS"}
    code = "from mediahub.settings import MEDIAHUB_OUTBOUND_PORTS as p; print(p)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[range(80, 81), range(443, 444)]\n"


@pytest.mark.parametrize("text", ["0", "65536", "90-80", "http", "1-", "-80", ""])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"port|int"):
        _ports(text)
