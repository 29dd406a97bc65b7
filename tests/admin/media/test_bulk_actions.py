"""Take snapshots… and Set cover at…: from the list to frozen tasks, or to an honest no."""

import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from snapshots import storage
from snapshots.models import Media, Operation, Task
from tests.support import storage_paths

from ..conftest import inline_parts, queries_of, texts

LIST = reverse("admin:snapshots_media_changelist")
TAKE = reverse("admin:snapshots_media_take_snapshots")
COVER = reverse("admin:snapshots_media_set_cover_at")


def _ask(client, page, *media, **values):
    keys = ",".join(str(row.pk) for row in media)
    return client.post(page, {"media": keys, "template": 10, "mode": "exact", **values})


@pytest.mark.parametrize("action", ["take_snapshots", "set_cover_at"])
def test_the_form_names_the_selected_media(admin, make_media, action):
    selected = [make_media("a.mp4"), make_media("b.mp4")]
    make_media("not chosen.mp4")
    keys = [row.pk for row in selected]
    response = admin.post(LIST, {"action": action, "_selected_action": keys})
    assert response.status_code == 200
    assert inline_parts(response) == []
    assert response.context["form"]["media"].initial == f"{keys[0]},{keys[1]}"
    assert "For 2 media items." in response.content.decode()
    assert not Task.objects.exists()


def test_it_submits_a_task_for_each_media(admin, make_media, admin_user):
    media = [make_media("a.mp4"), make_media("b.mp4")]
    points = "3.5s, 10%\n00:01:02.500\r\nf120\n\n 3500ms,3.5s"
    response = _ask(admin, TAKE, *media, at=points, mode="keyframe", template=20)
    assert response["Location"] == LIST
    assert texts(response) == ["2 tasks submitted."]
    for row in media:
        task = Task.objects.get(media=row)
        assert (task.interface, task.requested_by, task.status) == (
            "console",
            admin_user,
            "waiting",
        )
        operation = task.operations.get()
        assert operation.at == ["3.5s", "10%", "00:01:02.500", "f120", "3500ms", "3.5s"]
        assert (operation.type, operation.mode) == ("snapshot", "keyframe")
        assert operation.template["definition"] == operation.definition == 20
        assert operation.template["width"] == 1280


def test_it_leads_to_the_task_of_a_single_media(admin, make_media):
    response = _ask(admin, TAKE, make_media(), at="1s")
    task = Task.objects.get()
    assert response["Location"] == reverse("admin:snapshots_task_change", args=[task.pk])
    assert admin.get(response["Location"]).status_code == 200


def test_it_takes_the_first_point_as_the_cover_too(admin, make_media):
    _ask(admin, TAKE, make_media(), at="2s\n1s", as_cover="on", mode="keyframe")
    snapshot, cover = Operation.objects.order_by("index")
    assert (snapshot.type, snapshot.at) == ("snapshot", ["2s", "1s"])
    assert (cover.type, cover.at, cover.mode) == ("cover", ["2s"], "exact")


def test_it_submits_covers(admin, make_media):
    media = [make_media("a.mp4"), make_media("b.mp4")]
    response = _ask(admin, COVER, *media, at="50%")
    assert texts(response) == ["2 tasks submitted."]
    assert {(row.type, *row.at) for row in Operation.objects.all()} == {("cover", "50%")}


def test_it_says_who_was_left_out_and_why(admin, make_media, make_probing):
    broken = {"status": "failed", "error_code": "no_video", "error_message": "There is no video."}
    media = [make_media("a.mp4"), make_media("b.mp4"), make_media("c.mp4"),
             make_probing("clip.mp4"), make_probing("song.mp3", **broken)]  # fmt: skip
    response = _ask(admin, TAKE, *media, at="1s")
    assert texts(response) == [
        "3 tasks submitted. 2 media items left out: "
        "clip.mp4: The video is still being analysed. Try again in a moment. "
        "song.mp3: There is no video."
    ]
    assert Task.objects.count() == 3


def test_it_shortens_a_long_list_of_reasons(admin, make_probing):
    media = [make_probing(f"{number}.mp4") for number in range(12)]
    text = texts(_ask(admin, TAKE, *media, at="1s"))[0]
    assert text.startswith("0 tasks submitted. 12 media items left out: 0.mp4:")
    assert text.endswith("… and 2 more.")


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"at": "1s, 12"}, "at", "12 has no unit: write 12s or 12ms."),
        ({"at": "soon"}, "at", "is not a time point"),
        ({"at": ""}, "at", "This field is required."),
        ({"at": " , \n"}, "at", "Enter at least one time point."),
        ({"at": ",,"}, "at", "Enter at least one time point"),
        ({"at": "1s," * 101}, "at", "101 time points are too many"),
        ({"at": "1s", "template": 9}, "template", "not one of the available choices"),
        ({"at": "1s", "mode": "nearly"}, "mode", "not one of the available choices"),
        (
            {"at": "1,5s"},
            "at",
            "the comma separates two time points. Write decimals with a dot (1.5s)",
        ),
        ({"at": "1s, 01:02,500"}, "at", "In 01:02,500 the comma"),
        ({"at": "12,5"}, "at", "(12.5), and every time point with a unit"),
        ({"at": "1s", "media": "0"}, "media", "The media no longer exist"),
        ({"at": "1s", "media": ""}, "media", "No media are selected."),
        ({"at": "1s", "media": "x,-1," + "9" * 30}, "media", "The media no longer exist"),
        ({"at": "1s", "media": ",".join(map(str, range(1001)))}, "media", "at most 1000"),
    ],
)
def test_it_submits_nothing_when_the_form_is_wrong(admin, make_media, values, field, words):
    response = _ask(admin, TAKE, make_media(), **values)
    assert response.status_code == 200
    assert words in " ".join(response.context["form"].errors[field])
    assert words.split("“")[0] in response.content.decode().replace("&#x27;", "'")
    assert not Task.objects.exists()


@pytest.mark.parametrize("at", ["1s,5s", "10%,20%", "01:02,5s", "f1,f2", "1.5s,2s", "1s,01:02"])
def test_it_takes_a_comma_between_points_for_what_it_is(admin, make_media, at):
    _ask(admin, TAKE, make_media(), at=at)
    assert Operation.objects.get().at == at.split(",")


def test_it_says_that_a_covers_decimals_take_a_dot(admin, make_media):
    response = _ask(admin, COVER, make_media(), at="1,5s")
    assert response.context["form"].errors["at"] == [
        "Write decimals with a dot: 1.5s instead of 1,5s."
    ]


def test_it_stays_at_its_address_after_an_error(admin, make_media):
    media = make_media("clip.mp4")
    address = f"{TAKE}?media={media.pk}"
    for response in (admin.get(address), admin.post(address, {"media": media.pk, "at": ""})):
        page = response.content.decode()
        assert f'action="{address}"' in page
        assert "clip.mp4" in page
    [row] = re.findall(r'<div class="form-row errors field-at">(.*?)</textarea>', page, re.DOTALL)
    assert "This field is required." in row


@pytest.mark.parametrize("page", [TAKE, COVER])
def test_it_leads_back_to_where_it_was_opened(admin, make_media, page):
    one, two = make_media(), make_media()
    back = reverse("admin:snapshots_media_change", args=[one.pk])
    form = admin.get(f"{page}?media={one.pk}").content.decode()
    assert re.search(rf'class="closelink"\s+href="{back}"', form)
    form = admin.get(f"{page}?media={one.pk},{two.pk}").content.decode()
    assert re.search(rf'class="closelink"\s+href="{LIST}"', form)


@pytest.mark.parametrize("page", [TAKE, COVER])
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Select media in this list first"),
        ("?media=", "Select media in this list first"),
        ("?media=x", "Select media in this list first"),
        ("?media=999", "The selected media no longer exist."),
        ("?media=" + ",".join(["9" * 18] * 2000), "The selected media no longer exist."),
    ],
)
def test_it_offers_no_form_for_nothing(admin, page, query, words):
    response = admin.get(page + query)
    assert response["Location"] == LIST
    assert words in texts(response)[0]


@pytest.mark.parametrize("page", [TAKE, COVER])
def test_it_offers_no_form_for_what_takes_no_task(admin, make_probing, page):
    broken = {"status": "failed", "error_code": "no_video", "error_message": "There is no video."}
    probing, failed = make_probing("new.mp4"), make_probing("song.mp3", **broken)
    for media, words in ((probing, "still being analysed"), (failed, "There is no video.")):
        response = admin.get(f"{page}?media={media.pk}")
        assert response["Location"] == reverse("admin:snapshots_media_change", args=[media.pk])
        assert words in texts(response)[-1]
    selected = [probing.pk, failed.pk]
    response = admin.post(LIST, {"action": "take_snapshots", "_selected_action": selected})
    assert response["Location"] == LIST
    assert texts(response)[-1].startswith("2 media items left out: new.mp4:")


def test_it_says_at_once_who_will_be_left_out(admin, make_media, make_probing):
    ready, probing = make_media("a.mp4"), make_probing("new.mp4")
    page = admin.get(f"{TAKE}?media={ready.pk},{probing.pk}").content.decode()
    assert '<p class="mh-lead">a.mp4</p>' in page
    assert "1 media item left out: new.mp4: The video is still being analysed." in page


def test_it_does_not_begin_with_more_than_it_can_take(admin, make_media, monkeypatch):
    for module in ("media.bulk_actions", "media.bulk_forms", "media.selection"):
        monkeypatch.setattr(f"snapshots.admin.{module}.MAX_MEDIA", 1)
    selected = [make_media().pk, make_media().pk]
    response = admin.post(LIST, {"action": "take_snapshots", "_selected_action": selected})
    assert response["Location"] == LIST
    assert texts(response) == ["2 media items are too many: select at most 1 at a time."]


def test_it_tells_one_wrong_point_once(admin, make_media):
    response = _ask(admin, TAKE, make_media(), at="12", as_cover="on")
    assert response.context["form"].errors["at"] == ["12 has no unit: write 12s or 12ms."]


def test_it_asks_few_queries_beyond_the_submits(admin, make_media):
    few, many = [make_media() for _ in range(5)], [make_media() for _ in range(25)]
    used = [queries_of(lambda rows=rows: _ask(admin, TAKE, *rows, at="1s")) for rows in (few, many)]
    per_media = (used[1] - used[0]) / 20
    assert per_media == int(per_media)
    assert used[0] - 5 * per_media <= 20  # what is left is the page's own


def test_it_deletes_through_the_service(
    admin, make_media, make_snapshot, make_task, django_capture_on_commit_callbacks
):
    media = make_media("gone.mp4")
    make_snapshot(media)
    waiting = make_task(media)
    selected = {"action": "delete_selected", "_selected_action": [media.pk]}
    page = admin.post(LIST, selected)
    assert page.status_code == 200
    assert "gone.mp4" in page.content.decode()
    assert Media.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(LIST, {**selected, "post": "yes"})
    assert texts(response) == ["Successfully deleted 1 media."]
    assert not Media.objects.exists()
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("aborted", "media_not_found")


def test_it_deletes_the_files_too(
    admin, make_media, make_snapshot, django_capture_on_commit_callbacks
):
    media = make_media(source="01/source-to-go")
    picture = make_snapshot(media).picture
    storage.save_picture(picture, b"picture")
    storage.save_source(media.source, ContentFile(b"source"))
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("admin:snapshots_media_delete", args=[media.pk]), {"post": "yes"})
    assert not Media.objects.exists()
    assert not storage_paths.pictures().exists(picture)
    assert not storage_paths.sources().exists("01/source-to-go")
