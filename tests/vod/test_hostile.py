"""What a stranger or a holder of a key may try: no call ends in a fault, a flood or a secret."""

from __future__ import annotations

import random
import time

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import UnreadablePostError

from snapshots.models import Media, Task
from snapshots.vod import authentication, signing

from .conftest import Vod, error_code_of, send
from .support import signer, signing_methods
from .support.signer import Wire

DESCRIBE = "DescribeSnapshotByTimeOffsetTemplates"


def test_a_fault_is_logged_without_secrets(
    vod: Vod, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(self: object, secret: str, aliases: object) -> bool:
        raise RuntimeError("a fault")

    monkeypatch.setattr(signing.tc3.SignedTc3, "verify", broken)
    answer = vod.answer(vod.signed("DescribeTasks", {}))
    assert answer["Response"]["Error"]["Code"] == "InternalError"
    logged = "".join(capsys.readouterr())
    assert "RuntimeError: a fault" in logged
    assert vod.key.secret_key not in logged


# --- Odd parameters ------------------------------------------------------------------------------

HUGE = 10**400
NUMBERS = [HUGE, -HUGE, True, "1", [], {}, None]


@pytest.mark.parametrize("value", NUMBERS, ids=lambda value: repr(value)[:12])
def test_numbers_of_any_size(vod: Vod, value: object, ready_media: Media) -> None:
    snapshots = {"Definition": 10, "TimeOffsetSet": [value]}
    wire = vod.signed(
        "ProcessMedia",
        {
            "FileId": ready_media.file_id,
            "MediaProcessTask": {"SnapshotByTimeOffsetTaskSet": [snapshots]},
        },
    )
    assert error_code_of(wire).startswith("InvalidParameter")
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "a..b", ".", "..", "", ".x", "x.", "a.0x", "Definitions.", "Definitions.x",
        "Definitions.-1", "Definitions.0.0", "Definitions.٣.x", "Limit.0", "Definitions",
        "Definitions.0" + "9" * 5000, "x" * 20_000, ".".join("x" * 12), ".".join("x" * 13),
        "." * 5000, "\x00", "é", "__class__", "Limit.__class__", "Definitions._",
    ],
    ids=lambda name: ascii(name)[:20],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_names_of_any_form(vod: Vod, name: str, method: str) -> None:
    key = vod.key.key.secret_id, vod.key.secret_key
    params = {name: "x"}
    v1 = signer.v1(
        *key, DESCRIBE, params, now=int(time.time()), path="/", version="2018-07-17", method=method
    )
    for wire in (v1, vod.signed(DESCRIBE, params, method=method)):
        answer = vod.answer(wire)["Response"]
        assert answer["Error"]["Code"] in ("InvalidParameter", "UnknownParameter")
        assert len(answer["Error"]["Message"]) < 200


def test_a_name_as_a_value_and_as_an_object_is_not_repeated_at_length(vod: Vod) -> None:
    name = "x" * 10_000
    wire = signer.tc3(
        vod.key.key.secret_id, vod.key.secret_key, DESCRIBE, {name: "1", f"{name}.y": "2"},
        now=int(time.time()), method="GET",
    )  # fmt: skip
    error = vod.answer(wire)["Response"]["Error"]
    assert error["Code"] == "InvalidParameter"
    assert len(error["Message"]) < 200


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z", "x", "2020"],
)
@pytest.mark.parametrize("action", ["DescribeTasks", "SearchMedia"])
def test_times_at_the_ends_of_the_calendar(vod: Vod, action: str, moment: str) -> None:
    for name in ("After", "Before"):
        code = error_code_of(vod.signed(action, {"CreateTime": {name: moment}}))
        assert code == ("" if moment.endswith("Z") else "InvalidParameterValue")


@pytest.mark.parametrize(
    "body",
    [
        b'{"Type": "\\ud800"}', b'{"\\ud800": 1}', b'{"Type": "\\u0000"}', b'{"Limit": 1e400}',
        b'{"Limit": ' + b"9" * 5000 + b"}", b'{"Definitions": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"a": ' * 50_000, b'{"Type": "\xff"}', '{"Limit": 1}x'.encode("utf-16"), b"null", b'""',
        b'{"Limit": -Infinity}', b"\x00",
    ],
    ids=lambda body: ascii(body)[:20],
)  # fmt: skip
def test_bodies_of_any_form(vod: Vod, body: bytes) -> None:
    wanted = ("InvalidParameter", "UnknownParameter")
    assert error_code_of(vod.signed(DESCRIBE, {}, body=body)).startswith(wanted)


@pytest.mark.parametrize(
    "sent", ["%FF", "%ED%A0%80", "\xff", "%00", "%", "%zz", "&" * 9000, "=&=&="]
)
def test_forms_of_any_form(vod: Vod, sent: str) -> None:
    rest = f"Action={DESCRIBE}&SecretId={vod.key.key.secret_id}&Nonce=1&Signature=x"
    timed = f"{rest}&Timestamp={int(time.time())}&{sent}"
    for wire in (Wire("GET", "/", timed), Wire("POST", "/", body=timed.encode("latin-1"))):
        wanted = ("AuthFailure.SignatureFailure", "InvalidParameter")
        assert error_code_of(wire) in wanted


# --- Before anybody is known ---------------------------------------------------------------------


def test_a_stranger_has_nothing_parsed(vod: Vod, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of 10 MB is hashed for anybody, and read for those with a key."""
    monkeypatch.setattr(authentication, "_json", None)
    monkeypatch.setattr(authentication, "nest", None)
    now = int(time.time())
    for way in (*signing_methods.TC3, *signing_methods.V1):
        key = signing_methods.Key(vod.key.key.secret_id, "wrong", "1")
        assert error_code_of(way.signed(key, random.Random(1), now)) in (
            "AuthFailure.SignatureFailure",
            "4100",
        )


def test_more_fields_than_a_page_of_ours_takes(vod: Vod) -> None:
    many = "&".join(["a"] * 5000)
    assert error_code_of(Wire("POST", "/", many)) == "MissingParameter"
    assert error_code_of(Wire("GET", "/", f"{many}&Action=x")) == "MissingParameter"
    assert error_code_of(Wire("GET", "/", f"%41ction=x&{many}")) == "MissingParameter"
    assert send(Wire("GET", "/", many)).status_code == 302


def test_a_client_that_hangs_up_is_no_fault_of_ours(
    vod: Vod, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut(self: object, *_: object) -> bytes:
        raise UnreadablePostError("gone")

    monkeypatch.setattr(WSGIRequest, "read", cut)
    assert error_code_of(Wire("POST", "/", headers={"X-TC-Action": "x"})) == "InvalidRequest"
    assert "a call failed" not in "".join(capsys.readouterr())
