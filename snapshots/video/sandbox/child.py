"""The sandbox's child side: the fork server, and the children that read untrusted files.

`serve` runs in a process of its own with an empty environment and all libraries loaded. For
each job it forks a child, which confines itself, does the job that it is sent, and exits.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import pkgutil
import resource
import signal
import socket
import sys
from collections.abc import Iterator

import av

# Pillow loads them on first use: each child would load them again
from PIL import (
    AvifImagePlugin,  # noqa: F401
    Image,
    MpoImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from ...parent_death import die_with_parent
from ..errors import VideoError
from . import ipc, landlock, seccomp
from .jobs import work
from .protocol import (
    AnyMessage,
    Done,
    Hello,
    Job,
    Refusal,
    decode,
    encode,
    out_of_memory,
)

_PR_SET_NO_NEW_PRIVS = 38
_LIBRARIES = landlock.libraries()
_ADDRESS_SPACE = 2 << 30  # a backstop; resident memory is what the parent watches


def serve(control: socket.socket) -> None:
    """Fork a child for every socket that arrives on `control`, until it is closed."""
    _load()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps; a closed socket shows the end
    gc.collect()
    gc.freeze()
    while True:
        data, handles, _, _ = socket.recv_fds(control, 1, 2)
        if not data:
            return
        if os.fork() == 0:
            control.close()
            _child(socket.socket(fileno=handles[0]), handles[1])
        for handle in handles:
            os.close(handle)


def _load() -> None:
    """Load what every job needs once, instead of in each child."""
    Image.preinit()
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if module.name != "av.__main__":
            importlib.import_module(module.name)


def _child(sock: socket.socket, stderr: int) -> None:
    """Run one job; never returns. The last message, or its absence, tells how it ended."""
    code = 1
    try:
        os.setsid()
        die_with_parent()  # the fork server, which ends with the process that started it
        os.dup2(stderr, 2)
        os.close(stderr)
        ipc.send(sock, *encode(Hello(os.getpid())))
        job = _received_job(sock)
        _set_limits(job.cpu_s)
        landlock.restrict(job.path, _LIBRARIES)
        seccomp.restrict()
        for message in _messages(job):
            ipc.send(sock, *encode(message))
        code = 0
    except ipc.Closed:
        pass  # the parent no longer needs the results
    except BaseException:
        sys.excepthook(*sys.exc_info())  # for the parent's log
        raise
    finally:
        os._exit(code)


def _received_job(sock: socket.socket) -> Job:
    message = decode(*ipc.receive(sock))
    if not isinstance(message, Job):
        raise TypeError("not a job")
    return message


def _messages(job: Job) -> Iterator[AnyMessage]:
    decoded_frames: int | None = None
    try:
        decoded_frames = yield from work(job)
    except VideoError as error:
        yield _refusal(error)
    except MemoryError:
        yield _refusal(out_of_memory())
    yield _done(decoded_frames)


def _refusal(error: VideoError) -> Refusal:
    return Refusal(error.code, error.message)


def _done(decoded_frames: int | None) -> Done:
    """Resources used by this child, which are unknown once the kernel has reaped it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return Done(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, decoded_frames)


def _set_limits(cpu_s: int) -> None:
    """Set limits that hold even if the watching parent is gone or slow."""
    for what, maximum in (
        (resource.RLIMIT_AS, _ADDRESS_SPACE),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (maximum, maximum))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    os.nice(5)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
