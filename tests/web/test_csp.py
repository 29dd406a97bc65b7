"""Every HTML page says what a browser may do with it; nothing else is told so."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from snapshots.web.csp import HEADER, POLICY, ContentPolicy
from tests.admin.conftest import inline_parts

WANTED = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "object-src": "'none'",
}


def test_the_policy_names_each_source():
    assert dict(part.split(" ", 1) for part in POLICY.split("; ")) == WANTED


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/nothing/", "/api/v1/docs/"])
def test_pages_have_it(client, admin_user, path):
    if path != "/admin/login/":
        client.force_login(admin_user)
    response = client.get(path)
    assert response["Content-Type"].startswith("text/html")
    assert response[HEADER] == POLICY
    assert inline_parts(response) == []


@pytest.mark.django_db
def test_what_is_no_page_has_none(client):
    assert HEADER not in client.get("/healthz")
    assert HEADER not in client.get(reverse("api:schema"))


def test_a_page_may_be_stricter(rf):
    given = HttpResponse("x", headers={HEADER: "sandbox"})
    assert ContentPolicy(lambda request: given)(rf.get("/"))[HEADER] == "sandbox"
