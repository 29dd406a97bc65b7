"""State transitions of tasks. Nowhere else does a task change its state.

Every change is a conditional UPDATE whose row count is checked: whoever holds a valid claim writes,
everybody else gets `LeaseLost`. `claimed` has what the holder of a claim does, `transitions` the
rest.
"""

from .claimed import (
    claim_next,
    claim_next_pull,
    extend,
    fail,
    finish,
    finish_pull,
    postpone,
    record_failure,
    record_picture,
    release,
)
from .transitions import (
    abort,
    end_for_deleted_media,
    fail_exhausted,
    get,
    give_back,
    give_back_pulls,
    held,
    lock_for_deletion,
    may_still_name,
)

__all__ = [
    "abort",
    "claim_next",
    "claim_next_pull",
    "end_for_deleted_media",
    "extend",
    "fail",
    "fail_exhausted",
    "finish",
    "finish_pull",
    "get",
    "give_back",
    "give_back_pulls",
    "held",
    "lock_for_deletion",
    "may_still_name",
    "postpone",
    "record_failure",
    "record_picture",
    "release",
]
