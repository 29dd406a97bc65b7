"""The standard streams: they take any text, whatever the encoding of the terminal."""

from __future__ import annotations

import codecs
import io
import sys

_ERRORS = "mediahub_any_text"


def accept_any_text() -> None:
    """Let no character of a name or a message end a command or a request.

    Where the terminal's encoding (GBK, or ASCII in the C locale) lacks a character, it is written
    as an escape; bytes of a file name that could not be decoded are written as they are.
    """
    codecs.register_error(_ERRORS, _encode_anyway)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def _encode_anyway(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    char = error.object[error.start]
    if "\udc80" <= char <= "\udcff":  # a byte of a file name, as os.fsdecode keeps it
        return bytes([ord(char) - 0xDC00]), error.start + 1
    return char.encode("ascii", "backslashreplace").decode("ascii"), error.start + 1
