"""Templates: people's own are edited through the service, presets are only duplicated."""

import pytest
from django.urls import reverse

from snapshots.models import SnapshotTemplate

from .conftest import texts

LIST = reverse("admin:snapshots_snapshottemplate_changelist")
ADD = reverse("admin:snapshots_snapshottemplate_add")
VALUES = {
    "name": "Card", "comment": "", "format": "png", "width": 640, "height": 360,
    "resolution_adaptive": "on", "fill_type": "transparent", "quality": 80,
}  # fmt: skip


@pytest.fixture
def own():
    return SnapshotTemplate.objects.create(name="Mine", width=640)


@pytest.fixture
def preset():
    return SnapshotTemplate.objects.get(pk=10)


def _page(row, name="change"):
    return reverse(f"admin:snapshots_snapshottemplate_{name}", args=[row.pk])


def test_it_creates_one(admin):
    response = admin.post(ADD, VALUES)
    assert response["Location"] == LIST
    row = SnapshotTemplate.objects.get(name="Card")
    assert row.definition >= 10001
    assert (row.type, row.format, row.width, row.fill_type) == ("custom", "png", 640, "transparent")


def test_it_changes_one(admin, own):
    assert admin.post(_page(own), {**VALUES, "name": "Better"}).status_code == 302
    own.refresh_from_db()
    assert (own.name, own.format) == ("Better", "png")


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"width": 127}, "width", "Use 0 (from the source) or 128 to 4096 pixels."),
        ({"height": 4097}, "height", "Use 0 (from the source) or 128 to 4096 pixels."),
        ({"format": "jpg"}, "fill_type", "A transparent fill needs a format with transparency"),
        ({"quality": 0}, "quality", "Use a quality from 1 to 100."),
        ({"quality": "best"}, "quality", "Enter a whole number."),
        ({"format": "gif"}, "format", "Select a valid choice."),
        ({"name": "x" * 65}, "name", "at most 64 characters"),
    ],
)
@pytest.mark.parametrize("change", [False, True])
def test_it_shows_what_is_wrong_at_its_field(admin, own, wrong, field, words, change):
    response = admin.post(_page(own) if change else ADD, {**VALUES, **wrong})
    assert response.status_code == 200
    assert words in " ".join(response.context["adminform"].form.errors[field])
    own.refresh_from_db()
    assert own.name == "Mine"
    assert not SnapshotTemplate.objects.filter(name="Card").exists()


def test_it_says_when_there_are_too_many(admin, own, settings):
    settings.MEDIAHUB_MAX_TEMPLATES = 1
    response = admin.post(ADD, VALUES)
    assert "Delete one that is not needed." in response.content.decode()


def test_it_shows_a_preset_without_a_form(admin, preset):
    page = admin.get(_page(preset)).content.decode()
    assert "A preset cannot be changed." in page
    assert 'name="width"' not in page
    assert f"{ADD}?like=10" in page


def test_it_does_not_let_a_preset_be_posted_to(admin, preset):
    assert admin.post(_page(preset), VALUES).status_code == 403
    assert admin.post(_page(preset, "delete"), {"post": "yes"}).status_code == 403
    preset.refresh_from_db()
    assert preset.name == "Source size"


def test_it_duplicates_into_a_filled_form(admin, preset):
    form = admin.get(f"{ADD}?like=10").context["adminform"].form
    assert form.initial["fill_type"] == preset.fill_type == "stretch"
    assert form.initial["resolution_adaptive"] is True
    for nonsense in ("", "x", "12345", "9" * 30):
        assert admin.get(f"{ADD}?like={nonsense}").status_code == 200


def test_it_deletes_people_s_own_and_leaves_presets_out(admin, own):
    chosen = {"action": "delete_selected", "_selected_action": [10, own.pk]}
    page = admin.post(LIST, chosen)
    assert texts(page) == ["1 preset left out: presets cannot be deleted."]
    assert "Mine" in page.content.decode()
    count = SnapshotTemplate.objects.count()
    admin.post(LIST, {**chosen, "_selected_action": [own.pk], "post": "yes"})
    assert SnapshotTemplate.objects.count() == count - 1
    assert not SnapshotTemplate.objects.filter(pk=own.pk).exists()


def test_it_deletes_no_preset_even_when_only_presets_are_selected(admin):
    count = SnapshotTemplate.objects.count()
    chosen = {"action": "delete_selected", "_selected_action": [10, 20], "post": "yes"}
    response = admin.post(LIST, chosen)
    assert texts(response) == ["2 presets left out: presets cannot be deleted."]
    assert SnapshotTemplate.objects.count() == count


def test_a_preview_can_be_made_of_any_media_that_is_ready(admin, sign_in, make_media, make_probing):
    media = make_media("clip.mp4")
    make_probing()
    shown = admin.get(ADD).context["preview"]
    assert shown["template"] == ""
    assert shown["media"] == [{"name": "clip.mp4", "url": f"/api/v1/media/{media.file_id}/frame/"}]
    client = sign_in("add_snapshottemplate", "view_snapshottemplate")
    assert "preview" not in client.get(ADD).context


def test_the_preview_of_what_cannot_be_changed_is_of_the_template_itself(viewer, own, preset):
    for row in (own, preset):
        assert viewer.get(_page(row)).context["preview"]["template"] == str(row.pk)
    assert "There is no media yet" in viewer.get(_page(own)).content.decode()
