"""Wake-ups of workers by the web server, on django-q2. Our own rows are the truth.

The only package that imports django_q. A wake-up is like a doorbell: it says that there is work,
not which.
"""

from .wakeup import canary, describe, pending, wake_worker

__all__ = ["canary", "describe", "pending", "wake_worker"]
