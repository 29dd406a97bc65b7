"""A table of calls that are signed rightly and said otherwise than by the other tests."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from .signer import FORM, HOST, JSON, Wire
from .signing_methods import ALIAS, CREATE, Family, Touched, Way, authorized, text, with_text


def any_spelling(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    """What holds for every way of signing."""
    yield Touched("untouched", make())
    for off in (-way.window_s + 15, way.window_s - 15):
        yield Touched(f"a clock {off} s off", make(now + off))
    wire = make()
    shuffled = dict(dice.sample(sorted(wire.headers.items()), len(wire.headers)))
    yield Touched("headers in another order", replace(wire, headers=shuffled))
    small = {name.lower(): value for name, value in make().headers.items()}
    if not way.is_tc3:
        yield Touched("headers in small letters", replace(make(), headers=small))
    yield Touched("signed for an alias", make(host=ALIAS).with_header("Host", HOST))
    yield Touched("to an alias", make(host=ALIAS))
    yield Touched("with a cookie", make().with_header("Cookie", "sessionid=x"))


def tc3_spelling(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    if not way.is_tc3:
        return
    action = ("content-type", "host", "x-tc-action")
    for names in (("host", "content-type"), action, (*action, "x-tc-version")):
        yield Touched(f"signed {names}", make(signed=names))
    for old, new in (
        (", ", ",   "), (", ", ","), ("256 ", "256   "), ("content-type;host", "Content-Type;Host"),
        ("x-tc-trace", "X-TC-TRACE"), ("TC3-", "  TC3-"),
    ):  # fmt: skip
        yield authorized(make(), old, new)
    kind = FORM if way.method == "GET" else JSON
    yield Touched("values in lower case", make().with_header("Content-Type", kind.title()))
    wire = make(action=CREATE.lower(), signed=action)
    yield Touched("the action in lower case", wire.with_header("X-TC-Action", CREATE))
    yield Touched("with a charset", make(headers={"Content-Type": f"{kind}; charset=utf-8"}))
    wire = make()
    yield Touched("spaces", wire.with_header("X-TC-Trace", f"  {wire.headers['X-TC-Trace']} "))
    name = "X-TC-Content-SHA256"
    wire = make(headers={name: "UNSIGNED-PAYLOAD"}, body=b"UNSIGNED-PAYLOAD")
    body = b"" if way.method == "GET" else make().body
    yield Touched("an unsigned payload", replace(wire, body=body))


def v1_spelling(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    if way.is_tc3:
        return
    wire = make()
    parts = text(wire).split("&")
    yield Touched("another order", with_text(wire, "&".join(dice.sample(parts, len(parts)))))
    wire = make()
    pairs = parse_qsl(text(wire))
    full = "&".join(
        "=".join("".join(f"%{b:02x}" for b in p.encode()) for p in pair) for pair in pairs
    )
    yield Touched("all in hex", with_text(wire, full))
    wire = make()
    spelt = urlencode(parse_qsl(text(wire)), quote_via=quote)
    yield Touched("+ as %20", with_text(wire, spelt))
    wire = make()
    yield Touched("& twice and at the ends", with_text(wire, f"&{text(wire)}&".replace("&", "&&")))
    yield Touched("empty values", make(Token="", Region=""))
    yield Touched("letters of all sorts", make(RequestClient="中文 😀 é=&+%"))
    other = "body" if way.method == "GET" else "query"
    ignored: Any = b"Action=x" if way.method == "GET" else "Action=x&Name=y"
    yield Touched(f"with a {other}", replace(make(), **{other: ignored}))
    yield Touched("a content type", make().with_header("Content-Type", "text/plain"))
    if way.generation == "legacy":
        wire = make()
        yield Touched("_ for .", with_text(wire, text(wire).replace("timeOffset.", "timeOffset_")))
        if way.method == "POST":
            wire = make()
            yield Touched("an @", with_text(wire, text(wire) + "&RequestClient=%40x"))


SAME: tuple[Family, ...] = (any_spelling, tc3_spelling, v1_spelling)
