"""The rows MediaHub keeps. Constraints and querysets; rules live in `snapshots.services`."""

from .access import AccessKey, SpentSignature
from .event import Delivery, Event, EventConfig
from .heartbeat import Heartbeat
from .idempotency import KeyedRequest
from .media import CoverChange, Media, MediaTag
from .procedure import Procedure
from .pull import Pull
from .rate_limit import Use
from .task import Operation, Snapshot, Task
from .template import SnapshotTemplate
from .upload import Upload

__all__ = [
    "AccessKey",
    "CoverChange",
    "Delivery",
    "Event",
    "EventConfig",
    "Heartbeat",
    "KeyedRequest",
    "Media",
    "MediaTag",
    "Operation",
    "Procedure",
    "Pull",
    "Snapshot",
    "SnapshotTemplate",
    "SpentSignature",
    "Task",
    "Upload",
    "Use",
]
