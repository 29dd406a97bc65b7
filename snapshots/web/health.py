"""For whoever watches the site: whether the process lives, and whether all is well."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..services.ops import health


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process answers. Looks at nothing, so that a sick database restarts no web server."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where the site can do its work, else 503; each look with its name and how it is."""
    looks = health.check_all()
    is_ok = all(look.is_ok for look in looks)
    shown = [{"name": row.name, "ok": row.is_ok, "detail": row.detail} for row in looks]
    status = HTTPStatus.OK if is_ok else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"ok": is_ok, "checks": shown}, status=status)
