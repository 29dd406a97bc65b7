"""MediaHub's models: constraints and querysets. Rules live in `snapshots.services`."""

from .events.delivery import Delivery
from .events.event import Event
from .events.event_config import EventConfig
from .library.cover_change import CoverChange
from .library.media import Media
from .library.media_tag import MediaTag
from .library.template import SnapshotTemplate
from .library.upload import Upload
from .security.access_key import AccessKey
from .security.idempotency import IdempotencyKey
from .security.rate_limit import RateLimitHit
from .security.spent_signature import SpentSignature
from .tasks.operation import Operation
from .tasks.procedure import Procedure
from .tasks.pull import Pull
from .tasks.snapshot import Snapshot
from .tasks.task import Task
from .work.heartbeat import Heartbeat

__all__ = [
    "AccessKey",
    "CoverChange",
    "Delivery",
    "Event",
    "EventConfig",
    "Heartbeat",
    "IdempotencyKey",
    "Media",
    "MediaTag",
    "Operation",
    "Procedure",
    "Pull",
    "RateLimitHit",
    "Snapshot",
    "SnapshotTemplate",
    "SpentSignature",
    "Task",
    "Upload",
]
