"""Handing the sending of files over to the web server in front of this one."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.encoding import iri_to_uri


def handed_over(name: str, headers: dict[str, str]) -> HttpResponse | None:
    """An answer that nginx replaces by the file; `None` where MEDIAHUB_ACCEL_PREFIX is not set.

    `name` is the file's below the data folder. Ranges, ETag and Last-Modified are nginx's work.
    """
    if not settings.MEDIAHUB_ACCEL_PREFIX:
        return None
    place = iri_to_uri(f"{settings.MEDIAHUB_ACCEL_PREFIX}{name}")
    return HttpResponse(
        headers={**headers, "X-Content-Type-Options": "nosniff", "X-Accel-Redirect": place}
    )
