"""Metrics for Prometheus, counted at each scrape: any web process reports the whole site."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..services.ops import stats
from ..services.ops.stats import BOUNDS_S, Durations, Figures

if TYPE_CHECKING:
    from prometheus_client.core import Metric


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For holders of the token (`Authorization: Bearer …`) and users of the console.

    404 if its package is not installed: `pip install prometheus-client`.
    """
    try:
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
    except ImportError as error:
        raise Http404 from error
    if not (_has_token(request) or _is_staff(request)):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="MediaHub"'})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(stats.collect()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    token: str = settings.MEDIAHUB_METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)


class _Collector:
    """A collector, the interface that the Prometheus library expects."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        yield _by("mediahub_tasks", "Tasks by status.", "status", figures.tasks)
        yield _by("mediahub_media", "Media by status.", "status", figures.media)
        yield _one(
            "mediahub_oldest_waiting_task_seconds",
            "How long the oldest waiting task waits; 0 where none does.",
            figures.oldest_waiting_s,
        )
        yield _histogram(figures.durations)
        pushes = {"pending": figures.pushes_pending, "given_up": figures.pushes_given_up}
        yield _by("mediahub_deliveries", "Events to push, by state.", "state", pushes)
        sizes = {"sources": figures.source_bytes, "pictures": figures.picture_bytes}
        yield _by("mediahub_stored_bytes", "Bytes in the store.", "store", sizes)
        yield _one("mediahub_supervisors", "Supervisors alive.", figures.supervisors)
        yield _one("mediahub_workers", "Workers under them.", figures.workers)


def _one(name: str, text: str, value: float) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, text, value=value)


def _by(name: str, text: str, label: str, values: dict[str, int]) -> Metric:
    from prometheus_client.core import GaugeMetricFamily

    family = GaugeMetricFamily(name, text, labels=[label])
    for word, value in values.items():
        family.add_metric([word], value)
    return family


def _histogram(durations: Durations) -> Metric:
    from prometheus_client.core import HistogramMetricFamily

    up_to = zip(map(str, BOUNDS_S), durations.up_to, strict=True)
    return HistogramMetricFamily(
        "mediahub_task_duration_seconds",
        "From the start of a task to its end, however it ended.",
        buckets=[*up_to, ("+Inf", durations.count)],
        sum_value=durations.sum_s,
    )
