"""Values formatted for the cells of a list and the details of a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from ...models import Snapshot, SnapshotTemplate

NOTHING = "—"
_CODECS = {
    "h264": "H.264",
    "hevc": "HEVC",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "mpeg1video": "MPEG-1",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4 Part 2",
    "prores": "ProRes",
    "mjpeg": "Motion JPEG",
    "theora": "Theora",
    "qtrle": "QuickTime Animation",
}
_CONTAINERS = {"mov": "QuickTime", "mkv": "Matroska", "webm": "WebM", "mpegts": "MPEG-TS"}


def badge(state: str, text: str) -> SafeString:
    return format_html('<span class="mh-badge mh-{}">{}</span>', state, text)


def thumbnail(url: str, text: str, *, link: str = "") -> SafeString:
    """A thumbnail, which links to `link` if it is given."""
    image = format_html(
        '<img class="mh-thumbnail" src="{}" alt="{}" loading="lazy" decoding="async">', url, text
    )
    return format_html('<a href="{}">{}</a>', link, image) if link else image


def no_thumbnail() -> SafeString:
    return format_html('<span class="{}"></span>', "mh-thumbnail mh-thumbnail-none")


def button(url: str, text: str) -> SafeString | str:
    """A link that looks like a button; empty without a URL."""
    return format_html('<a class="button mh-button" href="{}">{}</a>', url, text) if url else ""


def progress(percent: int) -> SafeString:
    return format_html(
        '<span class="mh-progress"><progress max="100" value="{0}" aria-label="{0} %"></progress>'
        " {0} %</span>",
        percent,
    )


def live(name: str, value: str, *, is_moving: bool = False) -> SafeString:
    """A value that `live.js` updates; `is_moving` until it is final."""
    moving = SafeString(" data-moving") if is_moving else ""
    return format_html('<span data-live="{}"{}>{}</span>', name, moving, value)


def clock(seconds: float | None) -> str:
    """`m:ss.s`, with hours from one hour on; tenths are rounded to nearest."""
    if seconds is None:
        return NOTHING
    tenths = round(seconds * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    rest = f"{tenths // 10:02}.{tenths % 10}"
    return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"


def moment(when: datetime | None) -> str:
    """A time with seconds and time zone: `2026-01-31 13:05:09 UTC`."""
    return date_format(localtime(when), "Y-m-d H:i:s T") if when else NOTHING


def dimensions(width: int | None, height: int | None) -> str:
    return f"{width} × {height}" if width and height else NOTHING


def codec(name: str) -> str:
    return _CODECS.get(name, name.upper()) or NOTHING


def container(name: str) -> str:
    return _CONTAINERS.get(name, name.upper()) or NOTHING


def short_id(text: str) -> str:
    """The end of a long public id, in which it differs from others."""
    return f"…{text[-12:]}" if len(text) > 20 else text


def frame_time(row: Snapshot) -> str:
    """Seconds from the first frame, to the microsecond, without trailing zeros."""
    if row.frame_time is None:
        return NOTHING
    text = f"{row.frame_time:.6f}".rstrip("0").rstrip(".")
    return f"{text} s"


def shown_name(values: Mapping[str, Any]) -> str:
    """The template's name; that of a preset is translated."""
    return preset_words(values.get("name") or "", type=values.get("type"))


def preset_words(text: str, *, type: str | None) -> str:
    """The name of a preset is translated, that of a custom template is not."""
    return _(text) if text and type == SnapshotTemplate.Type.PRESET else text


def template_name(values: Mapping[str, Any]) -> str:
    name, definition = shown_name(values), values.get("definition")
    return f"{definition} · {name}" if name else str(definition)


def template_size(values: Mapping[str, Any]) -> str:
    width, height = values["width"], values["height"]
    if width and height:
        return f"{width} × {height}"
    if width or height:
        return _one_side(values) % {"pixels": width or height}
    return _("Source size")


def _one_side(values: Mapping[str, Any]) -> str:
    """Adaptive templates set the longer or shorter side, others the width or height."""
    is_adaptive = values["resolution_adaptive"]
    if values["width"]:
        return _("%(pixels)s on the long side") if is_adaptive else _("%(pixels)s wide")
    return _("%(pixels)s on the short side") if is_adaptive else _("%(pixels)s high")


def template_look(values: Mapping[str, Any]) -> str:
    """A template's settings in one line: `JPEG · 640 × 360 · Black · quality 90`."""
    words = [
        dict(SnapshotTemplate.Format.choices).get(values["format"], values["format"]),
        template_size(values),
        dict(SnapshotTemplate.Fill.choices).get(values["fill_type"], values["fill_type"]),
    ]
    if values["format"] != SnapshotTemplate.Format.PNG:
        words.append(_("quality %(quality)s") % {"quality": number_format(values["quality"])})
    if values["resolution_adaptive"] and (values["width"] or values["height"]):
        words.append(_("adaptive"))
    return " · ".join(str(word) for word in words)
