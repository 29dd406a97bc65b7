"""seccomp: which calls of the kernel this process may make no more.

From include/uapi/linux/{seccomp,filter,audit}.h and the kernel's tables of system calls.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass

_SET_MODE_FILTER, _SPEC_ALLOW = 1, 4  # the latter: decoding gets no slower by the filter
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER, _ARCHITECTURE = 0, 4  # where they lie in seccomp_data
_OTHER_CALLS = 0x40000000  # numbers of the x32 ABI, and no call's anywhere else


@dataclass(frozen=True, slots=True)
class _Machine:
    """Its word for itself, the number of seccomp(2), and those of what is refused."""

    audit: int
    seccomp: int
    refused: tuple[int, ...]


# socket, socketpair, execve, execveat, ptrace, process_vm_readv and _writev, open_by_handle_at,
# bpf, perf_event_open, userfaultfd, io_uring_setup (which makes sockets too)
_MACHINES = {
    "x86_64": _Machine(0xC000003E, 317, (41, 53, 59, 322, 101, 310, 311, 304, 321, 298, 323, 425)),
    "aarch64": _Machine(
        0xC00000B7, 277, (198, 199, 221, 281, 117, 270, 271, 265, 280, 241, 282, 425)
    ),
}


def is_known() -> bool:
    """Whether the calls of this machine are known, and its kernel filters them."""
    return platform.machine() in _MACHINES and os.path.exists("/proc/sys/kernel/seccomp")


def restrict() -> bool:
    """From now on this thread, and what it starts, makes no socket and runs no other program.

    Nor does it look into other processes. Sockets that are open stay so. Wants `no_new_privs`.
    Returns `False`, and nothing is restricted, where that is not known how. Raises `OSError`
    where the kernel refuses.
    """
    if not is_known():
        return False
    machine = _MACHINES[platform.machine()]
    program = _program(machine)
    code = ctypes.create_string_buffer(b"".join(program))
    head = struct.pack("@HP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(machine.seccomp, _SET_MODE_FILTER, _SPEC_ALLOW, head) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return True


def _program(machine: _Machine) -> Sequence[bytes]:
    """Steps of classic BPF: each jump says how many steps to pass over if it holds, and if not."""
    calls = machine.refused
    return [
        _step(_LOAD_WORD, _ARCHITECTURE),
        _step(_JUMP_IF_EQUAL, machine.audit, 0, len(calls) + 3),
        _step(_LOAD_WORD, _NUMBER),
        _step(_JUMP_IF_AT_LEAST, _OTHER_CALLS, len(calls) + 1),
        *(_step(_JUMP_IF_EQUAL, number, len(calls) - place) for place, number in enumerate(calls)),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _REFUSE),
    ]


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
