"""One rule for names and tags: the same by console, REST, VOD, import, pulls and tus."""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from snapshots.models import AccessKey, Media, Procedure, SnapshotTemplate, Upload
from snapshots.services.security import access_keys
from tests.vod.conftest import Refused, Vod

MEDIA, UPLOADS = "/api/v1/media/", "/api/v1/uploads/"
URL = "http://93.184.216.34/"  # a public address, which nothing here connects to
DATA = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(range(256)) * 16
REFUSED = ["a\nb", "x.mp4\n", "a\tb", "a\x7fb", "a\u2028b", "\u202e4pm.exe", "a\u2066b",
           "\u200b\u200d", "\u3164", "\u2800"]  # fmt: skip
DECOMPOSED, COMPOSED = unicodedata.normalize("NFD", "Übersicht"), "Übersicht"

Setter = Callable[[str], str | None]  # the name as it is stored; None where it is refused


class Interfaces:
    """Every way to name a media item or a tag."""

    def __init__(self, api: APIClient, user: User, media: Media, folder: Path) -> None:
        self.api, self.media, self.folder = api, media, folder
        self.console = Client()
        self.console.force_login(user)
        self.vod = Vod(user, access_keys.create_key(user=user))
        self.page = reverse("admin:snapshots_media_change", args=[media.pk])

    # --- Names that are given ---

    def console_form(self, name: str) -> str | None:
        self.console.post(self.page, {"name": name, "description": "", "tags": ""})
        return self._changed()

    def rest_change(self, name: str) -> str | None:
        self.api.patch(f"{MEDIA}{self.media.file_id}/", {"name": name}, format="json")
        return self._changed()

    def rest_upload(self, name: str) -> str | None:
        file = SimpleUploadedFile("clip.mp4", DATA, "video/mp4")
        self.api.post(MEDIA, {"file": file, "name": name}, format="multipart")
        return self._added()

    def rest_pull(self, name: str) -> str | None:
        self.api.post(MEDIA, {"url": f"{URL}clip.mp4", "name": name}, format="json")
        return self._added()

    def vod_change(self, name: str) -> str | None:
        self._vod("ModifyMediaInfo", FileId=self.media.file_id, Name=name)
        return self._changed()

    def vod_pull(self, name: str) -> str | None:
        self._vod("PullUpload", MediaUrl=f"{URL}clip.mp4", MediaName=name)
        return self._added()

    def tus_name(self, name: str) -> str | None:
        return self._tus("name", name)

    # --- Names of files and URLs ---

    def upload(self, name: str) -> str | None:
        self.api.post(MEDIA, {"file": SimpleUploadedFile(name, DATA)}, format="multipart")
        return self._added()

    def console_upload(self, name: str) -> str | None:
        page = reverse("admin:snapshots_media_add")
        self.console.post(page, {"files": SimpleUploadedFile(name, DATA)})
        return self._added()

    def import_media(self, name: str) -> str | None:
        (self.folder / name).write_bytes(DATA)
        call_command("import_media", str(self.folder / name))
        return self._added()

    def link(self, name: str) -> str | None:
        (self.folder / name).write_bytes(DATA)
        call_command("import_media", "--link", str(self.folder / name))
        return self._added()

    def pull(self, name: str) -> str | None:
        self.api.post(MEDIA, {"url": URL + quote(name, safe="")}, format="json")
        return self._added()

    def tus_file(self, name: str) -> str | None:
        return self._tus("filename", name)

    # --- Tags ---

    def console_tag(self, tag: str) -> str | None:
        self.console.post(self.page, {"name": "Old", "description": "", "tags": tag})
        return self._tag()

    def rest_tag(self, tag: str) -> str | None:
        self.api.patch(f"{MEDIA}{self.media.file_id}/", {"tags": [tag]}, format="json")
        return self._tag()

    def vod_tag(self, tag: str) -> str | None:
        self._vod("ModifyMediaInfo", FileId=self.media.file_id, AddTags=[tag])
        return self._tag()

    def _vod(self, action: str, **params: Any) -> None:
        with suppress(Refused):
            self.vod.current(action, **params)

    def _tus(self, key: str, name: str) -> str | None:
        value = base64.b64encode(name.encode()).decode()
        self.api.post(
            UPLOADS, b"", content_type="application/offset+octet-stream",
            headers={"Tus-Resumable": "1.0.0", "Upload-Length": str(len(DATA)),
                     "Upload-Metadata": f"{key} {value}"},
        )  # fmt: skip
        return Upload.objects.values_list("name", flat=True).first()

    def _changed(self) -> str | None:
        self.media.refresh_from_db()
        return None if self.media.name == "Old" else self.media.name

    def _added(self) -> str | None:
        return Media.objects.exclude(pk=self.media.pk).values_list("name", flat=True).first()

    def _tag(self) -> str | None:
        tags = Media.objects.get(pk=self.media.pk).tags
        assert len(tags) < 2
        return tags[0] if tags else None


GIVEN = ["console_form", "rest_change", "rest_upload", "rest_pull", "vod_change", "vod_pull",
         "tus_name"]  # fmt: skip
OF_FILES = ["upload", "console_upload", "import_media", "link", "pull", "tus_file"]
TAGS = ["console_tag", "rest_tag", "vod_tag"]


@pytest.fixture
def interfaces(
    api: APIClient, user_of: Callable[[str], User], make_media: Callable[..., Media], tmp_path: Path
) -> Interfaces:
    user = user_of("Administrator")
    user.is_staff = user.is_superuser = True
    user.save()
    return Interfaces(api, user, make_media("Old"), tmp_path)


@pytest.mark.parametrize("way", GIVEN)
@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_a_name_that_is_given_is_refused_everywhere(
    interfaces: Interfaces, way: str, name: str
) -> None:
    assert getattr(interfaces, way)(name) is None


@pytest.mark.parametrize("way", OF_FILES)
@pytest.mark.parametrize("name", ["a\x7fb", "a\u2028b", "\u202e4pm.exe", "a\u2066b"], ids=ascii)
def test_the_name_of_a_file_is_mended_everywhere(
    interfaces: Interfaces, way: str, name: str
) -> None:
    stored = getattr(interfaces, way)(name)
    readable = "".join(char for char in name if char.isprintable())
    assert stored
    assert stored.isprintable()
    assert stored.replace("\N{REPLACEMENT CHARACTER}", "") == readable


@pytest.mark.parametrize("way", ["upload", "import_media", "link", "pull"])
def test_a_file_whose_name_cannot_be_seen_gets_one_that_can(
    interfaces: Interfaces, way: str
) -> None:
    assert getattr(interfaces, way)("\u200b\u3164") in ("video", "93.184.216.34")


@pytest.mark.parametrize("way", [*GIVEN, *OF_FILES, *TAGS])
def test_every_name_and_tag_is_stored_composed(interfaces: Interfaces, way: str) -> None:
    assert getattr(interfaces, way)(DECOMPOSED) == COMPOSED


@pytest.mark.parametrize(
    ("way", "tag"),
    [
        (way, tag)
        for way in TAGS
        for tag in REFUSED
        if not tag.endswith("\n")
        if way != "console_tag" or "\n" not in tag  # a line break separates tags there
    ],
    ids=ascii,
)
def test_a_tag_is_refused_everywhere(interfaces: Interfaces, way: str, tag: str) -> None:
    assert getattr(interfaces, way)(tag) is None


@pytest.mark.parametrize("way", ["rest_tag", "vod_tag"])
@pytest.mark.parametrize("tag", ["a,b", "a，b", ",", "a\n"])
def test_a_tag_with_a_separator_of_the_console_is_refused(
    interfaces: Interfaces, way: str, tag: str
) -> None:
    assert getattr(interfaces, way)(tag) is None


def test_a_name_and_a_tag_are_found_in_either_form(interfaces: Interfaces) -> None:
    assert interfaces.rest_change(COMPOSED) == COMPOSED
    assert interfaces.rest_tag("e\N{COMBINING ACUTE ACCENT}te") == "\xe9te"
    for text in (COMPOSED, DECOMPOSED, "\xe9te", "e\N{COMBINING ACUTE ACCENT}te"):
        assert len(interfaces.api.get(MEDIA, {"search": text}).json()["results"]) == 1
    for criterion in ({"Names": [DECOMPOSED]}, {"NamePrefixes": [DECOMPOSED[:3]]},
                      {"Tags": ["e\N{COMBINING ACUTE ACCENT}te"]}):  # fmt: skip
        assert interfaces.vod.current("SearchMedia", **criterion)["TotalCount"] == 1


def test_a_tag_is_deleted_in_either_form(interfaces: Interfaces) -> None:
    assert interfaces.rest_tag(COMPOSED) == COMPOSED
    interfaces.vod.current(
        "ModifyMediaInfo", FileId=interfaces.media.file_id, DeleteTags=[DECOMPOSED]
    )
    assert interfaces.media.tags == []


@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_templates_flows_and_keys_follow_the_rule_too(interfaces: Interfaces, name: str) -> None:
    api, vod = interfaces.api, interfaces.vod
    templates, keys = SnapshotTemplate.objects.count(), AccessKey.objects.count()
    assert api.post("/api/v1/templates/", {"name": name}, format="json").status_code == 400
    with pytest.raises(Refused, match="Name"):
        vod.current(
            "CreateSnapshotByTimeOffsetTemplate", Name=name, Width=128, Height=128, Format="jpg"
        )
    with pytest.raises(Refused, match="ProcedureName"):
        vod.current("CreateProcedureTemplate", Name=name)
    with pytest.raises(CommandError):
        call_command("create_access_key", vod.user.username, "--name", name)
    if not name.endswith("\n"):  # which a form strips
        page = reverse("admin:snapshots_accesskey_add")
        interfaces.console.post(page, {"name": name, "user": vod.user.pk})
    assert SnapshotTemplate.objects.count() == templates
    assert AccessKey.objects.count() == keys
    assert not Procedure.objects.exists()


def test_a_flow_is_found_in_either_form(interfaces: Interfaces) -> None:
    interfaces.vod.current(
        "CreateProcedureTemplate", Name=DECOMPOSED,
        MediaProcessTask={"SnapshotByTimeOffsetTaskSet": [
            {"Definition": 10, "ExtTimeOffsetSet": ["1s"]}]},
    )  # fmt: skip
    assert Procedure.objects.get().name == COMPOSED
    interfaces.vod.current("DeleteProcedureTemplate", Name=DECOMPOSED)


def test_the_refusals_have_codes(interfaces: Interfaces) -> None:
    path = f"{MEDIA}{interfaces.media.file_id}/"
    answer = interfaces.api.patch(path, {"name": "a\nb", "tags": ["x", "a,b"]}, format="json")
    assert {problem["field"]: problem["code"] for problem in answer.json()["errors"]} == {
        "name": "invalid_name",
        "tags.1": "invalid_tag",
    }
    for values, code in (({"Name": "x.mp4\n"}, "Name"), ({"AddTags": ["a,b"]}, "Tags")):
        with pytest.raises(Refused) as refused:
            interfaces.vod.current("ModifyMediaInfo", FileId=interfaces.media.file_id, **values)
        assert refused.value.code == f"InvalidParameterValue.{code}"
