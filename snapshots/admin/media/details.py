"""Details of a media item, as text for its page."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ...messages import Message
from ...models import Media
from ...translation import translate
from ..ui import formatting

Fact = tuple[str, str]
_TEMPORARY = ("timeout", "out_of_memory", "decoder_crashed", "worker_lost", "download_failed")


def of(media: Media) -> list[Fact]:
    """Pairs of label and text; what is not known yet is left out."""
    picture = _picture(media.probe) if media.probe else []
    return [*_file(media), *picture, (_("Added"), formatting.moment(media.created_at))]


def notes(media: Media) -> list[str]:
    """What probing found unusual, and how snapshots handle it."""
    return [translate(Message.from_json(note)) for note in (media.probe or {}).get("notes", [])]


def advice(media: Media) -> str:
    """What to do about a media item that failed; empty for others."""
    if media.status != Media.Status.FAILED:
        return ""
    if media.source_type == Media.SourceType.URL and not media.source:
        return _("See that the address leads to a video, then run its task below again.")
    if media.error_code in _TEMPORARY:
        return _(
            "The file itself may be sound: upload it again. If that fails too, convert it to an "
            "MP4 first. Delete this one."
        )
    return _("Delete this one, and upload a file that a video player can play.")


def cover_story(media: Media, cover: dict[str, Any]) -> list[Fact]:
    """Who set the cover, when and from what."""
    who = media.get_cover_by_display()
    if media.cover_user:
        who = f"{who}: {media.cover_user}"
    facts = [(_("Set by"), who)]
    if cover["at"]:
        facts.append((_("Time point"), cover["at"]))
    if cover["template"]:
        facts.append((_("Template"), str(cover["template"])))
    facts.append((_("Set at"), formatting.moment(media.cover_set_at)))
    return facts


def _file(media: Media) -> Iterator[Fact]:
    yield _("File ID"), media.file_id
    yield _("Source"), media.get_source_type_display()
    yield _("Size"), filesizeformat(media.size_bytes)
    if media.container:
        yield _("Container"), formatting.container(media.container)
    if media.codec:
        yield _("Codec"), formatting.codec(media.codec)
    if media.duration_s is not None:
        yield _("Duration"), formatting.clock(media.duration_s)


def _picture(probe: dict[str, Any]) -> Iterator[Fact]:
    yield _("Picture"), _dimensions(probe)
    yield _("Frame rate"), _frame_rate(probe)
    yield _("Rotation"), _rotation(probe)
    yield _("Dynamic range"), _("High (HDR)") if probe["is_hdr"] else _("Standard")
    yield _("Transparency"), _("Yes") if probe["has_alpha"] else _("No")
    yield _("Sound"), _("Yes") if probe["has_audio"] else _("No")


def _dimensions(probe: dict[str, Any]) -> str:
    shown = formatting.dimensions(probe["width"], probe["height"])
    stored = formatting.dimensions(probe["stored_width"], probe["stored_height"])
    if shown == stored:
        return shown
    return _("%(shown)s (stored as %(stored)s)") % {"shown": shown, "stored": stored}


def _frame_rate(probe: dict[str, Any]) -> str:
    fps = number_format(f"{float(Fraction(probe['fps'])):.3f}".rstrip("0").rstrip("."))
    if probe["is_vfr"]:
        return _("Varies, %(fps)s frames a second on average") % {"fps": fps}
    return _("%(fps)s frames a second") % {"fps": fps}


def _rotation(probe: dict[str, Any]) -> str:
    words = [_("%(degrees)s° clockwise") % {"degrees": probe["rotation"]}] * bool(probe["rotation"])
    words += [_("mirrored")] * bool(probe["mirrored"])
    return ", ".join(words) or _("None")
