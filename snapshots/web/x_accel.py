"""X-Accel-Redirect: nginx sends the files instead of MediaHub."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils.encoding import iri_to_uri


def accel_response(name: str, headers: dict[str, str]) -> HttpResponse | None:
    """A response that nginx replaces with the file; `None` if MEDIAHUB_ACCEL_PREFIX is not set.

    `name` is the file's path below the data folder. nginx handles ranges, ETag and Last-Modified.
    """
    if not settings.MEDIAHUB_ACCEL_PREFIX:
        return None
    location = iri_to_uri(f"{settings.MEDIAHUB_ACCEL_PREFIX}{name}")
    return HttpResponse(
        headers={**headers, "X-Content-Type-Options": "nosniff", "X-Accel-Redirect": location}
    )
