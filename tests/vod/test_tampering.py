"""Calls that were touched on the way: whatever was signed counts, and nothing else does."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from snapshots.models import Media, SnapshotTemplate, SpentSignature, Task
from snapshots.services.security import access_keys
from snapshots.services.security.encryption import encrypt
from tests.support.concurrency import at_once

from .conftest import error_code_of
from .support import signer
from .support.mutations import TAMPERED
from .support.signer import Wire
from .support.signing_methods import CREATE, Family, Key, table
from .support.spellings import SAME

SECRET = "SKEXAMPLE0123456789"
SECRET_ID = "AKID0123456789abcdef0123456789abcdef"


@pytest.fixture
def key(
    presets: None,
    user_of: Callable[[str], User],
    make_media: Callable[..., Media],
    settings: Settings,
) -> Key:
    """A key that is the same on every run, so that the table is."""
    row = access_keys.create_key(user=user_of("Administrator")).key
    row.secret_id, row.secret_encrypted = SECRET_ID, encrypt(SECRET)
    row.save()
    settings.MEDIAHUB_MAX_TEMPLATES = 1000
    return Key(SECRET_ID, SECRET, make_media().file_id)


def done() -> int:
    """How many calls did something."""
    return SnapshotTemplate.objects.filter(type="custom").count() + Task.objects.count()


def test_the_table_is_large_and_the_same_every_time() -> None:
    key = Key(SECRET_ID, SECRET, "1")
    rows = [row for family in TAMPERED for row in table(family, key, 1531785600)]
    assert len(rows) >= 300
    assert rows == [row for family in TAMPERED for row in table(family, key, 1531785600)]
    assert len({row.what for row in rows}) > 0.9 * len(rows)


@pytest.mark.parametrize("family", TAMPERED, ids=lambda family: family.__name__)
def test_a_touched_call_is_refused(key: Key, family: Family) -> None:
    wrong = []
    for row in table(family, key, int(time.time())):
        code = error_code_of(row.wire)
        if not code.startswith(row.codes):
            wrong.append((row.what, code))
    assert not wrong
    assert done() == 0
    assert not SpentSignature.objects.exists()


@pytest.mark.parametrize("family", SAME, ids=lambda family: family.__name__)
def test_the_same_said_otherwise_is_answered(key: Key, family: Family) -> None:
    rows = table(family, key, int(time.time()))
    refused = [(row.what, code) for row in rows if (code := error_code_of(row.wire))]
    assert not refused
    assert done() == len(rows)


# --- At the same time ----------------------------------------------------------------------------


def all_at_once(wire: Wire, count: int = 8) -> list[str]:
    """What each of `count` threads is told that send the very same call together."""
    return sorted(at_once(*[partial(error_code_of, wire)] * count))


@pytest.mark.django_db(transaction=True)
def test_of_the_same_call_at_the_same_time_one_is_answered(key: Key) -> None:
    now = int(time.time())
    sign = (key.secret_id, key.secret_key)
    tc3 = signer.tc3(*sign, CREATE, {"Name": "tc3"}, now=now)
    assert all_at_once(tc3) == ["", *["FailedOperation.TaskDuplicate"] * 7]
    v1 = signer.v1(*sign, CREATE, {"Name": "v1"}, now=now, path="/", version="2018-07-17")
    assert all_at_once(v1) == ["", *["AuthFailure.SignatureFailure"] * 7]
    legacy = signer.v1(*sign, "TaskStatusStat", {}, now=now)
    assert all_at_once(legacy) == ["", *["4500"] * 7]
    assert sorted(template_names()) == ["tc3", "v1"]
    assert SpentSignature.objects.count() == 3


def template_names() -> list[str]:
    return [t.name for t in SnapshotTemplate.objects.filter(type="custom")]
