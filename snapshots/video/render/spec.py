"""How a picture is to look: values that every process can hold without a decoder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ...messages import Message
from ...messages import message as _
from ..errors import VideoError
from .encode import FORMATS
from .geometry import Size, canvas_size

MIN_SIDE, MAX_SIDE = 128, 4096


class Fill(StrEnum):
    """What becomes of the room that a picture of another ratio leaves on its canvas."""

    STRETCH = "stretch"
    BLACK = "black"
    WHITE = "white"
    TRANSPARENT = "transparent"
    GAUSS = "gauss"


@dataclass(frozen=True, slots=True)
class RenderSpec:
    """How a picture is to look; the fields are those of a template.

    `width` and `height` are 0 (not given) or 128–4096 pixels, `quality` is 1–100. Raises
    `VideoError` invalid, naming the field, for anything else.
    """

    format: str = "jpg"
    width: int = 0
    height: int = 0
    adaptive: bool = True
    fill: str = "black"
    quality: int = 90

    def __post_init__(self) -> None:
        self.validate()

    def validate(self) -> None:
        """Raise `VideoError` invalid for the first field, or pair of fields, that cannot be."""
        for refused, message in (
            (self.format not in FORMATS, _one_of("format", FORMATS)),
            (self.fill not in set(Fill), _one_of("fill", Fill)),
            (not _is_side(self.width), _side("width")),
            (not _is_side(self.height), _side("height")),
            (not 1 <= self.quality <= 100, _("quality must be 1–100.")),
        ):
            if refused:
                raise VideoError("invalid", message)
        if self.fill == Fill.TRANSPARENT and not FORMATS[self.format].has_alpha:
            raise VideoError(
                "invalid",
                _("fill transparent needs alpha, which %(format)s lacks.", format=self.format),
            )

    def canvas(self, source: Size) -> Size:
        """Size of the output for a source of that displayed size. Raises too_large."""
        return canvas_size(source, width=self.width, height=self.height, adaptive=self.adaptive)


def _is_side(pixels: int) -> bool:
    return pixels == 0 or MIN_SIDE <= pixels <= MAX_SIDE


def _one_of(field: str, choices: Iterable[str]) -> Message:
    return _("%(field)s must be one of %(choices)s.", field=field, choices=", ".join(choices))


def _side(field: str) -> Message:
    return _("%(field)s must be 0 or %(min)s–%(max)s.", field=field, min=MIN_SIDE, max=MAX_SIDE)
