"""Health checks: whether the process is alive, and whether the site can do its work."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..services.ops import health


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Liveness: checks nothing else, so that a failing database does not restart web servers."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: 200 if the site can do its work, else 503, with the result of each check."""
    looks = health.check_all()
    is_ok = all(look.is_ok for look in looks)
    shown = [{"name": row.name, "ok": row.is_ok, "detail": row.detail} for row in looks]
    status = HTTPStatus.OK if is_ok else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"ok": is_ok, "checks": shown}, status=status)
