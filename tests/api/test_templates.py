"""templates/: presets to read, custom ones to keep."""

import pytest

from snapshots.models import SnapshotTemplate

from .problem_json import fields, refused

TEMPLATES = "/api/v1/templates/"


def create(client, **values):
    response = client.post(TEMPLATES, values)
    assert response.status_code == 201, response.content
    return response.json()


def test_a_template_takes_the_defaults(api):
    made = create(api)
    assert made["definition"] >= 10001
    assert made["type"] == "custom"
    assert (made["format"], made["width"], made["height"]) == ("jpg", 0, 0)
    assert made["resolution_adaptive"] is True
    assert (made["fill_type"], made["quality"]) == ("black", 90)


def test_a_template_keeps_what_it_is_given(api):
    values = {
        "name": "Card", "comment": "For cards.", "format": "png", "width": 320, "height": 128,
        "resolution_adaptive": False, "fill_type": "transparent", "quality": 1,
    }  # fmt: skip
    made = create(api, **values)
    assert values.items() <= made.items()
    assert api.get(f"{TEMPLATES}{made['definition']}/").json() == made


WRONG = [
    ({"width": 127}, {"width": "out_of_range"}),
    ({"width": 4097}, {"width": "out_of_range"}),
    ({"width": -1, "height": 2**70}, {"width": "out_of_range", "height": "out_of_range"}),
    ({"width": "640"}, {"width": "invalid"}),
    ({"width": True}, {"width": "invalid"}),
    ({"width": 640.5}, {"width": "invalid"}),
    ({"width": None}, {"width": "null"}),
    ({"width": [640]}, {"width": "invalid"}),
    ({"quality": 0}, {"quality": "out_of_range"}),
    ({"quality": 101}, {"quality": "out_of_range"}),
    ({"format": "gif"}, {"format": "invalid_choice"}),
    ({"format": ["jpg"]}, {"format": "invalid_choice"}),
    ({"format": {"a": {"b": []}}}, {"format": "invalid_choice"}),
    ({"fill_type": "red"}, {"fill_type": "invalid_choice"}),
    ({"fill_type": "transparent", "format": "jpg"}, {"fill_type": "invalid_combination"}),
    ({"fill_type": "transparent"}, {"fill_type": "invalid_combination"}),
    ({"resolution_adaptive": "yes"}, {"resolution_adaptive": "invalid"}),
    ({"resolution_adaptive": 1}, {"resolution_adaptive": "invalid"}),
    ({"name": "x" * 65}, {"name": "too_long"}),
    ({"comment": "x" * 257}, {"comment": "too_long"}),
    ({"name": 5}, {"name": "invalid"}),
    ({"definition": 10}, {"definition": "unknown_field"}),
    ({"type": "preset", "widht": 1}, {"type": "unknown_field", "widht": "unknown_field"}),
]


@pytest.mark.parametrize(("values", "expected"), WRONG)
def test_wrong_values_are_refused(api, values, expected):
    before = SnapshotTemplate.objects.count()
    assert fields(api.post(TEMPLATES, values)) == expected
    assert SnapshotTemplate.objects.count() == before


@pytest.mark.parametrize(("values", "expected"), WRONG)
def test_wrong_changes_are_refused(api, values, expected):
    made = create(api)
    path = f"{TEMPLATES}{made['definition']}/"
    assert fields(api.patch(path, values)) == expected
    assert api.get(path).json() == made


def test_a_template_changes(api):
    made = create(api, format="png", width=640)
    path = f"{TEMPLATES}{made['definition']}/"
    changed = api.patch(path, {"fill_type": "transparent", "height": 360.0}).json()
    assert changed == {
        **made, "fill_type": "transparent", "height": 360, "updated_at": changed["updated_at"]
    }  # fmt: skip
    assert api.get(path).json() == changed


def test_a_change_is_checked_as_the_whole_it_makes(api):
    made = create(api, format="png", fill_type="transparent")
    response = api.patch(f"{TEMPLATES}{made['definition']}/", {"format": "jpg"})
    assert fields(response) == {"fill_type": "invalid_combination"}


def test_a_template_is_deleted_and_its_number_not_given_again(api):
    made = create(api)
    path = f"{TEMPLATES}{made['definition']}/"
    assert api.delete(path).status_code == 204
    refused(api.get(path), 404, "template_not_found")
    refused(api.patch(path, {}), 404, "template_not_found")
    refused(api.delete(path), 404, "template_not_found")
    assert create(api)["definition"] > made["definition"]


def test_a_preset_is_read_only(api):
    before = api.get(f"{TEMPLATES}10/").json()
    refused(api.patch(f"{TEMPLATES}10/", {"quality": 50}), 403, "preset_read_only")
    refused(api.patch(f"{TEMPLATES}10/", {}), 403, "preset_read_only")
    refused(api.delete(f"{TEMPLATES}10/"), 403, "preset_read_only")
    assert api.get(f"{TEMPLATES}10/").json() == before


def test_templates_are_listed_by_number(api):
    made = create(api, name="Mine")
    listed = [row["definition"] for row in api.get(TEMPLATES).json()["results"]]
    assert listed == sorted(listed)
    assert listed[0] == 10
    assert listed[-1] == made["definition"]


def test_the_number_of_templates_is_limited(api, settings):
    settings.MEDIAHUB_MAX_TEMPLATES = 1
    create(api)
    refused(api.post(TEMPLATES, {}), 409, "too_many_templates")


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_asks_the_database_a_fixed_number_of_times(api, django_assert_num_queries, rows):
    for _ in range(rows):
        create(api)
    with django_assert_num_queries(5):  # key, user, 2 × rights, templates
        api.get(TEMPLATES)
