"""What holds for every call: the envelope, who may, what is refused before any action."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from snapshots.models import AccessKey, SnapshotTemplate, SpentSignature
from snapshots.services import templates as template_service
from snapshots.services.security import access_keys
from snapshots.services.work.sweeper import sweep
from snapshots.vod import current

from .conftest import Refused, Vod, send
from .support import signer

DESCRIBE = "DescribeSnapshotByTimeOffsetTemplates"
CREATE = "CreateSnapshotByTimeOffsetTemplate"


def code(vod: Vod, wire: signer.Wire) -> Any:
    answer = vod.answer(wire)
    if "Response" in answer:
        return answer["Response"].get("Error", {}).get("Code", "")
    return answer["code"]


def test_it_answers_for_every_way_of_signing(vod: Vod) -> None:
    key = vod.key.key.secret_id, vod.key.secret_key
    now = int(time.time())
    for method in ("GET", "POST"):
        wire = vod.signed(DESCRIBE, {"Definitions": [10], "Limit": 5}, method=method)
        assert vod.answer(wire)["Response"]["TotalCount"] == 1
        for algorithm in ("HmacSHA1", "HmacSHA256"):
            wire = signer.v1(
                *key, DESCRIBE, {"Definitions": [10]}, now=now, method=method, path="/",
                algorithm=algorithm, version="2018-07-17", Language="en-US", Region="",
            )  # fmt: skip
            assert vod.answer(wire)["Response"]["TotalCount"] == 1
            for path in ("/v2/index.php", "/v2/interface.php"):
                wire = signer.v1(
                    *key, "TaskStatusStat", {}, now=now, method=method, path=path,
                    algorithm=algorithm,
                )  # fmt: skip
                assert [row["totalCount"] for row in vod.answer(wire)["data"]] == [0, 0, 0]


def test_every_answer_has_an_id_of_its_own(vod: Vod) -> None:
    ids = [vod.answer(vod.signed(DESCRIBE, {}))["Response"]["RequestId"] for _ in range(2)]
    assert len(set(ids)) == 2
    assert vod.answer(signer.Wire("POST"))["Response"]["RequestId"]


def test_people_are_led_to_the_console(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/admin/"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(vod: Vod, method: str) -> None:
    assert code(vod, signer.Wire(method)) == "InvalidRequest"
    assert code(vod, signer.Wire(method, "/v2/index.php")) == 4000


def test_who_is_not_known(vod: Vod) -> None:
    now = int(time.time())
    stranger = signer.tc3("AKIDnobody", "secret", DESCRIBE, {}, now=now)
    assert code(vod, stranger) == "AuthFailure.SecretIdNotFound"
    wrong = signer.tc3(vod.key.key.secret_id, "secret", DESCRIBE, {}, now=now)
    assert code(vod, wrong) == "AuthFailure.SignatureFailure"
    AccessKey.objects.update(is_enabled=False)
    assert code(vod, vod.signed(DESCRIBE, {})) == "AuthFailure.SecretIdNotFound"
    legacy = signer.v1("AKIDnobody", "secret", "TaskStatusStat", {}, now=now)
    assert code(vod, legacy) == 4100


def test_a_malformed_authorization(vod: Vod) -> None:
    wire = vod.signed(DESCRIBE, {})
    right = wire.headers["Authorization"]
    for wrong in ("", "Basic eDp5", right[:-1], right.replace("/vod/", "/cvm/"), f"{right},x"):
        changed = wire.with_header("Authorization", wrong)
        assert code(vod, changed) == "AuthFailure.InvalidAuthorization", wrong
    no_host = vod.signed(DESCRIBE, {}, signed=("content-type",))
    assert code(vod, no_host) == "AuthFailure.InvalidAuthorization"


def test_clocks(vod: Vod) -> None:
    now = int(time.time())
    late = vod.signed(DESCRIBE, {}, now=now - 310)
    assert code(vod, late) == "AuthFailure.SignatureExpire"
    key = vod.key.key.secret_id, vod.key.secret_key
    old = signer.v1(*key, "TaskStatusStat", {}, now=now - 7300)
    assert code(vod, old) == 4200
    assert code(vod, signer.v1(*key, "TaskStatusStat", {}, now=now - 7100)) == 0


def test_a_missing_common_parameter(vod: Vod) -> None:
    assert code(vod, signer.Wire("GET", "/v2/index.php", "Action=TaskStatusStat")) == 4000
    assert code(vod, signer.Wire("GET", "/", "Action=DescribeTasks")) == "MissingParameter"


def test_actions_and_versions_that_there_are_not(vod: Vod) -> None:
    assert code(vod, vod.signed("NoSuchAction", {})) == "InvalidAction"
    assert code(vod, vod.signed(DESCRIBE, {}, version="2017-03-12")) == "NoSuchVersion"
    assert code(vod, vod.signed("", {})) == "MissingParameter"
    with pytest.raises(Refused) as caught:
        vod.legacy("ModifyVodInfo")
    assert caught.value.code == 6100


def test_the_legacy_generation_does_not_mind_a_small_first_letter(vod: Vod) -> None:
    assert len(vod.legacy("taskStatusStat")["data"]) == 3


@pytest.mark.parametrize(
    ("params", "wanted"),
    [
        ({"NoSuchField": 1}, "UnknownParameter"),
        ({"Limit": "5"}, "InvalidParameter"),
        ({"Limit": True}, "InvalidParameter"),
        ({"Limit": 1.5}, "InvalidParameter"),
        ({"Definitions": 10}, "InvalidParameter"),
        ({"Definitions": {"0": 10}}, "InvalidParameter"),
        ({"Definitions": ["10"]}, "InvalidParameter"),
        ({"Limit": 101}, "InvalidParameterValue.Limit"),
        ({"Type": "preset"}, "InvalidParameterValue.Type"),
        ({"Definitions": list(range(101))}, "InvalidParameterValue.Definitions"),
    ],
)
def test_parameters_that_the_schema_does_not_allow(
    vod: Vod, params: dict[str, Any], wanted: str
) -> None:
    with pytest.raises(Refused) as caught:
        vod.current(DESCRIBE, **params)
    assert caught.value.code == wanted
    assert caught.value.message.endswith(".")


def test_null_counts_as_not_given(vod: Vod) -> None:
    assert vod.current(DESCRIBE, Type=None, Limit=None)["TotalCount"] == 8


@pytest.mark.parametrize("body", [b"{", b"[]", b"1", b'{"a": NaN}', b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_json_object(vod: Vod, body: bytes) -> None:
    assert code(vod, vod.signed(DESCRIBE, {}, body=body)) == "InvalidParameter"


def test_too_large(vod: Vod) -> None:
    key = vod.key.key.secret_id, vod.key.secret_key
    long = vod.signed(DESCRIBE, {"Type": "x" * 33_000}, method="GET")
    assert code(vod, long) == "RequestSizeLimitExceeded"
    form = signer.v1(*key, "TaskStatusStat", {"a": "x" * (1 << 20)}, now=int(time.time()))
    assert code(vod, form) == 4000
    body = vod.signed(DESCRIBE, {"Type": "x" * (10 << 20)})
    assert code(vod, body) == "RequestSizeLimitExceeded"


def test_rights_are_the_users(vod_as: Callable[[str], Vod]) -> None:
    viewer, nobody = vod_as("Viewer"), vod_as("")
    assert viewer.current(DESCRIBE)["TotalCount"] == 8
    with pytest.raises(Refused) as caught:
        viewer.current(CREATE, Name="x")
    assert caught.value.code == "UnauthorizedOperation"
    assert "add_snapshottemplate" in caught.value.message
    for action in (DESCRIBE, "DescribeTasks", "PullEvents"):
        with pytest.raises(Refused) as caught:
            nobody.current(action)
        assert caught.value.code == "UnauthorizedOperation"
    with pytest.raises(Refused) as caught:
        nobody.legacy("TaskStatusStat")
    assert caught.value.code == 4300


def test_every_action_asks_for_a_right_that_there_is(vod: Vod) -> None:
    for action in current.ACTIONS:
        assert vod.user.has_perm(f"snapshots.{action.right}"), action.name


# --- Replays -------------------------------------------------------------------------------------


def test_a_call_that_changes_something_is_answered_once(vod: Vod) -> None:
    wire = vod.signed(CREATE, {"Name": "once"})
    assert code(vod, wire) == ""
    assert code(vod, wire) == "FailedOperation.TaskDuplicate"
    assert SnapshotTemplate.objects.filter(name="once").count() == 1


def unreachable(**_: object) -> None:
    raise OperationalError


def test_a_call_that_was_refused_is_refused_the_same_again(
    vod: Vod, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = vod.signed(CREATE, {"Name": "narrow", "Width": 1})
    assert [code(vod, wire), code(vod, wire)] == ["InvalidParameterValue.Width"] * 2
    assert not SpentSignature.objects.exists()
    wire = vod.signed(CREATE, {"Name": "later"})
    with monkeypatch.context() as away:
        away.setattr(template_service, "create", unreachable)
        assert code(vod, wire) == "ServiceUnavailable"
    assert code(vod, wire) == ""  # and once the database is back it is done
    assert code(vod, wire) == "FailedOperation.TaskDuplicate"


def test_a_call_that_only_reads_may_come_again(vod: Vod) -> None:
    wire = vod.signed(DESCRIBE, {})
    assert code(vod, wire) == ""
    assert code(vod, wire) == ""
    assert not SpentSignature.objects.exists()


def test_a_nonce_is_spent(vod: Vod) -> None:
    key = vod.key.key.secret_id, vod.key.secret_key
    now = int(time.time())
    wire = signer.v1(*key, "TaskStatusStat", {}, now=now)
    assert (code(vod, wire), code(vod, wire)) == (0, 4500)
    # with the same nonce and time but other words too
    one = signer.v1(*key, "TaskStatusStat", {}, now=now, nonce=77)
    other = signer.v1(*key, "GetTaskList", {}, now=now, nonce=77)
    assert (code(vod, one), code(vod, other)) == (0, 4500)
    current = signer.v1(
        *key, DESCRIBE, {}, now=now, path="/", version="2018-07-17"
    )  # fmt: skip
    assert (code(vod, current), code(vod, current)) == ("", "AuthFailure.SignatureFailure")


def test_a_wrong_signature_spends_nothing(vod: Vod) -> None:
    now = int(time.time())
    wrong = signer.v1(vod.key.key.secret_id, "wrong", "TaskStatusStat", {}, now=now, nonce=5)
    assert code(vod, wrong) == 4100
    assert not SpentSignature.objects.exists()


def test_spent_signatures_are_forgotten_when_they_could_not_come_again(vod: Vod) -> None:
    vod.legacy("TaskStatusStat")
    (spent,) = SpentSignature.objects.all()
    assert 7100 < spent.expires_at.timestamp() - time.time() < 7300
    assert sweep().dropped == 0
    SpentSignature.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert sweep().dropped == 1


# --- When something breaks -----------------------------------------------------------------------


def test_a_database_that_does_not_answer(vod: Vod, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(**_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(access_keys, "key_and_secret", locked)
    assert code(vod, vod.signed(DESCRIBE, {})) == "ServiceUnavailable"
    key = vod.key.key.secret_id, vod.key.secret_key
    assert code(vod, signer.v1(*key, "TaskStatusStat", {}, now=int(time.time()))) == 6200


def test_an_internal_error_has_the_vod_form(vod: Vod, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(template_service, "create", broken)
    answer = vod.answer(vod.signed(CREATE, {}))["Response"]["Error"]
    assert answer["Code"] == "InternalError"
    assert "secret" not in answer["Message"]


def test_a_key_used_is_noted(vod: Vod) -> None:
    vod.current(DESCRIBE)
    assert AccessKey.objects.get().last_used_at is not None


def test_answers_are_not_cached(vod: Vod) -> None:
    assert "no-store" in send(vod.signed(DESCRIBE, {})).headers["Cache-Control"]
