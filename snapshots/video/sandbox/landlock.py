"""Landlock: file system and network restrictions for the decoding child.

From include/uapi/linux/landlock.h; the system call numbers are the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sysconfig
from collections.abc import Sequence
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1  # a flag: return the ABI version only
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3

# Number of file access bits of each ABI; later ABIs add other kinds of access.
_FILE_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_MAX_FILE_BITS = 16
KNOWS_TCP = 4  # the first ABI that restricts TCP
_NET_BITS = 0b11  # bind and connect
_KNOWS_SCOPES = 6
_SCOPE_BITS = 0b11  # abstract sockets and signals to processes outside


def abi() -> int:
    """The kernel's Landlock ABI version; 0 if it has none, or has it disabled."""
    return max(0, _call(_CREATE_RULESET, None, 0, _VERSION))


def libraries() -> tuple[str, ...]:
    """Folders of Python, the libraries and our code, for imports after the restriction."""
    paths = sysconfig.get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return (*dict.fromkeys(paths[name] for name in names), str(Path(__file__).parents[2]))


def restrict(readable: str, folders: Sequence[str] = ()) -> int:
    """Allow this thread and its children to open `readable` for reading and no other file.

    Listing folders, writing, creating and deleting, and binding or connecting by TCP are
    forbidden; open files stay open. `folders` may be read with everything in them. Needs
    `no_new_privs`. Returns the ABI version; 0 without restricting anything if the kernel has no
    Landlock. Raises `OSError` if it has and rejects the rules.
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
    """A rule set that denies everything that this ABI can deny."""
    files = (1 << _FILE_BITS.get(version, _MAX_FILE_BITS)) - 1
    words = [files]
    if version >= KNOWS_TCP:
        words.append(_NET_BITS)
    if version >= _KNOWS_SCOPES:
        words.append(_SCOPE_BITS)
    attributes = struct.pack(f"={len(words)}Q", *words)
    return _checked(_call(_CREATE_RULESET, attributes, len(attributes), 0))


def _allow(ruleset: int, path: str, access: int) -> None:
    """Add a rule; none for a missing file, which fails when it is opened."""
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
