"""Viewer, Editor, Administrator and nobody at every address of the console, as the admin has them.

The addresses are not written here but read from the site, so that a new one is asked for its
rights, too: it follows the admin's rule of names, or it stands in `OWN`.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

import mediahub.urls  # noqa: F401  registers the pages
from snapshots.models import AccessKey, Event, SnapshotTemplate
from snapshots.services.security import access_keys

VIEW, EDIT, RUN = (
    {"Viewer", "Editor", "Administrator"},
    {"Editor", "Administrator"},
    {"Administrator"},
)
LIBRARY = {"media", "snapshot", "snapshottemplate", "task"}
OPEN = {"index", "login", "logout", "password_change", "password_change_done", "jsi18n"}
POINTERS = {None, "autocomplete", "view_on_site", "app_list"}  # lead to others, or to nothing
READ_ONLY = {  # nobody makes these by hand, nor changes what they say
    f"snapshots_{model}_{action}"
    for model, actions in (
        ("task", ("add", "delete")), ("event", ("add", "delete")), ("snapshot", ("add",)),
    )
    for action in actions
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """Who may GET the page, who may POST to it; `None` where that method is not known."""

    get: set[str] | None
    post: set[str] | None


OWN = {
    "auth_user_password_change": Rule(RUN, RUN),
    "snapshots_accesskey_secret": Rule(RUN, None),
    "snapshots_eventconfig_changelist": Rule(RUN, RUN),
    "snapshots_eventconfig_test": Rule(None, RUN),
    "snapshots_eventconfig_new_secret": Rule(None, RUN),
    "snapshots_event_resend": Rule(None, RUN),
    "snapshots_task_abort": Rule(None, EDIT),
    "snapshots_task_run_again": Rule(None, EDIT),
    "snapshots_media_take_snapshots": Rule(EDIT, EDIT),
    "snapshots_media_set_cover_at": Rule(EDIT, EDIT),
    "snapshots_media_make_cover": Rule(None, EDIT),
    "snapshots_media_remove_cover": Rule(None, EDIT),
    "snapshots_media_undo_cover": Rule(None, EDIT),
    "snapshots_media_pick": Rule(VIEW, None),
    "snapshots_media_suggest": Rule(VIEW, None),
    "snapshots_media_by_file_id": Rule(VIEW, None),
    "snapshots_task_change": Rule(VIEW, set()),
    "snapshots_snapshot_change": Rule(VIEW, set()),
    "snapshots_event_change": Rule(RUN, set()),
}


def _rule(name):
    if name in OWN:
        return OWN[name]
    if name in READ_ONLY:
        return Rule(set(), set())
    _app, model, action = name.split("_")
    edits = EDIT if model in LIBRARY else RUN
    sees = VIEW if model in LIBRARY else RUN
    return {
        "changelist": Rule(sees, sees),  # what an action does is asked for by each action
        "history": Rule(sees, None),
        "change": Rule(sees, edits),
        "add": Rule(edits, edits),
        "delete": Rule(edits, edits),
    }[action]


def _patterns(patterns):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern.url_patterns)
        elif pattern.name not in OPEN | POINTERS:
            yield pattern


PATTERNS = {pattern.name: pattern for pattern in _patterns(admin.site.urls[0])}


@pytest.fixture
def urls(make_media, make_snapshot, make_task, admin_user):
    """The address of each pattern, of a row that there is."""
    access_keys.seed_groups()
    media = make_media()
    snapshot = make_snapshot(media)
    media.cover_snapshot = snapshot
    media.save()
    event = Event.objects.create(
        kind="media.ready", subject="1", sequence=1, mode="push", payload={}
    )
    key = access_keys.create_key(user=admin_user, name="key").key
    rows = {
        "media": media, "snapshot": make_snapshot(media), "task": make_task(media), "event": event,
        "snapshottemplate": SnapshotTemplate.objects.create(name="mine"), "accesskey": key,
        "user": admin_user, "group": Group.objects.create(name="Others"),
    }  # fmt: skip
    return {name: _address(name, pattern, rows) for name, pattern in PATTERNS.items()}


def _address(name, pattern, rows):
    parameters = pattern.pattern.converters or {}
    if "file_id" in parameters:
        return reverse(f"admin:{name}", args=[rows["media"].file_id])
    args = [rows[name.split("_")[1]].pk] if parameters else []
    query = f"?media={rows['media'].pk}" if name.endswith(("snapshots", "cover_at")) else ""
    return reverse(f"admin:{name}", args=args) + query


@pytest.fixture
def member(client, db):
    """Signs the client in as a member of a group, of none for ""."""

    def of(group):
        user = User.objects.create_user(f"member of {group}", is_staff=True)
        user.groups.set(Group.objects.filter(name=group))
        client.force_login(user)
        return client

    return of


def _everything() -> dict[str, Any]:
    """All rows of ours as they are, but for what counts visits."""
    models: list[Any] = [*apps.get_app_config("snapshots").get_models(), User, Group]
    skipped = {"last_login", "last_used_at"}
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in skipped}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in models
    }


def test_it_knows_every_page():
    assert {"snapshots_media_pick", "snapshots_task_abort"} <= PATTERNS.keys()
    for name in PATTERNS:
        assert _rule(name)
    assert OWN.keys() <= PATTERNS.keys()


@pytest.mark.parametrize("group", ["Viewer", "Editor", "Administrator", ""])
def test_each_group_sees_its_pages_and_no_other(urls, member, group):
    client = member(group)
    for name, url in urls.items():
        status = client.get(url).status_code
        if (allowed := _rule(name).get) is None:
            assert status == 405, name
        elif group in allowed:
            assert status in (200, 302, 422), (name, status)  # 422: there is no video behind it
        elif name == "snapshots_accesskey_history":
            assert status == 302, name  # as for a key that there is not
        else:
            assert status == 403, (name, status)


@pytest.mark.parametrize("group", ["Viewer", "Editor", "Administrator", ""])
def test_nobody_does_by_post_what_they_may_not(urls, member, group):
    client = member(group)
    before = _everything()
    for name, url in urls.items():
        allowed = _rule(name).post
        if allowed is not None and group not in allowed:
            status = client.post(url, {"post": "yes", "snapshot": "1"}).status_code
            assert status == 403, (name, status)
    assert _everything() == before


def test_a_viewer_changes_nothing_by_an_action(urls, member, make_media):
    client = member("Viewer")
    before = _everything()
    for name, url in urls.items():
        model_admin = _admin_of(name)
        if name.endswith("changelist") and model_admin and model_admin.actions:
            keys = list(model_admin.model._default_manager.values_list("pk", flat=True))
            for action in (*model_admin.actions, "delete_selected"):
                client.post(url, {"action": action, "_selected_action": keys, "post": "yes"})
    assert _everything() == before


def test_strangers_are_asked_to_sign_in_everywhere(urls, client):
    for name, url in urls.items():
        for call in (client.get, client.post):
            answer = call(url)
            assert answer.status_code == 302, name
            assert answer["Location"].startswith(reverse("admin:login")), name


def test_people_who_are_not_staff_are_strangers(urls, client):
    user = User.objects.create_user("guest")
    user.groups.set(Group.objects.filter(name="Administrator"))
    client.force_login(user)
    for url in urls.values():
        assert client.get(url).status_code == 302


def test_an_administrator_may_do_all_that_there_is(urls):
    names = {rights for group in Group.objects.filter(name="Administrator")
             for rights in group.permissions.values_list("codename", flat=True)}  # fmt: skip
    assert {"add_user", "change_group", "add_accesskey", "change_eventconfig"} <= names
    assert AccessKey.objects.exists()


def _admin_of(name):
    _app, model = name.split("_")[:2]
    found = [row for kind, row in admin.site._registry.items() if kind._meta.model_name == model]
    return found[0] if found else None
