"""Ways of signing a call, and tables of what may become of it on the way."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from . import signer
from .signer import Wire

SEED = 20180717
CREATE = "CreateSnapshotByTimeOffsetTemplate"
PARAMS = {"Name": "a+b c", "Comment": "50% & more", "Width": 640, "Format": "png"}
ALIAS = "vod.api.qcloud.com"


@dataclass(frozen=True)
class Key:
    secret_id: str
    secret_key: str
    file_id: str


@dataclass(frozen=True)
class Touched:
    """A call after something was done to it. `codes` are how a refusal may begin."""

    what: str
    wire: Wire
    codes: tuple[str, ...] = ("AuthFailure.", "4100", "4200")


@dataclass(frozen=True)
class Way:
    """A way of signing: it makes a call anew each time, one that may come in."""

    generation: str
    method: str
    algorithm: str

    def __str__(self) -> str:
        return f"{self.generation} {self.method} {self.algorithm}"

    @property
    def is_tc3(self) -> bool:
        return self.algorithm == "TC3"

    @property
    def window_s(self) -> int:
        return 300 if self.generation == "current" else 7200

    def signed(self, key: Key, dice: random.Random, now: int, **how: Any) -> Wire:
        if self.is_tc3:
            trace = {"X-TC-Trace": str(dice.random()), **how.pop("headers", {})}
            names = how.pop("signed", ("content-type", "host", "x-tc-trace"))
            action = how.pop("action", CREATE)
            return signer.tc3(
                key.secret_id, key.secret_key, action, PARAMS, now=now, method=self.method,
                headers=trace, signed=names, **how,
            )  # fmt: skip
        action, params, common = CREATE, PARAMS, {"version": "2018-07-17", "path": "/"}
        if self.generation == "legacy":
            action, common = "CreateSnapshotByTimeOffset", {"path": "/v2/index.php"}
            params = {"fileId": key.file_id, "definition": 10, "timeOffset": [0, 500]}
        return signer.v1(
            key.secret_id, key.secret_key, action, params, now=now, method=self.method,
            algorithm=self.algorithm, nonce=dice.randrange(10**8, 10**9), **{**common, **how},
        )  # fmt: skip


TC3 = [Way("current", method, "TC3") for method in ("POST", "GET")]
V1 = [
    Way(generation, method, algorithm)
    for generation in ("current", "legacy")
    for method in ("POST", "GET")
    for algorithm in ("HmacSHA1", "HmacSHA256")
]
Family = Callable[[Way, Callable[..., Wire], random.Random, int], Iterator[Touched]]


def table(family: Family, key: Key, now: int) -> list[Touched]:
    """Every mutation of the family, for every way of signing that it knows."""
    dice = random.Random(f"{SEED} {family.__name__}")
    rows = []
    for way in (*TC3, *V1):

        def make(at: int = now, *, way: Way = way, **how: Any) -> Wire:
            return way.signed(key, dice, at, **how)

        touched = family(way, make, dice, now)
        rows += [replace(row, what=f"{way}: {row.what}") for row in touched]
    return rows


def text(wire: Wire) -> str:
    return wire.query if wire.method == "GET" else wire.body.decode()


def with_text(wire: Wire, changed: str) -> Wire:
    if wire.method == "GET":
        return replace(wire, query=changed)
    return replace(wire, body=changed.encode())


def authorized(wire: Wire, old: str, new: str) -> Touched:
    right = wire.headers["Authorization"]
    return Touched(
        f"{old!r} as {new!r}", wire.with_header("Authorization", right.replace(old, new))
    )
