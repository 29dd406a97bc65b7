"""The doorbell between web and workers, on django-q2. Our own rows are the truth.

The only package that imports django_q.
"""

from .ring import ring, rings

__all__ = ["ring", "rings"]
