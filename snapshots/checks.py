"""System checks of the installed libraries, for `manage.py check` and `doctor`."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

LIBRARIES = "libraries"  # tag of the checks of decoding and drawing libraries
SAFE_PILLOW = (13, 0)
SAFE_LIBAVCODEC = (62, 28, 102)  # FFmpeg 8.1.2, which closes CVE-2026-8461


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


@register(LIBRARIES)
def pillow_has_its_security_fixes(**_: Any) -> list[CheckMessage]:
    """MoviePy asks for an old Pillow; plain pip may have obeyed it."""
    found = version("Pillow")
    if _numbers(found) >= SAFE_PILLOW:
        return []
    return [
        Warning(
            f"Pillow {found} lacks security fixes.",
            hint="Install from requirements.lock, or: pip install --no-deps 'Pillow>=13'.",
            id="mediahub.W001",
        )
    ]


@register(LIBRARIES)
def ffmpeg_has_its_security_fixes(**_: Any) -> list[CheckMessage]:
    """Older FFmpeg libraries can be made to run code by a crafted file (CVE-2026-8461)."""
    from .video import library_versions  # takes 50 ms to load; most commands never need it

    found = library_versions.libavcodec()
    if found >= SAFE_LIBAVCODEC:
        return []
    return [
        Error(
            f"PyAV carries libavcodec {'.'.join(map(str, found))}, which is not safe.",
            hint="Install from requirements.lock, or: pip install 'av>=18.1'.",
            id="mediahub.E001",
        )
    ]
