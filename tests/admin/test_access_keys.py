"""Access keys: made here, the secret shown once, everybody's own."""

import html
import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse

from snapshots.models import AccessKey
from snapshots.services.security import access_keys

LIST = reverse("admin:snapshots_accesskey_changelist")
ADD = reverse("admin:snapshots_accesskey_add")
OWN = ("view_accesskey", "add_accesskey", "change_accesskey", "delete_accesskey")


@pytest.fixture
def theirs(admin_user):
    return access_keys.create_key(user=admin_user, name="theirs").key


def _page(key, name="change"):
    return reverse(f"admin:snapshots_accesskey_{name}", args=[key.pk])


def test_it_shows_the_secret_of_a_new_key_once(admin, admin_user):
    response = admin.post(ADD, {"name": "ci", "user": admin_user.pk})
    key = AccessKey.objects.get()
    assert response["Location"] == _page(key, "secret")
    first = admin.get(response["Location"])
    page = first.content.decode()
    assert reverse("admin:app_list", args=["snapshots"]) in page.split('class="breadcrumbs"')[1]
    curl = re.search(r"curl -u (\S+):(\S+) http://\S+/api/v1/media/", page)
    assert access_keys.authenticate(secret_id=curl[1], secret_key=curl[2]).pk == key.pk
    assert "no-store" in first["Cache-Control"]

    again = admin.get(response["Location"], follow=True).content.decode()
    assert curl[2] not in again
    assert "A secret is shown only once" in again
    assert curl[2] not in admin.get(_page(key)).content.decode()
    assert curl[2] not in admin.get(LIST).content.decode()


def test_it_keeps_no_secret_in_the_session(admin, admin_user):
    admin.post(ADD, {"name": "ci", "user": admin_user.pk})
    secret = access_keys.secret_key(key=AccessKey.objects.get())
    assert all(secret not in str(row.get_decoded()) for row in Session.objects.all())


def test_it_makes_keys_for_others_only_as_an_administrator(admin, sign_in):
    other = User.objects.create_user("other")
    admin.post(ADD, {"name": "a", "user": other.pk})
    assert AccessKey.objects.get(name="a").user == other

    client = sign_in(*OWN)
    client.post(ADD, {"name": "b", "user": other.pk})
    assert AccessKey.objects.get(name="b").user.username == "somebody"


def test_it_shows_each_user_their_own(sign_in, theirs):
    client = sign_in(*OWN)
    assert "theirs" not in client.get(LIST).content.decode()
    for name in ("change", "delete", "secret"):
        assert client.get(_page(theirs, name)).status_code == 302
        client.post(_page(theirs, name), {"name": "taken", "post": "yes"})
    selected = {"action": "disable", "_selected_action": [theirs.pk]}
    client.post(LIST, selected)
    theirs.refresh_from_db()
    assert (theirs.name, theirs.is_enabled) == ("theirs", True)


def test_it_disables_enables_and_deletes(admin, theirs):
    for action, state in (("disable", False), ("enable", True)):
        admin.post(LIST, {"action": action, "_selected_action": [theirs.pk]})
        theirs.refresh_from_db()
        assert theirs.is_enabled is state
    admin.post(_page(theirs), {"name": "renamed"})
    theirs.refresh_from_db()
    assert (theirs.name, theirs.is_enabled) == ("renamed", False)
    admin.post(_page(theirs, "delete"), {"post": "yes"})
    assert not AccessKey.objects.exists()


def test_it_does_not_move_a_key_to_another_user(admin, theirs, admin_user):
    other = User.objects.create_user("other")
    admin.post(_page(theirs), {"name": "x", "user": other.pk, "is_enabled": "on"})
    theirs.refresh_from_db()
    assert (theirs.name, theirs.user) == ("x", admin_user)


def test_it_shows_the_lines_that_point_an_sdk_here(admin, admin_user, settings):
    settings.MEDIAHUB_BASE_URL = "https://media.example:8443"
    admin.post(ADD, {"name": "ci", "user": admin_user.pk})
    key = AccessKey.objects.get()
    secret = access_keys.secret_key(key=key)
    fresh = html.unescape(admin.get(_page(key, "secret")).content.decode())
    assert f'credential.Credential("{key.secret_id}", "{secret}")' in fresh
    assert 'HttpProfile(protocol="https", endpoint="media.example:8443")' in fresh
    assert '"endpoint": "media.example:8443"' in fresh
    later = html.unescape(admin.get(_page(key)).content.decode())
    assert f'credential.Credential("{key.secret_id}", "SECRET_KEY")' in later
    assert "the site needs a certificate" not in later
    settings.MEDIAHUB_BASE_URL = "http://127.0.0.1:8000"
    assert "the site needs a certificate" in admin.get(_page(key)).content.decode()
