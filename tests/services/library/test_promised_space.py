"""Promised space: uploads of every kind and pulls count before their bytes have come."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from snapshots import storage
from snapshots.errors import StorageFull, Throttled
from snapshots.models import Task, Upload
from snapshots.services.library import promised_space, resumable_uploads
from snapshots.services.library.upload_validators import FREE_FLOOR_BYTES
from snapshots.services.tasks import pulls
from tests.support.concurrency import at_once
from tests.web.test_upload_handler import Body, send

MB = 2**20
ADD = reverse("admin:snapshots_media_add")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def incoming(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.FILE_UPLOAD_TEMP_DIR


@pytest.fixture
def free(monkeypatch):
    """100 MiB above the floor."""
    monkeypatch.setattr(storage, "free_bytes", lambda: FREE_FLOOR_BYTES + 100 * MB)


def begin(user, length=MB):
    return resumable_uploads.create(owner=user, length=length, name="a.mp4")


def test_unfinished_uploads_of_all_users_count(free, user_of):
    first = begin(user_of(), 60 * MB)
    with pytest.raises(StorageFull):
        begin(user_of(), 41 * MB)
    begin(user_of(), 40 * MB)
    resumable_uploads.discard(upload=first)
    begin(user_of(), 60 * MB)


def test_bytes_that_have_come_count_once(free, user_of):
    upload = begin(user_of(), 60 * MB)
    storage.incoming_path(upload.upload_id).write_bytes(bytes(10 * MB))
    promised_space.check(50 * MB)  # those 10 MiB are no longer free
    with pytest.raises(StorageFull):
        promised_space.check(50 * MB + 1)


def test_expired_and_finished_uploads_promise_nothing(free, user_of):
    upload, other = begin(user_of(), 60 * MB), begin(user_of(), 40 * MB)
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    Upload.objects.filter(pk=other.pk).update(is_done=True)
    promised_space.check(100 * MB)


def test_a_pull_under_way_counts_for_others_and_not_for_itself(free):
    task = pulls.create(url="https://example.com/a.mp4", interface=Task.Interface.REST)
    pull = task.pull
    pull.total_bytes = 70 * MB
    pull.save()
    storage.incoming_path(pull.incoming).touch()
    with pytest.raises(StorageFull):
        promised_space.check(31 * MB)
    promised_space.check(70 * MB, except_pull=pull.pk)


def test_a_form_under_way_counts_until_it_has_come(admin_client, incoming, free):
    seen = []

    class Watched(Body):
        def read(self, size=-1):
            if self.sent:
                seen.append(sum(storage.reservations()))
            return super().read(size)

        readline = read

    assert send(admin_client, ADD, Watched(incoming, 8 * MB)).status_code == 302
    assert seen == sorted(seen, reverse=True)
    assert 7 * MB < seen[0] < 9 * MB
    assert seen[-1] < MB
    assert sum(storage.reservations()) == 0


def test_a_form_that_does_not_fit_beside_promises_is_not_read(
    admin_client, incoming, free, user_of
):
    begin(user_of(), 95 * MB)
    body = Body(incoming, 8 * MB)
    assert (send(admin_client, ADD, body).status_code, body.sent) == (507, 0)


def test_a_form_that_breaks_off_promises_nothing_more(admin_client, incoming):
    class Broken(Body):
        def read(self, size=-1):
            if self.sent > MB:
                raise OSError
            return super().read(size)

        readline = read

    send(admin_client, ADD, Broken(incoming, 8 * MB))
    assert list(incoming.iterdir()) == []


def test_a_user_may_have_so_many_unfinished_uploads(settings, user_of):
    settings.MEDIAHUB_LIMIT_UPLOAD_OPEN = 2
    user = user_of()
    first, _ = begin(user), begin(user)
    with pytest.raises(Throttled, match="You have 2 unfinished uploads"):
        begin(user)
    assert Upload.objects.count() == len(list(storage.incoming_path("x").parent.iterdir())) == 2
    begin(user_of())
    resumable_uploads.discard(upload=first)
    begin(user)


def test_the_default_is_20(user_of):
    user = user_of()
    for _ in range(20):
        begin(user)
    with pytest.raises(Throttled):
        begin(user)


def test_rest_answers_429_and_507(api, settings, free):
    settings.MEDIAHUB_LIMIT_UPLOAD_OPEN = 1

    def post(length):
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length)}
        return api.post("/api/v1/uploads/", headers={**headers, "Upload-Metadata": "name YQ=="})

    assert (post(101 * MB).status_code, post(MB).status_code) == (507, 201)
    response = post(MB)
    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert response["Retry-After"] == "60"


def test_forms_count_among_a_users_uploads(admin_client, admin_user, incoming, settings):
    settings.MEDIAHUB_LIMIT_UPLOAD_OPEN = 1
    begin(admin_user)
    body = Body(incoming, MB)
    assert (send(admin_client, ADD, body).status_code, body.sent) == (429, 0)
    form = storage.Reservation(str(admin_user.pk), MB)
    settings.MEDIAHUB_LIMIT_UPLOAD_OPEN = 2
    with pytest.raises(Throttled):
        begin(admin_user)
    form.close()
    begin(admin_user)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_both_get_the_last_space(free, user_of):
    granted = []

    def one(user):
        with suppress(StorageFull):
            granted.append(begin(user, 60 * MB))

    at_once(*(partial(one, user_of()) for _ in range(4)))
    assert len(granted) == 1
