"""Inside the sandbox: the fork server, and the children that read strangers' files.

`serve` runs in a process of its own with an empty environment and all libraries loaded. For
each job it forks a child, which limits itself, does the job it is sent, and is thrown away.
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
from collections.abc import Callable, Generator, Iterator
from fractions import Fraction
from typing import Any

import av

# Pillow loads them when they are first needed: by every child anew
from PIL import (
    AvifImagePlugin,  # noqa: F401
    Image,
    MpoImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from ...messages import message as _
from ..covers.candidates import best_moment
from ..covers.suggestions import suggest
from ..demux.source import open_source
from ..errors import VideoError
from ..extract import extract
from ..image_upload import normalise
from ..info import FrameIndex, VideoInfo
from ..probe import probe, survey
from ..render.spec import RenderSpec
from ..types import Failure, Picture, Request
from . import ipc, landlock, seccomp

Message = tuple[dict[str, Any], bytes]
Work = Generator[Message, None, dict[str, Any]]  # returns what it took, for the debug log

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_LIBRARIES = landlock.libraries()
_ADDRESS_SPACE = 2 << 30  # a backstop; resident memory is what the parent watches


def serve(control: socket.socket) -> None:
    """Fork a child for every socket that arrives on `control`, until it is closed."""
    _load()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent to handle
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps; sockets tell the ends
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
    """What every job comes to need: loaded once, and not by each child."""
    Image.preinit()
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if module.name != "av.__main__":
            importlib.import_module(module.name)


def _child(sock: socket.socket, stderr: int) -> None:
    """Never returns. The exit code says nothing: the last message, or its absence, does."""
    code = 1
    try:
        os.setsid()
        _die_with_parent()
        os.dup2(stderr, 2)
        os.close(stderr)
        ipc.send(sock, {"type": "hello", "pid": os.getpid()})
        job, job["index"] = ipc.receive(sock)
        _limit(job["cpu_s"])
        landlock.restrict(job["path"], _LIBRARIES)
        seccomp.restrict()
        for head, payload in _answers(job):
            ipc.send(sock, head, payload)
        code = 0
    except ipc.Closed:
        pass  # the parent lost interest; it has said all it wants to hear
    except BaseException:
        sys.excepthook(*sys.exc_info())  # its last words, for the log
        raise
    finally:
        os._exit(code)


def _used() -> dict[str, float]:
    """What this child took, which nobody can ask for once the kernel has reaped it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}


def _answers(job: dict[str, Any]) -> Iterator[Message]:
    effort: dict[str, Any] = {}
    try:
        effort = yield from _JOBS[job["name"]](job)
    except VideoError as error:
        yield {"type": "refused", "code": error.code, "message": error.message.to_json()}, b""
    except MemoryError:
        yield {"type": "refused", "code": "out_of_memory", "message": OUT_OF_MEMORY.to_json()}, b""
    yield {"type": "done", **effort, **_used()}, b""


OUT_OF_MEMORY = _("Decoding this file takes more memory than allowed.")


def _extract(job: dict[str, Any]) -> Work:
    requests = [_request(values) for values in job["requests"]]
    info = VideoInfo.from_json(job["info"]) if job["info"] else None
    index = FrameIndex.from_bytes(job["index"]) if job["index"] else None
    results = extract(job["path"], requests, info=info, index=index)
    while True:
        try:
            yield _message(next(results))
        except StopIteration as end:
            return {"decoded_frames": end.value}


def _request(values: dict[str, Any]) -> Request:
    return Request(**{**values, "spec": RenderSpec(**values["spec"])})


def _message(result: Picture | Failure) -> Message:
    if isinstance(result, Failure):
        head = {"key": result.key, "at": result.at, "code": result.code}
        return {"type": "failure", **head, "message": result.message.to_json()}, b""
    return _picture(result)


def _picture(result: Picture) -> Message:
    head = {name: getattr(result, name) for name in Picture.__dataclass_fields__ if name != "data"}
    return {"type": "picture", **head}, result.data


def _probe(job: dict[str, Any]) -> Work:
    """First what is known of the file; then, as an extra that may fail, a cover for it."""
    found = probe(job["path"])
    yield {"type": "info", "info": found.info.to_json()}, found.index.to_bytes()
    if job["cover"] is None:
        return {}
    with open_source(job["path"]) as source:
        moment = best_moment(source, found.info)
    if moment is None:
        return {}
    request = Request("cover", _seconds(moment), RenderSpec(**job["cover"]))
    for result in extract(job["path"], [request], info=found.info, index=found.index):
        if isinstance(result, Picture):
            yield _picture(result)
    return {}


def _seconds(moment: Fraction) -> str:
    """A time point in whole milliseconds on which the frame shown at `moment` is on screen."""
    ms = -(-moment.numerator * 1000 // moment.denominator)
    return f"{ms // 1000}.{ms % 1000:03d}s"


def _suggest(job: dict[str, Any]) -> Work:
    with open_source(job["path"]) as source:
        info = VideoInfo.from_json(job["info"]) if job["info"] else survey(source)
        yield {"type": "suggested", "pts": suggest(source, info, count=job["count"])}, b""
    return {}


def _normalise(job: dict[str, Any]) -> Work:
    picture = normalise(job["path"])
    yield {"type": "image", "format": picture.format}, picture.data
    return {}


_JOBS: dict[str, Callable[[dict[str, Any]], Work]] = {
    "extract": _extract,
    "probe": _probe,
    "suggest": _suggest,
    "normalise": _normalise,
}


def _limit(cpu_s: int) -> None:
    """Limits that hold even if the parent that watches is gone or slow."""
    for what, most in (
        (resource.RLIMIT_AS, _ADDRESS_SPACE),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    os.nice(5)


def _die_with_parent() -> None:
    """Die with the fork server, which ends when the process that started it is gone."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
