"""W7: every address, by every method, for those who may not: nothing leaks, nothing changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from snapshots import storage
from snapshots.models import Event, Media, Procedure, SnapshotTemplate, Upload
from snapshots.services.events import config as event_config
from snapshots.services.library import resumable_uploads
from snapshots.services.security import access_keys
from snapshots.services.tasks import pulls
from tests.conftest import basic
from tests.support import storage_paths

from .routes import Route, routes

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD", "OPTIONS")
SECRET = "TOP-SECRET"  # is part of every row's texts
BYTES = b"bytes of the source " * 40
ROUTES = routes()

# What is there for everybody: to come in, to choose a language, to see whether the site is well,
# the description of the API, and pictures, whose names nobody can guess.
OPEN = {
    "", "v2/index.php", "v2/interface.php", "healthz", "readyz", "metrics", "admin/language/",
    "admin/login/", "admin/jsi18n/", "api/v1/schema/", "api/v1/docs/", "api/v1/",
    "pictures/<folder>/<name>",
}  # fmt: skip
# What is one's own, whoever has come in: a home page, to go out, and to change one's password.
OWN = {"admin/", "admin/logout/", "admin/password_change/", "admin/password_change/done/"}
# Rows that looking may leave behind
UNRESTRICTED = {"Session", "LogEntry", "SpentSignature", "IdempotencyKey", "OrmQ", "Heartbeat"}


@pytest.fixture
def values(presets: None, make_media: Any, make_snapshot: Any, make_task: Any) -> dict[str, Any]:
    """Something for each part of an address, every row with the secret in it."""
    media = make_media(f"{SECRET}-media.mp4", description=SECRET)
    media.source = f"xx/{media.file_id}"
    media.save()
    storage.save_source(media.source, _file())
    media.tag_rows.create(name=SECRET)
    snapshot = make_snapshot(media, at=f"{SECRET}s")
    task = make_task(media, session_context=SECRET, session_id=SECRET)
    owner = User.objects.create_superuser("owner", password="x", email=f"{SECRET}@example.com")
    key = access_keys.create_key(user=owner, name=SECRET)
    upload = resumable_uploads.create(owner=owner, length=9, name=SECRET)
    template = SnapshotTemplate.objects.create(name=SECRET)
    event = Event.objects.create(
        kind="media.ready", subject=SECRET, sequence=1, mode="pull", payload={"media": SECRET}
    )
    Procedure.objects.create(name=SECRET, comment=SECRET)
    pulls.create(url=f"https://example.com/{SECRET}.mp4", interface="rest")
    event_config.configure(
        mode="push", url=f"https://example.com/{SECRET}", sign_key="TOPSECRETKEY"
    )
    rows = {
        "media": media, "snapshot": snapshot, "task": task, "snapshottemplate": template,
        "event": event, "accesskey": key.key, "user": owner, "group": Group.objects.first(),
    }  # fmt: skip
    return {
        "rows": rows, "file_id": media.file_id, "upload_id": upload.upload_id,
        "definition": template.pk, "task_id": task.task_id, "id": snapshot.pk, "pk": media.pk,
        "folder": "no", "name": "no.jpg", "app_label": "snapshots", "url": "nothing", "rest": "x/",
        "content_type_id": ContentType.objects.get_for_model(Media).pk, "object_id": media.pk,
    }  # fmt: skip


def _file() -> Any:
    from django.core.files.base import ContentFile

    return ContentFile(BYTES)


def filled(route: Route, values: dict[str, Any]) -> str:
    """With the key of the row that the route is about."""
    own = dict(values)
    for model, row in values["rows"].items():
        if row is not None and f"/{model}/" in f"/{route.route}":
            own["object_id"] = own["pk"] = row.pk
            own["id"] = row.pk
    return route.path(own)


def prints() -> dict[str, str]:
    """What every table holds, as one word each."""
    found = {}
    for model in apps.get_models():
        if model.__name__ not in UNRESTRICTED and not model._meta.proxy:
            rows = sorted(map(repr, model._default_manager.values_list()))
            found[model.__name__] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    found.pop("AccessKey")  # notes when it was last used
    found["access keys"] = str(apps.get_model("snapshots", "AccessKey").objects.count())
    return found


def ask(client: Client, method: str, path: str) -> Any:
    """With a body that would do harm where it was taken."""
    if method in SAFE:
        return client.generic(method, path)
    if path.startswith("/api/"):
        body = {"name": "taken", "mode": "pull", "url": "https://example.com/taken.mp4"}
        return client.generic(method, path, json.dumps(body), content_type="application/json")
    form = {"post": "yes", "name": "taken", "_save": "1", "action": "delete_selected",
            "addresses": "https://example.com/taken.mp4", "username": "owner"}  # fmt: skip
    return getattr(client, method.lower())(path, form)


def text_of(answer: Any) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode(errors="replace")
    return answer.content.decode(errors="replace")


def clients(values: dict[str, Any]) -> dict[str, Callable[[], Client]]:
    """Those who may not: a stranger, one without rights by session and by key, one of the staff."""

    def signed_in(*groups: str, is_staff: bool) -> Client:
        client = Client(raise_request_exception=False)
        name = f"somebody-{User.objects.count()}"
        user = User.objects.create_user(name, password="x", is_staff=is_staff)
        access_keys.seed_groups()
        user.groups.set(Group.objects.filter(name__in=groups))
        client.force_login(user)
        return client

    def keyed() -> Client:
        user = User.objects.create_user(f"keyed-{User.objects.count()}")
        made = access_keys.create_key(user=user)
        word = basic(made.key.secret_id, made.secret_key)
        return Client(raise_request_exception=False, headers={"Authorization": word})

    return {
        "stranger": lambda: Client(raise_request_exception=False),
        "no rights": lambda: signed_in(is_staff=False),
        "staff without rights": lambda: signed_in(is_staff=True),
        "key without rights": keyed,
        "viewer": lambda: signed_in("Viewer", is_staff=True),
    }


def test_the_matrix_is_the_whole_site() -> None:
    assert len(ROUTES) > 90
    assert {route.route for route in ROUTES} >= OPEN - {"api/v1/", "pictures/<folder>/<name>"}
    assert any(route.route == "api/v1/uploads/<str:upload_id>/" for route in ROUTES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "who", ["stranger", "no rights", "staff without rights", "key without rights"]
)
def test_who_has_no_rights_learns_and_changes_nothing(values: dict[str, Any], who: str) -> None:
    client = clients(values)[who]()
    before, leaks = prints(), []
    for route in ROUTES:
        path = filled(route, values)
        for method in METHODS:
            answer = ask(client, method, path)
            text = text_of(answer)
            call = f"{method} {path} as {who}: {answer.status_code}"
            assert answer.status_code < 500 or path == "/readyz", call
            if SECRET in text or BYTES.decode() in text:
                leaks.append(call)
            is_open = plain(route) in OPEN | OWN or path == "/admin/nothing"
            if not is_open and method not in ("OPTIONS",) and answer.status_code < 300:
                leaks.append(call)
    assert leaks == []
    assert prints() == before
    with storage_paths.sources().open(values["rows"]["media"].source) as file:
        assert file.read() == BYTES


@pytest.mark.django_db
def test_who_may_only_look_changes_nothing(values: dict[str, Any]) -> None:
    client = clients(values)["viewer"]()
    before = prints()
    for route in ROUTES:
        if plain(route) in OWN:
            continue
        path = filled(route, values)
        for method in METHODS:
            answer = ask(client, method, path)
            text_of(answer)  # to its end, as a client reads it
            call = f"{method} {path}: {answer.status_code}"
            assert answer.status_code < 500 or path == "/readyz", call
            if method not in SAFE and path.startswith("/api/") and plain(route) not in OPEN:
                assert answer.status_code >= 400, call  # the console may show its page again
    assert prints() == before
    assert Upload.objects.count() == 1


def plain(route: Route) -> str:
    """Without the types of its parts."""
    import re

    return re.sub(r"<\w+:(\w+)>", r"<\1>", route.route)
