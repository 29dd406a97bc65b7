"""Task ids of the legacy call CreateSnapshotByTimeOffset."""

from __future__ import annotations

import secrets

LEGACY_PREFIX = "CreateSnapshotByTimeOffset-"


def new_legacy_snapshot_id() -> str:
    return f"{LEGACY_PREFIX}{secrets.token_hex(16)}"
