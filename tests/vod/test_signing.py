"""Signatures: the published vectors, and what the SDKs really sent."""

from __future__ import annotations

import pytest

from snapshots.vod.errors import VodError
from snapshots.vod.signing import Call, read_tc3, read_v1

SECRET = "SKEXAMPLE0123456789"


def tc3_call(**changes: object) -> Call:
    signature = "3ccf212a3505543c9115ffd949196210f7404d1995a7d60310bcc2d0e9ecd154"
    headers = {
        "host": "127.0.0.1:8000",
        "content-type": "application/json",
        "x-tc-timestamp": "1539084154",
        "authorization": (
            "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2018-10-09/vod/tc3_request, "
            f"SignedHeaders=content-type;host, Signature={signature}"
        ),
    }
    values = {
        "method": "POST", "path": "/", "query": "", "headers": headers,
        "body": b'{"FileId": "5285890784246869930"}',
    }  # fmt: skip
    return Call(**{**values, **changes})  # type: ignore[arg-type]


def test_the_vector_of_tc3() -> None:
    signed = read_tc3(tc3_call(), now=1539084154)
    assert signed.secret_id == "AKIDEXAMPLE"
    assert signed.verify(SECRET, ())
    assert not signed.verify(SECRET + "0", ())


def test_a_body_that_was_touched_is_another() -> None:
    signed = read_tc3(tc3_call(body=b'{"FileId":"5285890784246869930"}'), now=1539084154)
    assert not signed.verify(SECRET, ())


@pytest.mark.parametrize("off", [-301, 301])
def test_the_clock_may_be_off_by_five_minutes(off: int) -> None:
    read_tc3(tc3_call(), now=1539084154 + off - off // abs(off))
    with pytest.raises(VodError) as caught:
        read_tc3(tc3_call(), now=1539084154 + off)
    assert caught.value.code == "AuthFailure.SignatureExpire"
    assert caught.value.number == 4200


V1 = [
    (
        "Gu5t9xGARNpq86cd98joQYCN3Cozk1qA",
        "GET", "cvm.api.qcloud.com",
        "Action=DescribeInstances&Nonce=11886&Region=gz"
        "&SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA&Timestamp=1465185768"
        "&instanceIds.0=ins-09dx96dg&limit=20&offset=0",
        "NSI3UqqD99b%2FUJb4tbG%2FxZpRW64%3D",
    ),
    (
        SECRET, "GET", "127.0.0.1:8443",
        "Action=CreateSnapshotByTimeOffset&Nonce=11886&Region=gz&RequestClient=SDK_PYTHON_2.0.15"
        "&SecretId=AKIDEXAMPLE0123456789&SignatureMethod=HmacSHA1&Timestamp=1500000000"
        "&definition=10&fileId=5285890784246869930&timeOffset.0=0&timeOffset.1=1500",
        "ouLMWjToXLj8fHy%2F%2BFesIxNXAeM%3D",
    ),
    (
        SECRET, "POST", "127.0.0.1:8443",
        "Action=PullEvent&Nonce=11886&Region=gz&RequestClient=SDK_PYTHON_2.0.15"
        "&SecretId=AKIDEXAMPLE0123456789&SignatureMethod=HmacSHA256&Timestamp=1500000000",
        "kb7oeeTteGcTxNxt7vEoYiBZyQgThpg81Kup8jkDGkU%3D",
    ),
]  # fmt: skip
# From captures of the SDKs; the secret of all is the same.
CAPTURED = [
    (
        "GET", "/v2/index.php", "127.0.0.1:40517",
        "fileId=24961954183381008&definition=10&timeOffset.0=0&timeOffset.1=1500&timeOffset.2=3000"
        "&Action=CreateSnapshotByTimeOffset&RequestClient=SDK_PYTHON_2.0.15&Region=gz"
        "&SecretId=AKIDEXAMPLE0123456789&Nonce=7529188734038537452&Timestamp=1795380838"
        "&SignatureMethod=HmacSHA1&Signature=m4auF3A79uH9fmuFto53xhD7pbE%3D",
    ),
    (
        "POST", "/v2/index.php", "127.0.0.1:40517",
        "fileId=24961954183381008&snapshotByTimeOffset.definition=10"
        "&snapshotByTimeOffset.timeOffset.0=300&snapshotByTimeOffset.timeOffset.1=400"
        "&coverBySnapshot.definition=10&coverBySnapshot.positionType=Percent"
        "&coverBySnapshot.position=10&notifyMode=Finish&Action=ProcessFile"
        "&RequestClient=SDK_PYTHON_2.0.15&Region=gz&SecretId=AKIDEXAMPLE0123456789"
        "&Nonce=8613527633297299364&Timestamp=1795380838&SignatureMethod=HmacSHA256"
        "&Signature=WT14HUOhgX6KNxr1rGZPcuAw8M81NCS2iRzZD%2B634mA%3D",
    ),
    (
        "GET", "/v2/index.php", "127.0.0.1:40517",
        "file_Id=1&fileName=%E4%B8%AD%E6%96%87+%E5%90%8D%2B1%26x%3D%40y&Action=ModifyVodInfo"
        "&RequestClient=SDK_PYTHON_2.0.15&Region=gz&SecretId=AKIDEXAMPLE0123456789"
        "&Nonce=1027862878770259556&Timestamp=1795380838&SignatureMethod=HmacSHA1"
        "&Signature=vLDg3UcyWAG56zyguc%2F8Mwyb6AM%3D",
    ),
    (
        "POST", "/", "127.0.0.1:36427",
        "FileId=5285485487985271487"
        "&MediaProcessTask.SnapshotByTimeOffsetTaskSet.0.Definition=10"
        "&MediaProcessTask.SnapshotByTimeOffsetTaskSet.0.ExtTimeOffsetSet.0=3.5s"
        "&MediaProcessTask.SnapshotByTimeOffsetTaskSet.0.ExtTimeOffsetSet.1=10%25"
        "&MediaProcessTask.CoverBySnapshotTaskSet.0.Definition=10"
        "&MediaProcessTask.CoverBySnapshotTaskSet.0.PositionType=Percent"
        "&MediaProcessTask.CoverBySnapshotTaskSet.0.PositionValue=10&TasksNotifyMode=Finish"
        "&SessionContext=ctx+%E4%B8%AD%E6%96%87&Action=ProcessMedia"
        "&RequestClient=SDK_PYTHON_3.1.194&Nonce=9106068510770318015&Timestamp=1795380838"
        "&Version=2018-07-17&SecretId=AKIDEXAMPLE0123456789&SignatureMethod=HmacSHA256"
        "&Language=zh-CN&Signature=h%2BqRbqLwt12ItJO4hhu1jUk%2FgJ5qStOUeT5gizaM290%3D",
    ),
]  # fmt: skip


def v1_call(method: str, path: str, host: str, sent: str) -> Call:
    query, body = (sent, b"") if method == "GET" else ("", sent.encode())
    return Call(method, path, query, {"host": host}, body)


def is_v1_by(call: Call, secret: str, aliases: tuple[str, ...] = ()) -> bool:
    pairs = [(name.replace("_", "."), value) for name, value in call.form()]
    now = float(dict(pairs)["Timestamp"])
    return read_v1(call, pairs, now=now, window_s=300).verify(secret, aliases)


@pytest.mark.parametrize(("secret", "method", "host", "sent", "signature"), V1)
def test_the_vectors_of_version_1(
    secret: str, method: str, host: str, sent: str, signature: str
) -> None:
    call = v1_call(method, "/v2/index.php", host, f"{sent}&Signature={signature}")
    assert is_v1_by(call, secret)
    assert not is_v1_by(call, secret[1:])


@pytest.mark.parametrize(("method", "path", "host", "sent"), CAPTURED)
def test_what_the_sdks_sent(method: str, path: str, host: str, sent: str) -> None:
    assert is_v1_by(v1_call(method, path, host, sent), SECRET)


def test_a_host_by_another_name_is_one_of_the_aliases() -> None:
    method, path, host, sent = CAPTURED[0]
    call = v1_call(method, path, "proxy.example", sent)
    assert not is_v1_by(call, SECRET)
    assert is_v1_by(call, SECRET, ("vod.api.qcloud.com", host))


def test_the_legacy_sdk_leaves_values_with_an_at_sign_out_of_what_it_signs_of_a_post() -> None:
    method, path, host, sent = CAPTURED[1]
    call = v1_call(method, path, host, f"{sent}&file=@/tmp/x")
    pairs = call.form()
    signed = read_v1(call, pairs, now=1795380838, window_s=300, may_skip_at=True)
    assert signed.verify(SECRET, ())
    assert not read_v1(call, pairs, now=1795380838, window_s=300).verify(SECRET, ())
