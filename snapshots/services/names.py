"""Names and tags: the one rule for what people and programs may call things."""

from __future__ import annotations

import re
import unicodedata

from ..errors import Invalid
from ..messages import Message
from ..messages import message as _

MAX_NAME = 255
# Control characters, line and paragraph separators, surrogates; the characters that embed,
# override or isolate a direction of writing, with which "gpj.4pm" can be shown as "mp4.jpg"
_FORBIDDEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\u202a-\\u202e\\u2066-\\u2069]"
)
_INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp")
# Of other categories, but shown as nothing: joiners, fillers, variation selectors, empty Braille
_INVISIBLE = re.compile(
    "[\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0"
    "\\U000e0100-\\U000e01ef]"
)
_COMMAS = re.compile("[,，]")  # the console separates tags by them


def normalised(text: str) -> str:
    """`text` in Unicode's form NFC and without surrounding whitespace.

    Control characters at its ends stay, so that they are found.
    """
    composed = unicodedata.normalize("NFC", text)
    return composed if _FORBIDDEN.search(composed) else composed.strip()


def of_file(text: str) -> str:
    """A name that comes from a file or a URL, which nobody chose, made to follow the rule.

    Each forbidden character becomes U+FFFD. Empty if nothing of it can be seen.
    """
    name = normalised(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text))
    return name[:MAX_NAME].strip() if is_visible(name[:MAX_NAME]) else ""


def given(name: str) -> str:
    """The name that somebody gave, normalised; empty if none was. Raises `Invalid`."""
    text = normalised(name)
    if text and (problem := problem_of_name(text)):
        raise Invalid.field("name", "invalid_name", problem)
    return text[:MAX_NAME].strip()


def is_visible(text: str) -> bool:
    """Whether a reader sees anything of it."""
    return any(
        unicodedata.category(char) not in _INVISIBLE_CATEGORIES for char in _INVISIBLE.sub("", text)
    )


def problem_of_name(name: str) -> Message | None:
    """What is wrong with a normalised name besides its length, if anything is."""
    if _FORBIDDEN.search(name):
        return _(
            "Use a name without line breaks, control characters and characters that change "
            "the direction of writing."
        )
    return None if is_visible(name) else _("Use a name of which something can be seen.")


def problem_of_tag(tag: str) -> Message | None:
    """What is wrong with a normalised tag besides its length, if anything is."""
    if _FORBIDDEN.search(tag):
        return _(
            "Use tags without line breaks, control characters and characters that change "
            "the direction of writing."
        )
    if _COMMAS.search(tag):
        return _("Use tags without commas: a comma separates tags.")
    return None if is_visible(tag) else _("Use tags of which something can be seen.")
