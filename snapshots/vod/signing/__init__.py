"""Signatures of calls, read and verified: TC3-HMAC-SHA256, and the older HmacSHA1 and HmacSHA256.

Pure: no keys, permissions or replays, which `authentication` checks.
"""

from .call import Call, Signed
from .tc3 import TC3_WINDOW_S, read_tc3
from .v1 import LEGACY_WINDOW_S, read_v1

__all__ = ["LEGACY_WINDOW_S", "TC3_WINDOW_S", "Call", "Signed", "read_tc3", "read_v1"]
