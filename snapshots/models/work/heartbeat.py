"""Heartbeats of the workers' supervisors, for health checks."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """A supervisor: its host, its number of workers, and when it was last alive."""

    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    workers = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(db_index=True)
    canary_at = models.DateTimeField(
        null=True, blank=True, help_text="When one of its workers last ran a canary."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("host", "pid"), name="heartbeat_once")]

    def __str__(self) -> str:
        return f"{self.host} · {self.pid}"
