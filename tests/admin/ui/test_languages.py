"""The console in both languages: chosen in the header, kept in a cookie, complete."""

import pytest
from django.conf import settings
from django.urls import reverse

from snapshots.models import Snapshot, SnapshotTemplate

from ..conftest import texts

HOME = reverse("admin:index")
SWITCH = reverse("set_language")


@pytest.fixture
def chinese(admin):
    admin.cookies.load({settings.LANGUAGE_COOKIE_NAME: "zh-hans"})
    return admin


def _page(client, path=HOME):
    return client.get(path).content.decode()


def test_it_is_switched_in_the_header(admin):
    assert '<html lang="en"' in _page(admin)
    answer = admin.post(SWITCH, {"language": "zh-hans", "next": HOME})
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    page = _page(admin)
    assert '<html lang="zh-hans"' in page
    assert "媒资库" in page
    assert ">English</button>" in page
    assert ">简体中文</button>" not in page
    admin.post(SWITCH, {"language": "en", "next": HOME})
    assert '<html lang="en"' in _page(admin)


def test_it_leads_nowhere_else(admin):
    answer = admin.post(SWITCH, {"language": "zh-hans", "next": "https://example.com/"})
    assert "example.com" not in answer["Location"]


def test_strangers_choose_theirs_before_they_sign_in(client, db):
    page = client.get(reverse("admin:login"), headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert '<html lang="zh-hans"' in page.content.decode()
    assert page["Content-Language"] == "zh-hans"
    assert 'class="mh-language"' in page.content.decode()


def test_models_and_fields_have_their_terms(chinese, make_media, make_snapshot):
    media = make_media()
    make_snapshot(media)
    page = _page(chinese)
    for words in ("时间点截图模板", "截图", "媒资", "任务", "事件通知", "访问密钥"):
        assert words in page
    add = _page(chinese, reverse("admin:snapshots_snapshottemplate_add"))
    for words in ("填充方式", "拉伸", "留黑", "留白", "透明", "高斯模糊", "分辨率自适应"):
        assert words in add


def test_presets_have_chinese_names_and_peoples_own_keep_theirs(chinese):
    SnapshotTemplate.objects.create(name="Source size")
    names = _page(chinese, reverse("admin:snapshots_snapshottemplate_changelist"))
    assert names.count("原始尺寸</a>") == 1
    assert names.count("Source size</a>") == 1


def test_form_errors_are_translated(chinese, make_media):
    media = make_media()
    ask = {"media": media.pk, "template": 10, "at": "3", "mode": "exact", "priority": 0}
    page = chinese.post(reverse("admin:snapshots_media_take_snapshots"), ask).content.decode()
    assert "3 没有单位：请写作 3s 或 3ms。" in page


def test_messages_are_translated(chinese, make_media, make_task):
    task = make_task(make_media(), status="finished", progress=100,
                     finished_at="2026-01-01T00:00:00Z")  # fmt: skip
    answer = chinese.post(reverse("admin:snapshots_task_abort", args=[task.pk]), follow=True)
    assert texts(answer) == ["只能中止等待中的任务；此任务已开始或已结束。"]


def test_notes_and_stored_errors_are_translated(chinese, make_media):
    page = _page(chinese, reverse("admin:snapshots_media_change", args=[make_media().pk]))
    assert "按照文件要求，图片将顺时针旋转 90°。" in page
    failed = make_media("bad.mp4", status="failed", probe=None, error_code="no_video",
                        error_message="The file contains no video.")  # fmt: skip
    page = _page(chinese, reverse("admin:snapshots_media_change", args=[failed.pk]))
    assert "文件中没有视频。" in page
    assert "<code>no_video</code>" in page


def test_rest_tells_reasons_to_the_console_and_codes_to_all(chinese, client, admin_user):
    client.force_login(admin_user)
    body = client.get("/api/v1/tasks/none/").json()
    assert (body["code"], body["detail"]) == ("task_not_found", "没有任务 none。")
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    assert client.get("/api/v1/tasks/none/").json()["detail"] == "There is no task none."


def test_rest_tells_why_a_point_failed(chinese, make_media, make_ended):
    task = make_ended(make_media(), ["done", "failed"])
    Snapshot.objects.filter(picture="").update(error_message="There is no frame at this time.")
    body = chinese.get(f"/api/v1/tasks/{task.task_id}/").json()
    points = body["operations"][0]["points"]
    assert points[0]["error"] is None
    assert points[1]["error"] == {"code": "time_out_of_range", "message": "此处没有帧。"}
    make_media("bad.mp4", status="failed", probe=None, error_code="no_video",
               error_message="The file contains no video.")  # fmt: skip
    media = chinese.get("/api/v1/media/").json()["results"][0]
    assert media["error"] == {"code": "no_video", "message": "文件中没有视频。"}


def test_pictures_and_data_carry_no_language(chinese):
    for path in ("/healthz", reverse("api:task_list")):
        answer = chinese.get(path)
        assert "Content-Language" not in answer
        assert "Accept-Language" not in answer.get("Vary", "")
