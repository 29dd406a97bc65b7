"""Tone mapping: high dynamic range and wide gamut to sRGB, as a lookup table."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from numpy.typing import NDArray

Light = NDArray[np.float32]

# The luminance in cd/m² of diffuse white. BT.2408 puts graphics white at 203 and an 18 % grey card
# at 26 (camera) to 38 (graphics); with this value both come out near sRGB 118.
_WHITE = 185.0
_KNEE = 0.2  # light up to here, a grey card, is unchanged; brighter light is compressed
# The luminance that becomes sRGB white. For PQ the peak of the best mastering displays, not the
# file's MaxCLL: that is often missing or wrong, and would move graphics white by 4 of 255. HLG is
# defined for a display of 1000 cd/m².
_PEAKS = {"smpte2084": 4000.0, "arib-std-b67": 1000.0}
_SIDE = 49  # points per axis, a square number: FFmpeg takes the side³ entries as a square picture

# x and y of red, green and blue (ITU-T H.273); white is D65 for all.
_CHROMATICITIES = {
    "bt709": ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    "smpte432": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
WIDE = frozenset(_CHROMATICITIES) - {"bt709"}
_D65 = (0.3127, 0.3290)

# The `lutrgb` expression for each channel of an SDR picture after its table.
AFTER_SDR = "clip(val*2.5-65535,0,65535)"


class Tones(NamedTuple):
    """Transfer and primaries that have to be mapped; `transfer` is `None` for SDR."""

    transfer: str | None
    primaries: str


def tones(transfer: str | None, primaries: str | None) -> Tones | None:
    """The mapping for a picture with these tags; `None` where none is needed.

    HDR without primaries is taken for BT.2020. SDR is mapped only if it is tagged with wide
    primaries, as in colour-managed players.
    """
    if transfer in _PEAKS:
        known = primaries if primaries in _CHROMATICITIES else None
        return Tones(transfer, known or "bt2020")
    return Tones(None, primaries) if primaries in WIDE else None


def table(wanted: Tones) -> VideoFrame:
    """The lookup table for FFmpeg's `haldclut`: red varies fastest, then green, then blue.

    The table for SDR includes out-of-gamut values, so that FFmpeg can interpolate between a point
    inside the gamut and one outside: -1 is stored as 0 and 1.5 as 65535; `AFTER_SDR` reverses
    that. For HDR it would make no visible difference, and cost 50 MB at 4K.
    The format is `gbrp16le`, but with the planes in the order red, green, blue: that is how the
    filter reads 16-bit planar tables (seen in FFmpeg 8.1).
    """
    axis = np.linspace(0, 1, _SIDE, dtype=np.float32)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    shown = _shown(np.stack([red, green, blue]).reshape(3, -1), wanted)
    side = round(_SIDE**1.5)
    frame = VideoFrame(side, side, "gbrp16le")
    for plane, values in zip(frame.planes, shown, strict=True):
        ranged = values if wanted.transfer else (values + 1) / 2.5
        stored = np.rint(np.clip(ranged, 0, 1) * 65535).astype("<u2")
        _fill(plane, stored.reshape(side, side))
    frame.pts = 0
    return frame


def _shown(signal: Light, wanted: Tones) -> Light:
    """Stored R'G'B', 0–1, to sRGB R'G'B'; out-of-gamut values are not clipped."""
    to_bt709 = _to_bt709(wanted.primaries)
    if wanted.transfer is None:
        # The same curve both ways, so that greys and colours within sRGB stay unchanged.
        return _light_to_srgb(to_bt709 @ _srgb_to_light(signal))
    stored = _pq_to_light(signal) if wanted.transfer == "smpte2084" else _hlg_to_light(signal)
    light = to_bt709 @ stored / _WHITE
    # One factor for all three, that of the brightest: hues are kept and nothing is clipped.
    brightest = light.max(axis=0)
    factor = _compressed(brightest, _PEAKS[wanted.transfer] / _WHITE) / np.maximum(brightest, 1e-9)
    return _light_to_srgb(light * factor)


def _pq_to_light(signal: Light) -> Light:
    """cd/m² (SMPTE ST 2084)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = signal ** (1 / m2)
    light = 10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return np.asarray(light, np.float32)


def _hlg_to_light(signal: Light) -> Light:
    """cd/m² on a display of 1000 cd/m² (ARIB STD-B67; system gamma 1.2 by BT.2100)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance = np.array([0.2627, 0.6780, 0.0593]) @ scene
    return np.asarray(_PEAKS["arib-std-b67"] * luminance**0.2 * scene, np.float32)


def _compressed(light: Light, peak: float) -> Light:
    """Light unchanged up to the knee, then along a smooth hyperbola that reaches 1 at `peak`.

    Brighter light is white.
    """
    a = -(_KNEE**2) * (peak - 1) / (_KNEE**2 - 2 * _KNEE + peak)
    b = (_KNEE**2 - 2 * _KNEE * peak + peak) / (peak - 1)
    scale = (b * b + 2 * b * _KNEE + _KNEE**2) / (b - a)
    rolled = scale * (light + a) / (light + b)
    return np.asarray(np.minimum(np.where(light <= _KNEE, light, rolled), 1), np.float32)


def _light_to_srgb(light: Light) -> Light:
    """IEC 61966-2-1, mirrored below zero."""
    size = np.abs(light)
    curve = 1.055 * np.maximum(size, 1e-9) ** (1 / 2.4) - 0.055
    return np.asarray(np.copysign(np.where(size <= 0.0031308, size * 12.92, curve), light))


def _srgb_to_light(signal: Light) -> Light:
    curve = ((signal + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(signal <= 0.04045, signal / 12.92, curve), np.float32)


def _to_bt709(primaries: str) -> Light:
    to_xyz, from_xyz = _to_xyz(primaries), np.linalg.inv(_to_xyz("bt709"))
    return np.asarray(from_xyz @ to_xyz, np.float32)


def _to_xyz(primaries: str) -> NDArray[np.float64]:
    """The RGB to XYZ matrix of the primaries (SMPTE RP 177)."""
    columns = np.array([_xyz(*xy) for xy in _CHROMATICITIES[primaries]]).T
    strengths = np.linalg.solve(columns, np.array(_xyz(*_D65)))
    return np.asarray(columns * strengths, np.float64)


def _xyz(x: float, y: float) -> tuple[float, float, float]:
    return x / y, 1.0, (1 - x - y) / y


def _fill(plane: VideoPlane, values: NDArray[np.uint16]) -> None:
    rows = np.zeros((plane.height, plane.line_size // 2), "<u2")
    rows[:, : values.shape[1]] = values
    plane.update(rows.tobytes())
