"""The sandbox's messages: each survives its encoding, and nonsense is not a message."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from snapshots.messages import MAX_CHARS, Message, message
from snapshots.video.render.spec import RenderSpec
from snapshots.video.sandbox.protocol import (
    AnyMessage,
    Done,
    ExtractJob,
    Hello,
    ProbeJob,
    ProbeResult,
    Refusal,
    SanitiseJob,
    Suggestions,
    SuggestJob,
    decode,
    encode,
)
from snapshots.video.types import CleanPicture, Failure, Picture, PointKey

from ..made import painted
from ..requests import request

INFO = painted.facts(160, 96)
KEY = PointKey(2, 7)
TEXT = {"id": "It is broken.", "params": {}}
EXTRACT = ExtractJob(
    path="/a.mp4",
    cpu_s=60,
    requests=(
        request("33.367ms", RenderSpec("webp", 128, 256, False, "white", 50), operation=1),
        request("f12", point=3, mode="keyframe"),
        request("99.95%"),
    ),
    info=INFO,
    index=b"index",
)
MESSAGES: list[AnyMessage] = [
    EXTRACT,
    replace(EXTRACT, requests=(), info=None, index=b""),
    ProbeJob(path="/a.mp4", cpu_s=5, cover=RenderSpec("png")),
    ProbeJob(path="/a.mp4", cpu_s=5, cover=None),
    SuggestJob(path="/a.mp4", cpu_s=5, count=6, info=INFO),
    SanitiseJob(path="/a.jpg", cpu_s=5),
    Hello(4711),
    Picture(KEY, "1s", 1000.5, -3, "1/90000", 1.000011, True, "jpg", 160, 96, b"\xff\xd8"),
    Failure(KEY, "9s", "time_out_of_range", message("%(s)s s is past the end.", s=9)),
    ProbeResult(INFO, b"index"),
    Suggestions((0, 90, 180)),
    CleanPicture("png", b"\x89PNG"),
    Refusal("no_video", Message("The file contains no video.")),
    Done(0.25, 88.5, 12),
    Done(0.25, 88.5, None),
]


@pytest.mark.parametrize("sent", MESSAGES, ids=lambda sent: type(sent).__name__)
def test_a_message_is_decoded_as_it_was_encoded(sent: AnyMessage) -> None:
    head, payload = encode(sent)
    assert decode(json.loads(json.dumps(head)), payload) == sent


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"type": "Popen", "args": "ls"},
        {"type": ["Hello"], "pid": 1},
        {"type": "Hello"},
        {"type": "Hello", "pid": 1, "uid": 0},
        {"type": "Failure", "key": 3, "at": "", "code": "", "message": TEXT},
        {"type": "Failure", "key": [1, 2, 3], "at": "", "code": "", "message": TEXT},
        {"type": "Refusal", "code": "unreadable", "message": "a bare text"},
        {"type": "Refusal", "code": "unreadable", "message": {"id": "%(a)s", "params": {"b": 1}}},
        {"type": "Refusal", "code": "", "message": {"id": "x" * (MAX_CHARS + 1), "params": {}}},
        {"type": "ProbeResult", "info": {"extent": {"time_base": "1/0"}}},
        {"type": "ProbeResult", "info": "none"},
        {"type": "ProbeJob", "path": "/a", "cpu_s": 1, "cover": {"format": "gif"}},
    ],
)
def test_anything_else_is_not_a_message(head: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a message"):
        decode(head, b"")


def test_a_probe_warning_that_cannot_be_rendered_is_not_a_message() -> None:
    warning = Message("%(a)s", {"b": 1})
    head, payload = encode(ProbeResult(replace(INFO, notes=(warning,)), b""))
    with pytest.raises(ValueError, match="not a message"):
        decode(head, payload)
