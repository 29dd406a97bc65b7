"""Pages, forth and back."""

import pytest

from ..problem_json import fields

MEDIA = "/api/v1/media/"


def walk(client, url, link):
    pages = []
    while url:
        answer = client.get(url).json()
        pages.append([row["name"] for row in answer["results"]])
        last, url = url, answer[link]
    return pages, last


@pytest.mark.parametrize("ordering", ["name", "-name"])
def test_pages_lead_forth_and_back(api, make_media, ordering):
    for letter in "abcdefg":
        make_media(letter)
    expected = sorted("abcdefg", reverse=ordering == "-name")
    pages, last = walk(api, f"{MEDIA}?limit=3&ordering={ordering}", "next")
    assert pages == [expected[:3], expected[3:6], expected[6:]]
    back, first = walk(api, last, "previous")
    assert back == pages[::-1]
    assert api.get(first).json()["next"]
    forth, _ = walk(api, first, "next")
    assert forth == pages


def test_a_full_last_page_has_no_next(api, make_media):
    make_media("a"), make_media("b")
    answer = api.get(f"{MEDIA}?limit=2").json()
    assert (len(answer["results"]), answer["next"]) == (2, None)


def test_new_rows_shift_nothing(api, make_media):
    for letter in "abcd":
        make_media(letter)
    first = api.get(f"{MEDIA}?limit=2").json()
    make_media("new")
    second = api.get(first["next"]).json()
    assert [row["name"] for row in second["results"]] == ["b", "a"]


def test_a_page_holds_fifty_unless_asked(api, make_media):
    for number in range(52):
        make_media(f"{number}")
    assert len(api.get(MEDIA).json()["results"]) == 50
    assert len(api.get(f"{MEDIA}?limit=200").json()["results"]) == 52


def test_links_keep_the_query_and_begin_with_the_base_url(api, make_media, settings):
    settings.MEDIAHUB_BASE_URL = "https://media.example"
    for number in range(3):
        make_media(f"clip {number}")
    link = api.get(MEDIA, {"limit": 1, "search": "clip", "ordering": "name"}).json()["next"]
    assert link.startswith("https://media.example/api/v1/media/?")
    assert "search=clip" in link
    assert "ordering=name" in link


def test_a_cursor_belongs_to_its_ordering(api, make_media):
    make_media("a"), make_media("b")
    link = api.get(f"{MEDIA}?limit=1&ordering=name").json()["next"]
    assert fields(api.get(link.replace("ordering=name", "ordering=-name"))) == {"cursor": "invalid"}
    changed = link.replace("cursor=", "cursor=x")
    assert fields(api.get(changed)) == {"cursor": "invalid"}
    assert fields(api.get(f"/api/v1/tasks/?{link.split('?')[1]}")) == {"cursor": "invalid"}
