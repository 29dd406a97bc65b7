"""Query parameters of lists: no lookup of a column gets through, documented ones excepted."""

import pytest

LISTS = [f"/api/v1/{name}/" for name in ("media", "tasks", "snapshots", "templates")]
LOOKUPS = ["name__regex", "link__startswith", "id__gt", "media__name__contains", "status__in", "pk"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("name", LOOKUPS)
def test_a_lookup_filters_nothing(api, make_media, make_snapshot, path, name):
    make_snapshot(make_media(source_type="link", link="/srv/clip.mp4"))
    whole, answer = api.get(path), api.get(path, {name: "("})
    assert whole.json()["results"]
    assert answer.status_code == 400 or answer.json() == whole.json()


def test_every_list_of_the_api_is_in_this_test(api):
    """A list is what has pages."""
    paths = api.get("/api/v1/schema/", {"format": "json"}).json()["paths"]
    paged = [
        path
        for path, calls in paths.items()
        if any(part["name"] == "cursor" for part in calls.get("get", {}).get("parameters", []))
    ]
    assert sorted(paged) == sorted(LISTS)
