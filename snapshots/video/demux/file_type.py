"""What the first bytes of a file tell, before any decoder sees it."""

from __future__ import annotations

import stat
from pathlib import Path

from ...messages import message as _
from ..errors import VideoError

FIRST_BYTES = 512
_SOUND_MAGIC = (b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"MThd", b"#!AMR")
_PICTURE_MAGIC = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"BM", b"%PDF", b"PK\x03\x04")


def check_first_bytes(path: Path) -> None:
    """Refuse what FFmpeg should not even be asked about: it would follow what a playlist names.

    Raises VideoError: `unsupported` for documents, pictures, playlists and text, `no_video` for
    sound, `unreadable` for what is empty or cannot be opened.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise VideoError("unreadable", _("This is not a file."))
        with path.open("rb") as file:
            head = file.read(FIRST_BYTES)
    except (OSError, ValueError) as error:
        raise VideoError("unreadable", _("The file cannot be opened.")) from error
    check_bytes(head)


def check_bytes(head: bytes) -> None:
    """The same of the first bytes themselves, `FIRST_BYTES` of them or the whole file."""
    if not head:
        raise VideoError("unreadable", _("The file is empty."))
    if head.startswith(_PICTURE_MAGIC) or _is_text(head):
        raise VideoError("unsupported", _("This is a document, picture or playlist, not a video."))
    if head.startswith(_SOUND_MAGIC) or (head[:4] == b"RIFF" and head[8:12] == b"WAVE"):
        raise VideoError("no_video", _("The file contains only audio."))


def _is_text(head: bytes) -> bool:
    """Whether these bytes are plain text: playlists, XML, SVG, subtitles, scripts.

    No supported container begins so: all have control bytes among the first few dozen.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"#EXTM3U" in head:
        return True
    body = head.removeprefix(b"\xef\xbb\xbf")
    return all(byte >= 0x20 or byte in b"\t\n\r\f" for byte in body) and b"\x7f" not in body
