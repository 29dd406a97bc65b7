"""Procedures: saved specs, under a name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def naming(self, definition: int) -> list[Procedure]:
        """Procedures that use a template; in Python, as JSON queries differ by database."""
        return [
            row
            for row in self
            if any(step["template"] == definition for step in [*row.snapshots, *row.covers])
        ]


class Procedure(models.Model):
    name = models.CharField(max_length=20, unique=True)
    comment = models.CharField(max_length=256, blank=True, default="")
    snapshots = models.JSONField(
        default=list, blank=True, help_text='A list of {"template": 10, "at": ["3.5s"]}.'
    )
    covers = models.JSONField(
        default=list, blank=True, help_text='A list of {"template": 10, "at": "50%"}.'
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="procedure_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
