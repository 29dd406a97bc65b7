"""Texts of the frame picker's script and controls, in the user's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def texts() -> dict[str, str]:
    """By the names that the script knows; `{…}` is filled in there."""
    return {**_moments(), **_tasks(), **_receipts()}


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
        "unplayable": _(
            "This browser cannot play this video. The server's pictures are shown instead; all "
            "keys work."
        ),
        "offline": _("The server does not answer. Try again."),
        "httpError": _("The server refused this ({status})."),
        "tooManyMarks": _("At most {max} frames in one request."),
    }


def _tasks() -> dict[str, str]:
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
        "coverSet": _("The cover was set."),
        "coverTask": _("Cover from frame {index}"),
        "snapshotsTask": _("{count} × snapshot, template {template}"),
        "noSuggestions": _("Nothing can be seen anywhere in this video: no frame is proposed."),
        "searching": _("Looking through the video…"),
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


def controls() -> list[dict[str, str]]:
    """The buttons below the video: action, name for the script, keyboard shortcut, label."""
    return [
        {"action": "first", "keys": "Home", "label": _("First")},
        {"action": "seconds:-1", "keys": "Shift+ArrowLeft", "label": _("−1 s")},
        {"action": "step:-1", "keys": "ArrowLeft", "label": _("−1 frame")},
        {"action": "play", "part": "play", "keys": "Space", "label": _("Play")},
        {"action": "step:1", "keys": "ArrowRight", "label": _("+1 frame")},
        {"action": "seconds:1", "keys": "Shift+ArrowRight", "label": _("+1 s")},
        {"action": "last", "keys": "End", "label": _("Last")},
        {"action": "mark", "part": "mark", "keys": "M", "label": _("Mark")},
    ]
