"""Every page of the console opens, for an administrator, with rows and without."""

import re

import pytest
from django.contrib import admin as django_admin
from django.contrib.auth.models import Group
from django.urls import reverse

from snapshots.models import Event, SnapshotTemplate
from snapshots.services.security import access_keys
from snapshots.web.csp import POLICY

from .conftest import inline_parts

LISTS = ["media", "snapshot", "snapshottemplate", "task", "event", "accesskey"]


@pytest.fixture
def pages(make_media, make_probing, make_snapshot, make_task, admin_user):
    """The path of every page there is, with something to show on it."""
    media = make_media()
    make_probing()
    snapshot = make_snapshot(media)
    waiting = make_task(media)
    event = Event.objects.create(kind="media.ready", subject="1", sequence=1, mode="pull",
                                 payload={"media": "<script>"})  # fmt: skip
    event.deliveries.create(attempt=1, url="https://example.com/hook", status_code=500)
    key = access_keys.create_key(user=admin_user, name="key").key
    own = SnapshotTemplate.objects.create(name="mine")
    group = Group.objects.create(name="Editors")
    rows = [media, snapshot, snapshot.operation.task, waiting, event, key, own, group, admin_user,
            SnapshotTemplate.objects.get(pk=10)]  # fmt: skip
    changes = [_page(row, "change", row.pk) for row in rows]
    histories = [_page(row, "history", row.pk) for row in (media, own, key)]
    deletes = [_page(row, "delete", row.pk) for row in (media, own, key, group)]
    lists = [_page(row, "changelist") for row in rows]
    adds = [_page(row, "add") for row in (media, own, key, group, admin_user)]
    more = [
        reverse("admin:snapshots_media_take_snapshots") + f"?media={media.pk}",
        reverse("admin:snapshots_media_set_cover_at") + f"?media={media.pk}",
        reverse("admin:index"),
        reverse("admin:app_list", args=["snapshots"]),
        reverse("admin:app_list", args=["auth"]),
        reverse("admin:password_change"),
        reverse("admin:snapshots_snapshottemplate_add") + "?like=10",
        reverse("admin:snapshots_eventconfig_changelist"),
    ]
    return [*changes, *histories, *deletes, *lists, *adds, *more]


def _page(row, name, *args):
    model = row._meta
    return reverse(f"admin:{model.app_label}_{model.model_name}_{name}", args=args)


def test_it_opens_every_page_without_inline_script_or_style(admin, pages):
    for page in pages:
        response = admin.get(page)
        assert response.status_code == 200, page
        assert response["Content-Security-Policy"] == POLICY, page
        assert inline_parts(response) == [], page


@pytest.mark.parametrize("model", LISTS)
def test_it_opens_every_list_while_it_is_empty(admin, model):
    assert admin.get(reverse(f"admin:snapshots_{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", LISTS)
def test_it_searches_and_sorts_every_list(admin, pages, model):
    page = reverse(f"admin:snapshots_{model}_changelist")
    for query in ("?q=clip", "?q=1", "?q=%00", "?o=1", "?o=-2", "?p=9", "?nonsense=1"):
        assert admin.get(page + query, follow=True).status_code == 200, query


def test_it_leads_from_the_root_to_the_console(client):
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"] == reverse("admin:index")


def test_it_asks_strangers_to_sign_in(client, pages):
    for page in pages:
        response = client.get(page)
        assert response.status_code == 302, page
        assert reverse("admin:login") in response["Location"]
    assert inline_parts(client.get(reverse("admin:login"))) == []


def test_it_groups_the_pages_by_what_they_are_for(admin):
    groups = admin.get(reverse("admin:index")).context["app_list"]
    names = {str(group["name"]): [m["object_name"] for m in group["models"]] for group in groups}
    assert names == {
        "Library": ["Media", "Snapshot", "SnapshotTemplate"],
        "Operations": ["Task", "Event", "EventConfig"],
        "Access control": ["AccessKey", "User", "Group"],
    }


def test_it_does_not_show_the_queues_own_models(admin):
    assert {model._meta.app_label for model in django_admin.site._registry} == {"snapshots", "auth"}
    assert admin.get("/admin/django_q/schedule/").status_code == 404


@pytest.mark.parametrize(
    ("model", "titles"),
    [
        ("media", ["Status", "Codec", "Source"]),
        ("snapshot", ["In use", "Format"]),
        ("snapshottemplate", ["Type", "Format", "Fill"]),
        ("task", ["Status", "Outcome", "Submitted via"]),
        ("event", ["Kind", "Mode", "Delivery"]),
        ("accesskey", ["Enabled"]),
    ],
)
def test_it_names_filters_in_plain_words(admin, pages, model, titles):
    page = admin.get(reverse(f"admin:snapshots_{model}_changelist")).content.decode()
    assert re.findall(r"<summary>([^<]*)</summary>", page) == titles


def test_it_calls_a_templates_number_its_id(admin):
    page = admin.get(reverse("admin:snapshots_snapshottemplate_changelist")).content.decode()
    assert ">ID</a>" in page
    assert "Definition" not in page


def test_it_has_the_same_way_back_on_every_page(admin, pages):
    for page in pages:
        if not page.startswith("/admin/snapshots/") or page == "/admin/snapshots/":
            continue
        way = admin.get(page).content.decode().split('class="breadcrumbs"')[1].split("</div>")[0]
        links = re.findall(r"<a[^>]*>([^<]*)</a>", way)
        assert links[:2] == ["Home", "MediaHub"], page


def test_it_leads_to_the_documentation_of_the_api(admin):
    link = f'href="{reverse("api:docs")}"'
    assert admin.get(reverse("admin:index")).content.decode().count(link) == 2
    assert admin.get(reverse("admin:snapshots_task_changelist")).content.decode().count(link) == 1


def test_it_escapes_what_people_write(admin, make_media):
    media = make_media("<script>alert(1)</script>.mp4", description="<b onclick=x>")
    for page in (_page(media, "changelist"), _page(media, "change", media.pk)):
        assert inline_parts(admin.get(page)) == []


@pytest.mark.parametrize(
    "page", ["media/?status__exact=%00", "task/?media=a%00b", "snapshot/?q=x&media=%00"]
)
def test_a_nul_in_a_filter_is_refused_and_breaks_nothing(admin, page):
    assert admin.get(f"/admin/snapshots/{page}").status_code == 400
