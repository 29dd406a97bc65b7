"""The filters that lists take from their URL: those that they show, and no other."""

from importlib import import_module
from typing import Any

import pytest
from django.contrib import admin as django_admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import FieldError
from django.test import RequestFactory
from django.urls import reverse

from snapshots.admin.site import Console
from snapshots.admin.ui.shown_filters import ShownFiltersOnly
from snapshots.models import EventConfig, Media

import_module("snapshots.admin.registration")  # which the site's URLs import, later
ADMINS = list(django_admin.site._registry.values())
LISTS = [admin for admin in ADMINS if admin.model is not EventConfig]  # whose page is a form
SHOWN_LOOKUPS = {"", "exact", "in", "isnull", "gte", "lt"}
OTHER_LOOKUPS = (
    "regex", "iregex", "contains", "icontains", "startswith", "istartswith", "endswith",
    "iendswith", "iexact", "gt", "lte", "range", "date", "year", "length", "trigram_similar",
)  # fmt: skip


def _id(admin: Any) -> str:
    return str(admin.model._meta.model_name)


def _list(admin: Any) -> str:
    return reverse(f"admin:{admin.model._meta.app_label}_{_id(admin)}_changelist")


def _columns(admin: Any) -> list[str]:
    """The names of the model's columns, and of those one relation further."""
    fields = [field for field in admin.model._meta.get_fields() if field.concrete]
    near = [field.name for field in fields]
    far = [
        f"{field.name}__{other.name}"
        for field in fields
        if field.is_relation and field.related_model
        for other in field.related_model._meta.get_fields()
        if other.concrete
    ]
    return near + far


@pytest.fixture
def request_of_admin(admin_user):
    request = RequestFactory().get("/")
    request.user = admin_user
    return request


@pytest.mark.parametrize("admin", ADMINS, ids=_id)
def test_every_registered_admin_has_the_base_class(admin):
    assert isinstance(admin, ShownFiltersOnly)


def test_an_admin_of_another_app_gets_the_base_class_when_it_is_registered():
    site = Console(name="other")
    site.register(Group, GroupAdmin)
    site.register(Media)
    assert all(isinstance(admin, ShownFiltersOnly) for admin in site._registry.values())
    assert isinstance(site.get_model_admin(Group), GroupAdmin)
    with pytest.raises(NotRegistered):
        site.get_model_admin(EventConfig)


@pytest.mark.parametrize("admin", ADMINS, ids=_id)
def test_no_other_lookup_is_allowed_on_any_column(admin, request_of_admin):
    rows = admin.get_queryset(request_of_admin)
    for name in (f"{name}__{lookup}" for name in _columns(admin) for lookup in OTHER_LOOKUPS):
        if admin.lookup_allowed(name, "1", request_of_admin):
            with pytest.raises(FieldError):  # the column has no such lookup
                rows.filter(**{name: "1"})


@pytest.mark.parametrize("admin", ADMINS, ids=_id)
def test_no_column_without_a_filter_on_the_page_is_allowed(admin, request_of_admin):
    shown = {
        item.parameter_name if hasattr(item, "parameter_name")
        else item if isinstance(item, str) else item[0]
        for item in admin.list_filter
    }  # fmt: skip
    for name in _columns(admin):
        column, is_shown = name.removesuffix("__id"), name.removesuffix("__id") in shown
        for lookup in SHOWN_LOOKUPS:
            words = f"{name}__{lookup}".removesuffix("__")
            allowed = admin.lookup_allowed(words, "1", request_of_admin)
            assert not allowed or is_shown, (column, lookup)


@pytest.mark.parametrize("admin", LISTS, ids=_id)
def test_every_list_refuses_other_filters(client, admin_user, admin):
    client.force_login(admin_user)
    column = next(field.name for field in admin.model._meta.fields if not field.primary_key)
    for query in (f"{column}__regex=(", f"{column}__regex=^(?:a|a){{25}}!", "pk__gt=0", "pk=1"):
        assert client.get(f"{_list(admin)}?{query}").status_code == 400, query


def test_a_computed_value_is_no_filter(client, admin_user):
    client.force_login(admin_user)
    page = reverse("admin:snapshots_media_changelist")
    assert client.get(f"{page}?picture_count__gt=0").status_code == 400


@pytest.mark.parametrize("name", ["nothing", "nothing__regex", "name__nothing"])
def test_a_name_that_filters_by_nothing_leads_to_the_whole_list(client, admin_user, name):
    client.force_login(admin_user)
    page = reverse("admin:snapshots_media_changelist")
    assert client.get(f"{page}?{name}=(")["Location"] == f"{page}?e=1"


@pytest.mark.parametrize("admin", LISTS, ids=_id)
def test_every_list_takes_the_filters_that_it_shows(
    client, admin_user, make_media, make_snapshot, admin
):
    make_snapshot(make_media())
    client.force_login(admin_user)
    page = client.get(_list(admin))
    changelist = page.context["cl"]
    links = [
        choice["query_string"]
        for filter_ in changelist.filter_specs
        for choice in filter_.choices(changelist)
    ]
    for link in links:
        assert client.get(_list(admin) + link).status_code == 200, link


@pytest.mark.parametrize("admin", LISTS, ids=_id)
def test_no_value_of_a_filter_is_a_server_error(client, admin_user, admin):
    client.force_login(admin_user)
    for filter_ in client.get(_list(admin)).context["cl"].filter_specs:
        for name in filter_.expected_parameters():
            for value in ("", "(", "a,b", "9" * 400, "\N{LATIN SMALL LETTER E WITH ACUTE}"):
                status = client.get(_list(admin), {name: value}).status_code
                assert status in {200, 302, 400}, (name, value)


def test_the_event_configuration_ignores_its_query(client, admin_user):
    client.force_login(admin_user)
    page = reverse("admin:snapshots_eventconfig_changelist")
    assert client.get(f"{page}?sign_key__startswith=a").status_code == 200


@pytest.mark.parametrize(
    "query", ["link__startswith=/", "name__regex=(", "probe__isnull=1", "frame_index__gte=a"]
)
def test_a_viewer_learns_nothing_of_columns_that_the_list_does_not_show(viewer, make_media, query):
    make_media(source_type="link", link="/srv/videos/clip.mp4")
    assert viewer.get(f"{reverse('admin:snapshots_media_changelist')}?{query}").status_code == 400
