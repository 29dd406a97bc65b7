"""Points in time as people write them, and what they mean for a given video."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ..messages import message as _
from .errors import VideoError
from .info import Extent, FrameIndex

_HINT = _(
    "Write a time with its unit: 3.5s, 3500ms, 10%, 00:01:02.500, 01:02.5, or f120 for a frame."
)
_LONGEST = 64  # characters; more than any real time point needs
_NUMBER = r"(-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))"
_UNIT = re.compile(_NUMBER + r" ?(ms|s|%)", re.IGNORECASE | re.ASCII)
_CLOCK = re.compile(r"(-?)(?:([0-9]+):)?([0-9]{1,9}):([0-9]{1,2}(?:\.[0-9]+)?)")
_FRAME = re.compile(r"f(-?[0-9]+)", re.IGNORECASE)
_SIXTY = 60
_EARLY = Fraction(1, 2000)  # seconds by which a time may come early and still count as the frame's


@dataclass(frozen=True, slots=True)
class TimePoint:
    """A point as asked: `value` is seconds, a percentage, or a frame number, as `kind` says."""

    text: str
    kind: Literal["seconds", "percent", "frame"]
    value: Fraction

    def resolve(self, extent: Extent, index: FrameIndex | None) -> Fraction:
        """Seconds from the first frame shown.

        Frame numbers need `index`. Raises VideoError `time_out_of_range` outside the video, and
        `frame_unavailable` where the container promises pictures that the file does not hold.
        """
        moment = self._moment(extent, index)
        check(moment, extent)
        return moment

    def _moment(self, extent: Extent, index: FrameIndex | None) -> Fraction:
        if self.kind == "seconds":
            return self.value
        if self.kind == "frame":
            return self._frame_time(extent, index)
        if not 0 <= self.value <= 100:
            raise VideoError(
                "time_out_of_range", _("%(point)s is not between 0%% and 100%%.", point=self.text)
            )
        return extent.duration * self.value / 100

    def _frame_time(self, extent: Extent, index: FrameIndex | None) -> Fraction:
        if index is None:
            raise VideoError(
                "frame_unavailable", _("This video's frames have not been counted yet.")
            )
        number = int(self.value)
        if 0 <= number < len(index):
            return index.seconds(number)
        code = "time_out_of_range"
        if number > 0 and is_cut_short(extent):
            code = "frame_unavailable"
        last = len(index) - 1
        raise VideoError(
            code,
            _(
                "The video's frames are f0 to f%(last)s; %(point)s is not one.",
                last=last,
                point=self.text,
            ),
        )


def parse(text: str) -> TimePoint:
    """Read a time point; raises VideoError `invalid_time_point` with what to write instead.

    Times below zero and percentages above 100 are well formed: they fail when resolved.
    """
    word = text.strip()
    if len(word) > _LONGEST:
        raise VideoError(
            "invalid_time_point", _("The time point is too long. %(hint)s", hint=_HINT)
        )
    if found := _UNIT.fullmatch(word):
        return _with_unit(word, Fraction(found[1]), found[2].lower())
    if found := _FRAME.fullmatch(word):
        return TimePoint(word, "frame", Fraction(int(found[1])))
    if found := _CLOCK.fullmatch(word):
        return TimePoint(word, "seconds", _clock_seconds(word, found))
    if re.fullmatch(_NUMBER, word):
        raise VideoError(
            "invalid_time_point",
            _("%(word)s has no unit: write %(word)ss or %(word)sms.", word=word),
        )
    raise VideoError(
        "invalid_time_point", _("“%(word)s” is not a time point. %(hint)s", word=word, hint=_HINT)
    )


def check(moment: Fraction, extent: Extent) -> None:
    """Raise VideoError if no frame can be shown at `moment`, seconds from the first one.

    Up to one frame past the end the last frame counts, for callers whose duration was rounded up.
    """
    duration = extent.duration
    if moment < 0:
        raise VideoError(
            "time_out_of_range", _("The requested time is before the start of the video.")
        )
    if moment > duration + extent.last_frame_duration:
        raise VideoError(
            "time_out_of_range",
            _(
                "%(moment)s s is past the end: the video is %(duration)s s long.",
                moment=_seconds(moment),
                duration=_seconds(duration),
            ),
        )
    if is_cut_short(extent) and limit_pts(moment, extent) >= extent.data_end_pts:
        held = (extent.data_end_pts - extent.start_pts) * extent.time_base
        raise VideoError(
            "frame_unavailable",
            _(
                "The file is truncated: it should be %(duration)s s long but contains "
                "only the first %(held)s s.",
                duration=_seconds(duration),
                held=_seconds(held),
            ),
        )


def is_cut_short(extent: Extent) -> bool:
    """Whether the container promises more than the data holds."""
    return extent.end_pts > extent.data_end_pts


def limit_pts(moment: Fraction, extent: Extent) -> int:
    """The greatest PTS that counts as "at or before" `moment`, in ticks as the container counts.

    Times early by less than half a tick, and by less than 0.5 ms, count as the frame's own, so
    that a time written with finite decimals finds the frame it was copied from.
    """
    ticks = moment / extent.time_base
    allowance = min(Fraction(1, 2), _EARLY / extent.time_base)
    return extent.start_pts + math.ceil(ticks + allowance) - 1


def _with_unit(text: str, number: Fraction, unit: str) -> TimePoint:
    if unit == "%":
        return TimePoint(text, "percent", number)
    return TimePoint(text, "seconds", number / 1000 if unit == "ms" else number)


def _clock_seconds(text: str, found: re.Match[str]) -> Fraction:
    sign, hours, minutes, seconds = found.groups()
    if Fraction(seconds) >= _SIXTY or (hours and int(minutes) >= _SIXTY):
        raise VideoError(
            "invalid_time_point",
            _(
                "In %(point)s, minutes and seconds must be below 60. %(hint)s",
                point=text,
                hint=_HINT,
            ),
        )
    total = (int(hours or 0) * _SIXTY + int(minutes)) * _SIXTY + Fraction(seconds)
    return -total if sign else total


def _seconds(value: Fraction) -> str:
    return f"{float(value):.3f}".rstrip("0").rstrip(".")
