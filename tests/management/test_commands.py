"""The smaller commands: output, effects and exit codes."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command

from snapshots.models import AccessKey, Media, SnapshotTemplate
from snapshots.services import templates
from snapshots.services.library import media
from snapshots.services.security import access_keys
from snapshots.services.work import pipeline
from tests.support import storage_paths
from tests.video.made import numbered


def run(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def run_json(*words: object) -> Any:
    return json.loads(run(*words, "--json"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return numbered.make(tmp_path_factory.mktemp("commands") / "clip.mp4", frames=30)


# --- seed_presets --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_seeding_creates_once_and_then_changes_nothing() -> None:
    first = run_json("seed_presets")
    assert 10 in first["created"]
    assert len(first["created"]) >= 7
    before = list(SnapshotTemplate.objects.values())
    assert run_json("seed_presets") == {
        "created": [],
        "updated": [],
        "unchanged": first["created"],
    }
    assert list(SnapshotTemplate.objects.values()) == before


@pytest.mark.django_db
def test_preset_10_is_the_vod_apis() -> None:
    run("seed_presets")
    ten = SnapshotTemplate.objects.get(pk=10)
    assert (ten.format, ten.width, ten.height, ten.resolution_adaptive, ten.fill_type) == (
        "jpg", 0, 0, True, "stretch",
    )  # fmt: skip


@pytest.mark.django_db
def test_seeding_corrects_presets_and_leaves_custom_templates() -> None:
    run("seed_presets")
    custom = templates.create(values={"name": "mine", "width": 640})
    SnapshotTemplate.objects.filter(pk=10).update(quality=5)
    SnapshotTemplate.objects.filter(pk=30).delete()
    report = run_json("seed_presets")
    assert (report["created"], report["updated"]) == ([30], [10])
    assert SnapshotTemplate.objects.get(pk=10).quality == 90
    custom.refresh_from_db()
    assert (custom.name, custom.width, custom.definition >= 10001) == ("mine", 640, True)


@pytest.mark.django_db
def test_a_dry_run_writes_nothing() -> None:
    assert 10 in run_json("seed_presets", "--dry-run")["created"]
    assert not SnapshotTemplate.objects.exists()
    assert not Group.objects.exists()


@pytest.mark.django_db
def test_seeding_makes_the_three_groups() -> None:
    run("seed_presets")
    rights = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.all()
    }
    assert set(rights) == {"Viewer", "Editor", "Administrator"}
    assert all(codename.startswith("view_") for codename in rights["Viewer"])
    assert {"add_task", "change_media", "delete_media"} <= rights["Editor"]
    assert "change_user" not in rights["Editor"]
    assert {"change_user", "add_accesskey"} <= rights["Administrator"]


@pytest.mark.django_db
def test_the_fixture_loads_by_itself() -> None:
    call_command("loaddata", "preset_templates", verbosity=0)
    assert run_json("seed_presets")["created"] == []


# --- create_access_key ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_key_is_printed_once_and_works() -> None:
    User.objects.create_user("ada")
    made = run_json("create_access_key", "ada", "--name", "robot")
    row = access_keys.authenticate(**made)
    assert row
    assert (row.user.username, row.name) == ("ada", "robot")
    assert made["secret_key"].encode() not in bytes(AccessKey.objects.get().secret_encrypted)
    assert access_keys.authenticate(secret_id=made["secret_id"], secret_key="wrong") is None
    assert access_keys.authenticate(secret_id="AKIDnobody", secret_key="wrong") is None


@pytest.mark.django_db
def test_disabled_key_or_user_is_rejected() -> None:
    user = User.objects.create_user("ada")
    made = run_json("create_access_key", "ada")
    AccessKey.objects.update(is_enabled=False)
    assert access_keys.authenticate(**made) is None
    AccessKey.objects.update(is_enabled=True)
    assert access_keys.authenticate(**made)
    user.is_active = False
    user.save()
    assert access_keys.authenticate(**made) is None


@pytest.mark.django_db
def test_a_key_needs_a_user() -> None:
    with pytest.raises(CommandError, match="no user nobody"):
        run("create_access_key", "nobody")


# --- import_media --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_importing_copies_the_file(clip: Path) -> None:
    (result,) = run_json("import_media", clip)
    row = Media.objects.get(file_id=result["file_id"])
    assert result == {
        "path": str(clip), "file_id": row.file_id, "status": "probing", "error": None,
    }  # fmt: skip
    stored = storage_paths.source_path(row.source)
    assert stored != clip
    assert stored.read_bytes() == clip.read_bytes()
    assert clip.name not in str(stored)


@pytest.mark.django_db(transaction=True)
def test_linked_file_is_used_in_place_and_never_deleted(clip: Path) -> None:
    (result,) = run_json("import_media", clip, "--link")
    row = Media.objects.get(file_id=result["file_id"])
    assert row.link == str(clip)
    assert pipeline.probe_next()
    row.refresh_from_db()
    assert (row.status, row.source_type) == ("ready", "link")
    media.delete(media=row)
    assert clip.exists()


@pytest.mark.django_db
def test_failed_imports_are_named_and_the_others_succeed(clip: Path, tmp_path: Path) -> None:
    text = tmp_path / "list.m3u8"
    text.write_text("#EXTM3U\nhttp://127.0.0.1/x.ts\n")
    empty = tmp_path / "empty.mp4"
    empty.touch()
    out = StringIO()
    with pytest.raises(CommandError, match="3 of 4"):
        call_command(
            "import_media", str(clip), str(text), str(empty), "/nowhere", "--json", stdout=out
        )
    results = json.loads(out.getvalue())
    codes = [(result["error"] or {}).get("code") for result in results]
    assert codes == [None, "unsupported", "invalid", "invalid"]
    assert Media.objects.count() == 1


# --- probe, doctor -------------------------------------------------------------------------------


def test_probe_says_what_a_file_holds(clip: Path) -> None:
    shape = run_json("probe", clip)
    expected = {"container": "mp4", "codec": "h264", "width": 160, "height": 96, "fps": 30.0}
    assert expected.items() <= shape.items()
    assert shape["duration_s"] == 1.0
    assert "container: " in run("probe", clip)


def test_probe_accepts_a_relative_path(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip.parent)
    assert run_json("probe", clip.name)["codec"] == "h264"


def test_probe_names_the_code_of_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no_video"):
        run("probe", numbered.make_sound(tmp_path / "sound.mp4"))
    with pytest.raises(CommandError, match="cannot be read"):
        run("probe", tmp_path / "nowhere.mp4")


@pytest.mark.django_db
def test_doctor_names_problems_with_their_fixes() -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="need attention"):
        call_command("doctor", "--json", stdout=out)
    found = {finding["name"]: finding for finding in json.loads(out.getvalue())}
    assert found["sandbox"]["is_ok"]
    assert found["database"]["is_ok"]
    assert not found["presets"]["is_ok"]
    assert "seed_presets" in found["presets"]["fix"]
    assert not found["workers"]["is_ok"]
