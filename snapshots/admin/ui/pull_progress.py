"""The progress of a download, as text for the pages that show it."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from ...models import Media, Pull, Task
from ...translation import translate
from . import formatting


def of_media(media: Media) -> dict[str, Any] | None:
    """The pull that a media item waits for; `None` if it waits for none."""
    if media.status != Media.Status.PULLING:
        return None
    task = Task.objects.pulls().select_related("pull").filter(media=media).first()
    return of_task(task) if task else None


def of_task(task: Task) -> dict[str, Any] | None:
    """Its URL, progress and last interruption; `None` for other tasks."""
    if task.kind != Task.Kind.PULL:
        return None
    return {
        "address": task.pull.shown_url,
        "progress": formatting.progress(task.progress),
        "words": _words(task.pull, is_over=task.is_ended),
    }


def _words(pull: Pull, *, is_over: bool) -> str:
    here = filesizeformat(pull.received_bytes)
    if pull.total_bytes:
        whole = filesizeformat(pull.total_bytes)
        words = _("%(here)s of %(whole)s fetched.") % {"here": here, "whole": whole}
    else:
        words = _("%(here)s fetched.") % {"here": here}
    if not pull.last_error:
        return words
    reason = translate(pull.error)
    if not is_over:
        reason = _("It broke off and is tried again soon. %(reason)s") % {"reason": reason}
    return f"{words} {reason}"
