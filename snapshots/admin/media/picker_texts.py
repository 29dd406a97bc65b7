"""Texts of the frame picker's script and controls, in the user's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def texts() -> dict[str, str]:
    """By the names that the script knows; `{…}` is filled in there."""
    return {**_moments(), **_tasks(), **_receipts()}


def _moments() -> dict[str, str]:
    return {
        "frame": _("Frame f{index} ({number} of {count})"),
        "seconds": _("{seconds} s"),
        "play": _("Play"),
        "pause": _("Pause"),
        "mark": _("Mark"),
        "unmark": _("Unmark"),
        "removeMark": _("Remove the mark at {time}"),
        "goToMark": _("Go to {time}"),
        "making": _("The server is rendering the picture…"),
        "unplayable": _(
            "This browser cannot play the codec of this video. The pictures shown are rendered by "
            "the server; all keyboard shortcuts work."
        ),
        "offline": _("The server does not respond. Try again."),
        "httpError": _("The server rejected the request ({status})."),
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
        "snapshotTask": _("1 snapshot · {template}"),
        "snapshotsTask": _("{count} snapshots · {template}"),
        "noSuggestions": _("No frame of this video shows a picture worth suggesting."),
        "searching": _("Analysing the video…"),
    }


def _receipts() -> dict[str, str]:
    return {
        "frameTime": _("Frame time"),
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
