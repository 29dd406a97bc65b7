"""A table of calls that were tampered with, the same on every run.

Whether a change matters is not asked of the product: a form means the same while it decodes to the
same pairs, and of a TC3 call everything counts that is signed, byte by byte.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from .signer import JSON, Wire
from .signing_methods import CREATE, Family, Touched, Way, authorized, text, with_text

_COMMON = {"SecretId", "Timestamp", "Nonce", "Signature"}
_LETTERS = string.ascii_letters + string.digits


def _form(wire: Wire, changed: str, what: str) -> Touched:
    """Of a form that lost one of its common parameters the refusal says that."""
    rest = {name for name, value in parse_qsl(changed) if value}
    lost = not (wire.headers.get("Authorization") or rest >= _COMMON)
    codes = ("MissingParameter", "4000") if lost else Touched.codes
    return Touched(what, with_text(wire, changed), codes)


def bytes_touched(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    for number in range(8):
        wire = make()
        old = text(wire)
        at = dice.choice([at for at in range(len(old)) if _is_plain(old, at)])
        new = dice.choice([letter for letter in _LETTERS if letter.lower() != old[at].lower()])
        spelt = (
            old[:at] + new + old[at + 1 :],
            old[:at] + old[at + 1 :],
            old[:at] + new + old[at:],
        )
        changed = spelt[number % 3]
        if way.is_tc3 or sorted(parse_qsl(changed)) != sorted(parse_qsl(old)):
            yield _form(wire, changed, f"letter {at} of {old!r} became {changed!r}")


def _is_plain(old: str, at: int) -> bool:
    """Whether a letter stands there, and not a part of an escape that could become no letter."""
    return old[at] in _LETTERS and "%" not in old[max(0, at - 2) : at]


def pairs_touched(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    wire = make()
    old = text(wire)
    if way.is_tc3 and way.method == "POST":
        for query in ("Name=x", "Action=DeleteMedia", "&", "a"):
            yield Touched(f"the query {query!r} added", replace(make(), query=query))
        yield Touched("the same JSON, spaced", with_text(wire, old.replace(": ", ":")))
        yield Touched("the same JSON, ended", with_text(make(), old + "\n"))
        return
    for _ in range(3):
        wire = make()
        parts = text(wire).split("&")
        at = dice.randrange(len(parts))
        yield _form(wire, "&".join(parts[:at] + parts[at + 1 :]), f"{parts[at]} removed")
        at = dice.randrange(len(parts))
        yield _form(wire, "&".join([*parts, parts[at]]), f"{parts[at]} doubled")
        at = dice.randrange(len(parts))
        yield _form(
            wire, "&".join([*parts[:at], parts[at] + "1", *parts[at + 1 :]]), f"{at} longer"
        )
    more_pairs = ["Height=480", "Name.0=x", "Token=t", "Language=en-US", "=", "a"]
    if (way.generation, way.method) != ("legacy", "POST"):
        more_pairs += ["Comment=%40x", "Token=@"]
    for more in more_pairs:
        wire = make()
        place = "&" if dice.random() < 0.5 else "&&"
        changed = f"{more}{place}{text(wire)}"
        if way.is_tc3 or sorted(parse_qsl(changed, True)) != sorted(parse_qsl(text(wire), True)):
            yield _form(wire, changed, f"{more} added")
    if way.is_tc3:
        parts = old.split("&")
        yield Touched("another order", with_text(make(), "&".join(reversed(parts))))
        yield Touched("+ as %20", with_text(make(), old.replace("+", "%20")))
        yield Touched("small hex", with_text(make(), old.replace("%2B", "%2b")))
        yield Touched("an & at the end", with_text(make(), old + "&"))


def time_touched(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    for off in (-way.window_s - 5, way.window_s + 5, -86_400, 86_400, -(10**9)):
        yield Touched(f"a clock {off} s off", make(now + off))
    for by in (-1, 1, *dice.sample(range(2, 200), 2)):
        wire = make()
        if way.is_tc3:
            yield Touched(f"time + {by}", wire.with_header("X-TC-Timestamp", str(now + by)))
        else:
            changed = text(wire).replace(f"Timestamp={now}", f"Timestamp={now + by}")
            yield Touched(f"time + {by}", with_text(wire, changed))
    if not way.is_tc3:
        return
    for wrong in ("", "x", "-1", f"{now},{now}", f" {now}.0", f"{now}0", "٣", "9" * 400):
        yield Touched(f"time {wrong[:20]!r}", make().with_header("X-TC-Timestamp", wrong))
    today = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}"
    for days in (-1, 1, 365):
        other = f"{datetime.fromtimestamp(now, UTC) + timedelta(days):%Y-%m-%d}"
        yield authorized(make(), f"/{today}/", f"/{other}/")
    for spelt in (today.replace("-", ""), today[2:], "٢٠١٨-٠٧-١٧", "0000-00-00", ""):
        yield authorized(make(), f"/{today}/", f"/{spelt}/")


def headers_touched(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    for host in ("localhost:8000", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8001"):
        yield Touched(f"host {host}", make().with_header("Host", host))
    if not way.is_tc3:
        return
    for kind in ("", "text/plain", f"{JSON}; charset=utf-8", "multipart/form-data"):
        yield Touched(f"content-type {kind!r}", make().with_header("Content-Type", kind))
    names = ("content-type", "host", "x-tc-action")
    for action in ("DeleteSnapshotByTimeOffsetTemplate", f"{CREATE},{CREATE}", ""):
        yield Touched(f"action {action}", make(signed=names).with_header("X-TC-Action", action))
    for name in ("Content-Type", "Authorization", "X-TC-Timestamp", "X-TC-Trace"):
        wire = make()
        value = wire.headers[name]
        yield Touched(f"{name} doubled", wire.with_header(name, f"{value},{value}"))
        lost = {key: value for key, value in make().headers.items() if key != name}
        yield Touched(f"{name} lost", replace(wire, headers=lost))
    for wrong in ("UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD "):
        yield Touched(
            f"payload {wrong!r}", make().with_header("X-TC-Content-SHA256", wrong.strip())
        )


def authorization_touched(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    if not way.is_tc3:
        return
    listed = "content-type;host;x-tc-trace"
    for names in (
        "content-type;host", "host", "content-type", "host;content-type;x-tc-trace",
        f"{listed};x-tc-action", f"{listed};x-tc-trace", f"{listed};", f";{listed}",
        f"{listed};authorization", listed.replace(";", ","), "", f"{listed};x-no-such",
    ):  # fmt: skip
        yield authorized(make(), f"SignedHeaders={listed}", f"SignedHeaders={names}")
    for old, new in (
        ("TC3-HMAC-SHA256", "TC3-HMAC-SHA1"), ("TC3-HMAC-SHA256", "HmacSHA256"),
        ("TC3-HMAC-SHA256", "tc3-hmac-sha256"), ("TC3-HMAC-SHA256", "TC3-HMAC-SM3"),
        ("/vod/", "/cvm/"), ("/vod/", "/VOD/"), ("/vod/", "//"), ("tc3_request", "tc4_request"),
        ("Credential=AKID", "Credential=akid"), ("Credential=AKID", "Credential=AKIE"),
        ("Credential=AKID", "Credential="), ("Credential=AKID", "Credential=%41KID"),
        ("Credential=AKID", "Credential=AKID'or'1"), ("Signature=", "signature="),
        (", SignedHeaders", ",\nSignedHeaders"), ("Credential=", "Credential=\x00"),
    ):  # fmt: skip
        yield authorized(make(), old, new)
    for _ in range(6):
        wire = make()
        given = wire.headers["Authorization"].rpartition("=")[2]
        at = dice.randrange(64)
        flipped = f"{int(given[at], 16) ^ 1 << dice.randrange(4):x}"
        yield authorized(wire, given, given[:at] + flipped + given[at + 1 :])
    given = make().headers["Authorization"].rpartition("=")[2]
    for changed in (given.upper(), given[:-1], given + "0", given[::-1], "", "0" * 64, given[:32]):
        yield authorized(wire, wire.headers["Authorization"].rpartition("=")[2], changed)


def parameters_touched(
    way: Way, make: Callable[..., Wire], dice: random.Random, now: int
) -> Iterator[Touched]:
    """The common parameters of version 1, each as something else."""
    if way.is_tc3:
        return
    other = {"HmacSHA1": "HmacSHA256", "HmacSHA256": "HmacSHA1"}[way.algorithm]
    wrong: dict[str, Callable[[str], list[str]]] = {
        "Signature": lambda v: [v.swapcase(), v[:-1], f"{v}=", v[4:], _bit(v, dice)],
        "SignatureMethod": lambda v: [other, v.lower(), "HmacMD5", ""],
        "SecretId": lambda v: [v.lower(), v[:-1], f"{v}'", "AKIDx"],
        "Nonce": lambda v: [f"0{v}", f"{int(v) + 1}", f"-{v}", f"{v}.0"],
        "Action": lambda v: [f"{v}s", v.upper()],
    }
    for name, spelt in wrong.items():
        count = len(spelt(dict(parse_qsl(text(make())))[name]))
        for number in range(count):
            wire = make()
            pairs = dict(parse_qsl(text(wire)))
            pairs[name] = spelt(pairs[name])[number]
            yield Touched(f"{name} is {pairs[name]!r}", with_text(wire, urlencode(pairs)))
    for path in sorted({"/", "/v2/index.php", "/v2/interface.php"} - {make().path}):
        yield Touched(f"at {path}", replace(make(), path=path))


def _bit(signature: str, dice: random.Random) -> str:
    """Another spelling of one of the letters: the last one holds bits that say nothing."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    at = dice.randrange(len(signature.rstrip("=")))
    flipped = alphabet[alphabet.index(signature[at]) ^ 1 << dice.randrange(6)]
    return signature[:at] + flipped + signature[at + 1 :]


TAMPERED: tuple[Family, ...] = (
    bytes_touched, pairs_touched, time_touched, headers_touched, authorization_touched,
    parameters_touched,
)  # fmt: skip
