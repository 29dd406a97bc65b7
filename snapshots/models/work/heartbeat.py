"""Signs of life of the workers' supervisors, for whoever asks whether the site is well."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """A supervisor: on which machine, with how many workers, and when it was last well."""

    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    workers = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(db_index=True)
    turned_at = models.DateTimeField(
        null=True, blank=True, help_text="When one of its workers last answered a canary."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=("host", "pid"), name="heartbeat_once")]

    def __str__(self) -> str:
        return f"{self.host} · {self.pid}"
