"""Videos with damage done to them: seeded, so that what broke something can be made again."""

from __future__ import annotations

import random
from collections.abc import Callable

Data = bytes


def mutated(data: Data, other: Data, seed: int) -> Data:
    """`data` with one to three kinds of damage; `other` is a video to take parts from."""
    dice = random.Random(seed)
    changed = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        dice.choice(_KINDS)(changed, other, dice)
    return bytes(changed)


def _bits(data: bytearray, _: bytes, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 60)):  # type: ignore[assignment]
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _head(data: bytearray, _: bytes, dice: random.Random) -> None:
    """Where sizes, counts and offsets are told."""
    for _ in range(dice.randint(1, 12)):  # type: ignore[assignment]
        data[dice.randrange(min(len(data), 2048))] = dice.randrange(256)


def _tail(data: bytearray, _: bytes, dice: random.Random) -> None:
    """Where MP4 has them."""
    start = max(0, len(data) - 4096)
    for _ in range(dice.randint(1, 12)):  # type: ignore[assignment]
        data[dice.randrange(start, len(data))] = dice.choice((0, 1, 0x7F, 0x80, 0xFF))


def _numbers(data: bytearray, _: bytes, dice: random.Random) -> None:
    """Whole words at their limits."""
    for _ in range(dice.randint(1, 6)):  # type: ignore[assignment]
        place = dice.randrange(max(1, len(data) - 4))
        data[place : place + 4] = dice.choice(
            (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1")
        )


def _cut(data: bytearray, _: bytes, dice: random.Random) -> None:
    del data[dice.randint(1, len(data)) :]


def _hole(data: bytearray, _: bytes, dice: random.Random) -> None:
    start, length = _span(data, dice)
    del data[start : start + length]
    data.extend(b"\0")  # never empty: that is refused before any decoder sees it


def _zeros(data: bytearray, _: bytes, dice: random.Random) -> None:
    start, length = _span(data, dice)
    data[start : start + length] = bytes(length)


def _doubled(data: bytearray, _: bytes, dice: random.Random) -> None:
    start, length = _span(data, dice)
    data[start:start] = data[start : start + length]


def _spliced(data: bytearray, other: Data, dice: random.Random) -> None:
    start, length = _span(data, dice)
    from_ = dice.randrange(len(other))
    data[start : start + length] = other[from_ : from_ + length]


def _span(data: bytearray, dice: random.Random) -> tuple[int, int]:
    start = dice.randrange(len(data))
    return start, dice.randint(1, max(1, min(8192, len(data) - start)))


_KINDS: list[Callable[[bytearray, Data, random.Random], None]] = [
    _bits, _head, _tail, _numbers, _cut, _hole, _zeros, _doubled, _spliced,
]  # fmt: skip
