"""Landlock: what this process may open and connect to, by the kernel's own word.

From include/uapi/linux/landlock.h; the numbers of the calls are the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sysconfig
from collections.abc import Sequence
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1  # a flag: tell the ABI, make nothing
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

# How many bits of access to files each ABI knows; later ones add other kinds of access.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_MOST_FILE_BITS = 16
KNOWS_TCP = 4  # the ABI from which on it holds TCP
_NET_BITS = 0b11  # bind and connect
_KNOWS_SCOPES = 6
_SCOPE_BITS = 0b11  # abstract sockets and signals of processes outside


def abi() -> int:
    """Which version of Landlock this kernel has; 0 where it has none, or has it turned off."""
    return max(0, _call(_CREATE_RULESET, None, 0, _VERSION))


def libraries() -> tuple[str, ...]:
    """Folders of Python's own code, of the libraries', and of ours: what may be imported late."""
    places = sysconfig.get_paths()
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    return (*dict.fromkeys(places[kind] for kind in kinds), str(Path(__file__).parents[2]))


def restrict(readable: str, folders: Sequence[str] = ()) -> int:
    """From now on this thread, and what it starts, opens `readable` for reading and no other file.

    Nor does it list a folder, write, make or delete anything, bind or connect by TCP; what is
    open stays so. `folders` may be read with all that lies in them. Wants `no_new_privs`. Returns
    the ABI; 0, and nothing is restricted, where the kernel has none. Raises `OSError` where it has
    and refuses.
    """
    version = abi()
    if version:
        ruleset = _ruleset(version)
        try:
            _allow(ruleset, readable, _READ_FILE)
            for folder in folders:
                _allow(ruleset, folder, _READ_FILE | _READ_DIR)
            _checked(_call(_RESTRICT_SELF, ruleset, 0))
        finally:
            os.close(ruleset)
    return version


def _ruleset(version: int) -> int:
    """A rule set that denies whatever this ABI can deny."""
    files = (1 << _FILE_BITS.get(version, _MOST_FILE_BITS)) - 1
    words = [files]
    if version >= KNOWS_TCP:
        words.append(_NET_BITS)
    if version >= _KNOWS_SCOPES:
        words.append(_SCOPE_BITS)
    attributes = struct.pack(f"={len(words)}Q", *words)
    return _checked(_call(_CREATE_RULESET, attributes, len(attributes), 0))


def _allow(ruleset: int, path: str, access: int) -> None:
    """A file that is not there needs no rule: whoever opens it will be told."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (OSError, ValueError):
        return
    try:
        rule = struct.pack("=Qi", access, handle)
        _checked(_call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(handle)


def _call(number: int, *arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(number, *arguments))


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
