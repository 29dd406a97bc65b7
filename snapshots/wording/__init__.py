"""What the services and the video core say in English, in the language of whoever reads it.

They write sentences into rows and errors, which know no reader. The interfaces for people hand such
a sentence to `told`; it is found again by its pattern, and its parts are put into the translation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext

from ..errors import DomainError, Invalid
from .sentences import SENTENCES

_PART = re.compile(r"%\((\w+)\)s")


def told(sentence: str) -> str:
    """The sentence translated; as it is where it is not among `SENTENCES`."""
    return _told(sentence, get_language() or "en")


def told_error(error: DomainError) -> str:
    """The error's message translated, each fault of an `Invalid` for itself."""
    if isinstance(error, Invalid):
        return " ".join(told(problem.detail) for problem in error.problems)
    return told(error.message)


def told_in(shape: Any) -> Any:
    """Plain values with the `message` of each `error` in them translated, its `code` never."""
    if isinstance(shape, list):
        return [told_in(value) for value in shape]
    if not isinstance(shape, dict):
        return shape
    error = shape.get("error")
    if isinstance(error, dict) and "message" in error:
        shape = {**shape, "error": {**error, "message": told(error["message"])}}
    nested = {
        key: told_in(value)
        for key, value in shape.items()
        if isinstance(value, list | dict) and key != "error"
    }
    return {**shape, **nested}


@lru_cache(maxsize=4096)
def _told(sentence: str, language: str) -> str:
    if sentence in _PLAIN:
        return gettext(sentence)
    for pattern, msgid in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            parts = {name: _told(words, language) for name, words in found.groupdict().items()}
            return gettext(msgid) % parts
    return sentence


def _pattern(msgid: str) -> re.Pattern[str]:
    """Matches the sentences made of `msgid`; a part that comes twice is the same both times."""
    seen: set[str] = set()
    written = []
    for index, piece in enumerate(_PART.split(msgid)):
        if index % 2 == 0:
            written.append(re.escape(piece.replace("%%", "%")))
        else:
            written.append(f"(?P={piece})" if piece in seen else f"(?P<{piece}>.+)")
            seen.add(piece)
    return re.compile("".join(written), re.DOTALL)


_PLAIN = frozenset(text for text in SENTENCES if not _PART.search(text))
_PATTERNS = sorted(
    ((_pattern(text), text) for text in SENTENCES if _PART.search(text)),
    key=lambda pair: -len(_PART.sub("", pair[1])),
)
