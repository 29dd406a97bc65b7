"""seccomp: a system call filter for the decoding child.

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

_SET_MODE_FILTER, _SPEC_ALLOW = 1, 4  # the latter: without it the filter slows decoding down
_LOAD_WORD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in seccomp_data
_OTHER_CALLS = 0x40000000  # numbers of the x32 ABI; above all others elsewhere


@dataclass(frozen=True, slots=True)
class _Machine:
    """The architecture's audit token, its number of seccomp(2), and the numbers denied."""

    audit: int
    seccomp: int
    denied: tuple[int, ...]


# socket, socketpair, execve, execveat, ptrace, process_vm_readv and _writev, open_by_handle_at,
# bpf, perf_event_open, userfaultfd, io_uring_setup (which makes sockets too)
_MACHINES = {
    "x86_64": _Machine(0xC000003E, 317, (41, 53, 59, 322, 101, 310, 311, 304, 321, 298, 323, 425)),
    "aarch64": _Machine(
        0xC00000B7, 277, (198, 199, 221, 281, 117, 270, 271, 265, 280, 241, 282, 425)
    ),
}


def is_known() -> bool:
    """Whether this architecture is supported and its kernel has seccomp."""
    return platform.machine() in _MACHINES and os.path.exists("/proc/sys/kernel/seccomp")


def restrict() -> bool:
    """Forbid this thread and its children to create sockets and to execute programs.

    Access to other processes is forbidden too. Open sockets stay open. Needs `no_new_privs`.
    Returns `False` without restricting anything on an unsupported machine. Raises `OSError` if
    the kernel rejects the filter.
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
    """A classic BPF program: each jump has the steps to skip if its test is true, and if false."""
    calls = machine.denied
    return [
        _step(_LOAD_WORD, _ARCHITECTURE),
        _step(_JUMP_IF_EQUAL, machine.audit, 0, len(calls) + 3),
        _step(_LOAD_WORD, _NUMBER),
        _step(_JUMP_IF_AT_LEAST, _OTHER_CALLS, len(calls) + 1),
        *(_step(_JUMP_IF_EQUAL, number, len(calls) - index) for index, number in enumerate(calls)),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _DENY),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
