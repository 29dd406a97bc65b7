"""The words that the frame picker's script says, in the language of whoever opened the page."""

from __future__ import annotations

from django.utils.translation import gettext as _


def texts() -> dict[str, str]:
    """By the names that the script knows; `{…}` is filled in there."""
    return {**_moments(), **_orders(), **_receipts()}


def _moments() -> dict[str, str]:
    return {
        "frame": _("Frame {index} of {last}"),
        "seconds": _("{seconds} s"),
        "play": _("Play"),
        "pause": _("Pause"),
        "mark": _("Mark"),
        "unmark": _("Unmark"),
        "removeMark": _("Remove the mark at {time}"),
        "goToMark": _("Go to {time}"),
        "making": _("The server makes the picture…"),
        "pictures": _(
            "This browser cannot play this video. The server's pictures are shown instead; all "
            "keys work."
        ),
        "offline": _("The server does not answer. Try again."),
        "refused": _("The server refused this ({status})."),
        "tooMany": _("At most {most} frames in one request."),
    }


def _orders() -> dict[str, str]:
    return {
        "takeThis": _("Take this frame"),
        "takeOne": _("Take 1 snapshot"),
        "takeMany": _("Take {count} snapshots"),
        "waiting": _("Waiting"),
        "processing": _("Processing"),
        "finished": _("Finished"),
        "failed": _("Failed"),
        "aborted": _("Aborted"),
        "progress": _("Progress"),
        "makeCover": _("Make cover"),
        "isCover": _("This is the cover."),
        "coverSet": _("The cover was set."),
        "coverOrdered": _("Cover from frame {index}"),
        "snapshotsOrdered": _("{count} × snapshot, template {template}"),
        "noCandidates": _("Nothing can be seen anywhere in this video: no frame is proposed."),
        "candidates": _("Looking through the video…"),
    }


def _receipts() -> dict[str, str]:
    return {
        "frameTime": _("Frame"),
        "pts": _("PTS"),
        "keyFrame": _("Key frame"),
        "yes": _("yes"),
        "no": _("no"),
        "size": _("Size"),
        "copyUrl": _("Copy URL"),
        "copied": _("Copied"),
        "snapshotOf": _("Snapshot at {time}"),
    }
