"""Deployment files match the code: names, paths, ports, commands, settings."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve

from tests.support.processes import ROOT, manage

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
NGINX = (DEPLOY / "nginx.conf").read_text()
OURS = [name for name, service in COMPOSE["services"].items() if service["image"] == "mediahub"]


def lines(word: str) -> list[str]:
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.MULTILINE)


def test_dockerfile_copies_existing_files() -> None:
    copied = [
        path
        for line in lines("COPY")
        if not line.startswith("--from")
        for path in shlex.split(line)[:-1]
    ]
    assert {"manage.py", "mediahub", "snapshots", "templates", "locale"} <= set(copied)
    assert [path for path in copied if not (ROOT / path).exists()] == []


def test_the_servers_clients_are_pinned_where_the_image_looks_for_them() -> None:
    pattern = re.search(r"grep -E '(.+?)'", DOCKERFILE)
    assert pattern is not None
    pins = (ROOT / "requirements-dev.lock").read_text().splitlines()
    found = {pin.partition("==")[0] for pin in pins if re.search(pattern[1], pin)}
    bucket = {"django-storages", "boto3", "botocore", "s3transfer", "jmespath", "urllib3"}
    bucket |= {"python-dateutil", "six"}
    assert found == {"psycopg", "psycopg-binary", "redis", "prometheus-client"} | bucket


def test_image_runs_unprivileged_with_a_health_check() -> None:
    assert lines("USER") == ["mediahub"]
    (health,) = lines("HEALTHCHECK")
    path = re.search(r"http://127\.0\.0\.1:8000(/\w+)", health)
    assert path is not None
    assert resolve(path[1])
    assert lines("EXPOSE") == ["8000"]


@pytest.mark.parametrize("name", ["", *OURS])
def test_every_command_is_one_of_ours(name: str) -> None:
    word = COMPOSE["services"][name].get("command", ["up"])[0] if name else "up"
    assert get_commands()[word] == "snapshots"
    assert lines("ENTRYPOINT") == ['["python", "manage.py"]']


def test_every_variable_is_a_setting_that_is_described() -> None:
    known = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    used = {
        variable for name in OURS for variable in COMPOSE["services"][name].get("environment", {})
    }
    assert used >= {"DATABASE_URL", "MEDIAHUB_BROKER_URL", "MEDIAHUB_BASE_URL"}
    assert used - known == set()


def test_every_service_has_a_profile_and_every_volume_a_name() -> None:
    volumes = set()
    for service in COMPOSE["services"].values():
        assert service["profiles"] in (["simple"], ["full"])
        for mount in service.get("volumes", []):
            source, target = mount.split(":")[:2]
            if source.startswith("."):
                assert (DEPLOY / source).exists()
            else:
                volumes.add(source)
            assert source != "data" or target == "/data"
    assert volumes == set(COMPOSE["volumes"])


def test_services_have_minimal_privileges() -> None:
    for name in OURS:
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert int(service["stop_grace_period"].removesuffix("s")) > settings.MEDIAHUB_GRACE_S


def test_nginx_serves_the_files_that_the_site_names() -> None:
    prefix = COMPOSE["services"]["web"]["environment"]["MEDIAHUB_ACCEL_PREFIX"]
    for store in ("sources", "pictures"):
        block = re.search(rf"location {prefix}{store}/ \{{(.*?)\}}", NGINX, re.DOTALL)
        assert block is not None
        assert "internal;" in block[1]
        assert f"alias /data/{store}/;" in block[1]
    assert "proxy_pass http://web:8000;" in NGINX
    (user,) = re.findall(r"--uid (\d+)", DOCKERFILE)
    assert f"user nginx {user};" in NGINX
    assert COMPOSE["services"]["nginx"]["group_add"] == [user]


def test_the_check_for_deployment_finds_nothing(tmp_path: Any) -> None:
    done = manage(
        tmp_path, "check", "--deploy", "--fail-level", "WARNING",
        MEDIAHUB_BASE_URL="https://media.example.org",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
