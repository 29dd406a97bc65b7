"""The doorbell between web and workers, on django-q2. Our own rows are the truth.

The only package that imports django_q.
"""

from .wakeup import canary, describe, ring, rings

__all__ = ["canary", "describe", "ring", "rings"]
